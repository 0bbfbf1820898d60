"""A view of the ledger: what an operator changes through it stands in the audit log, as what he does in the admin."""

from collections.abc import Mapping
from typing import Any

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.callers import Caller
from accounts.services.audit import origin_of, record_action
from core.api.idempotency import REPLAYED
from core.api.lean import LeanView

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
    """Answer JSON, and record each change that an operator made."""

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        """Write the audit line of a change that succeeded; what is answered once more was recorded the first time."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        changed = request.method not in SAFE_METHODS and answer.status_code < 300 and REPLAYED not in answer.headers
        if changed and isinstance(request.auth, Caller) and request.auth.principal == "operator":
            _record(request, answer, kwargs)
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
