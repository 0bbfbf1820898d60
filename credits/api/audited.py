"""A view of the ledger: what an operator changes through it stands in the audit log, as what he does in the admin."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ClassVar

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.callers import Caller
from accounts.services.audit import origin_of, record_action
from core.api.idempotency import REPLAYED
from core.api.lean import LeanView
from core.problems import Problem

WRITES = frozenset({"post", "put", "patch", "delete"})

# The routes whose name says no verb; the admin calls the same acts by the same names.
ACTIONS = {
    "wallets": "wallet.open",
    "wallet": "wallet.change",
    "grants": "wallet.issue",
    "consume": "wallet.consume",
    "consumptions": "wallet.consume_many",
    "holds": "wallet.hold",
    "transfers": "wallet.transfer",
}


class LedgerView(LeanView):
    """Answer JSON, and record each change that an operator makes; a view that `changes` nothing says so."""

    changes: ClassVar[bool] = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Put the audit line into the transaction of every write that the class defines."""
        super().__init_subclass__(**kwargs)
        for method in WRITES & vars(cls).keys() if cls.changes else ():
            setattr(cls, method, _recorded(vars(cls)[method]))


def _recorded(write: Callable[..., Response]) -> Callable[..., Response]:
    @wraps(write)
    def answer(view: LedgerView, request: Request, *args: Any, **path: Any) -> Response:
        if not isinstance(request.auth, Caller) or request.auth.principal != "operator":
            return write(view, request, *args, **path)
        with transaction.atomic():
            try:
                response = write(view, request, *args, **path)
            except Problem as error:
                # Raised after the transaction, so that what settling posted before the refusal is committed.
                refusal = error
            else:
                # What is answered once more was recorded the first time.
                if REPLAYED not in response.headers:
                    _record(request, response, path)
                return response
        raise refusal

    return answer


def _record(request: Request, answer: Response, path: Mapping[str, Any]) -> None:
    action = _action(getattr(request.resolver_match, "url_name", None) or "")
    data = request.data if isinstance(request.data, Mapping) else {}
    target = next(iter(path.values()), data.get("reference") or data.get("source") or "")
    entry = answer.data.get("entry") or answer.data if isinstance(answer.data, Mapping) else {}
    record_action(
        origin=origin_of(request),
        action=action,
        target_type=action.partition(".")[0],
        target_id=target,
        reason=str(data.get("reason", "")),
        after={"status": answer.status_code, "entry": entry.get("id")},
    )


def _action(route: str) -> str:
    noun, _, verb = route.partition("-")
    return ACTIONS.get(route) or f"{noun}.{verb.replace('-', '_')}"
