"""The operators' audit log: who did what to what, and why."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.callers import Caller
from accounts.models import OperatorAction, User
from core import request_ids
from core.addresses import client_address


@dataclass(frozen=True)
class Origin:
    """Who acts, and from where."""

    actor: str
    operator_id: UUID | None = None
    ip: str | None = None


def origin_of(request: Request | HttpRequest) -> Origin:
    """Return who makes a request: the caller of the API, or the user who is logged in to the admin."""
    plain = request._request if isinstance(request, Request) else request
    caller = getattr(request, "auth", None)
    if isinstance(caller, Caller):
        operator_id = caller.user_id if caller.principal == "operator" else None
        return Origin(caller.actor, operator_id, client_address(plain))
    if not isinstance(plain.user, User):
        raise TypeError("an operator's action has an operator")
    return Origin(f"user:{plain.user.pk}", plain.user.pk, client_address(plain))


def record_action(
    *,
    origin: Origin,
    action: str,
    target_type: str,
    target_id: object,
    reason: str = "",
    before: Any = None,
    after: Any = None,
) -> OperatorAction:
    """Write one line of the audit log, in the transaction of what it tells of.

    `action` is a noun and a verb, such as `wallet.freeze`; `before` and `after` are JSON values of what changed.
    """
    return OperatorAction.objects.create(
        actor=origin.actor,
        operator_id=origin.operator_id,
        ip=origin.ip,
        request_id=request_ids.current(),
        action=action,
        target_type=target_type,
        target_id=str(target_id),
        reason=reason,
        before=before,
        after=after,
    )
