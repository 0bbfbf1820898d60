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

VERBS = {"POST": "create", "PATCH": "change"}


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
    route = getattr(request.resolver_match, "url_name", None) or "ledger"
    noun, _, verb = route.partition("-")
    data = request.data if isinstance(request.data, Mapping) else {}
    target = next(iter(path.values()), data.get("reference") or data.get("source") or "")
    entry = answer.data.get("entry") or answer.data if isinstance(answer.data, Mapping) else {}
    record_action(
        origin=origin_of(request),
        action=f"{noun}.{verb.replace('-', '_') or VERBS.get(request.method or '', 'do')}",
        target_type=noun.removesuffix("s"),
        target_id=target,
        reason=str(data.get("reason", "")),
        after={"status": answer.status_code, "entry": entry.get("id")},
    )
