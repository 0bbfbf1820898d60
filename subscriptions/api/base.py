"""What the views of subscriptions share: who may call, whose objects they see, and the audit line of operators."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import transaction
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import ApiKeyAuthentication, JWTAuthentication
from accounts.callers import Caller
from accounts.permissions import caller_of, requires
from accounts.services.audit import origin_of as audit_origin_of
from accounts.services.audit import record_action
from core import request_ids
from core.api.idempotency import REPLAYED
from core.exceptions import ValidationFailed
from core.problems import Problem
from credits.exceptions import WalletNotFound
from credits.services import Origin

from ..exceptions import SubscriptionNotFound
from ..models import Subscription
from ..selectors.subscriptions import find_subscription

READ_OWN = requires(scope="read", perm="subscriptions.view_subscription", own=True)
GRANT_OWN = requires(scope="grant", perm="subscriptions.change_subscription", own=True)
OFFER = requires(scope="admin", perm="subscriptions.change_plan")
READ_RULES = requires(scope="read", perm="subscriptions.view_allowance")
RULE = requires(scope="admin", perm="subscriptions.change_allowance")

View = Callable[..., Response]


class WhoeverCalls(BaseAuthentication):
    """Know callers who show good credentials, and take all others for nobody: for what anybody may see."""

    def authenticate(self, request: Request) -> Any:
        """Return user and caller, or None."""
        for kind in (JWTAuthentication, ApiKeyAuthentication):
            try:
                found = kind().authenticate(request)
            except (APIException, Problem):
                return None
            if found is not None:
                return found
        return None


def sees_all(request: Request) -> bool:
    """Tell whether a caller sees plans that are not offered, too."""
    return isinstance(request.auth, Caller) and request.auth.principal != "customer"


def is_customer(request: Request) -> bool:
    """Tell whether a customer calls, who pays for what has a price and starts public plans only."""
    return caller_of(request).principal == "customer"


def origin_of(request: Request) -> Origin:
    """Return who acts; the keys of what follows are the system's own."""
    caller = caller_of(request)
    return Origin(caller.principal, caller.actor, None, request_ids.current())


def reference_of(request: Request, named: str | None) -> str:
    """Return the wallet of a call, a customer's own; raise WalletNotFound, ValidationFailed where none is named."""
    reference = caller_of(request).own(named or "me", WalletNotFound())
    if reference == "me":
        raise ValidationFailed([("reference", "Name the wallet by its reference.")])
    return reference


def own_subscription(request: Request, subscription_id: UUID) -> Subscription:
    """Return a subscription that the caller may see; raise SubscriptionNotFound."""
    found = find_subscription(subscription_id)
    caller_of(request).own(found.wallet.reference, SubscriptionNotFound())
    return found


def audited(action: str) -> Callable[[View], View]:
    """Write an operator's act to the audit log, in its transaction; the target is the path's or the answer's id."""

    def decorate(write: View) -> View:
        @wraps(write)
        def answer(view: Any, request: Request, *args: Any, **path: Any) -> Response:
            if caller_of(request).principal != "operator":
                return write(view, request, *args, **path)
            with transaction.atomic():
                response = write(view, request, *args, **path)
                if REPLAYED not in response.headers:
                    _record(action, request, response, path)
            return response

        return answer

    return decorate


def _record(action: str, request: Request, response: Response, path: Mapping[str, Any]) -> None:
    data = response.data if isinstance(response.data, Mapping) else {}
    target = next(iter(path.values()), data.get("id") or data.get("code") or "")
    noun = action.partition(".")[0]
    body = request.data if isinstance(request.data, Mapping) else None
    record_action(
        origin=audit_origin_of(request), action=action, target_type=noun, target_id=target, after=body and dict(body)
    )
