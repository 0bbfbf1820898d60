"""What the ledger's views share: who acts, which wallet a path means, and how an answer is put together."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.callers import Caller
from accounts.permissions import caller_of, requires
from core import request_ids
from core.api.idempotency import REPLAYED, read_key
from core.exceptions import ValidationFailed
from core.problems import Problem

from .. import selectors
from ..exceptions import EntryNotFound, GrantNotFound, HoldNotFound, WalletNotFound
from ..models.wallets import validate_reference
from ..readings import reading_of
from ..selectors.posted import read_grant, read_hold, target_entry_of
from ..selectors.wallets import read_wallet
from ..services import Origin, Posted
from .representations import entry_of, grant_of, hold_of, row_of, wallet_of

READ = requires(scope="read", perm="credits.view_wallet")
READ_OWN = requires(scope="read", perm="credits.view_wallet", own=True)
# Operators have no right of their own to spend: who may administer the ledger may do this, too.
SPEND = requires(scope="spend", perm="credits.administer_ledger")
SPEND_OWN = requires(scope="spend", perm="credits.administer_ledger", own=True)
GRANT = requires(scope="grant", perm="credits.grant_credits")
ADMIN = requires(scope="admin", perm="credits.administer_ledger")


def origin_of(request: Request) -> Origin:
    """Return who acts, and under which idempotency key; raises IdempotencyKeyInvalid."""
    return origin_with(caller_of(request), read_key(request))


def origin_with(caller: Caller, key: str | None) -> Origin:
    """Return the origin of a caller's operation under `key`."""
    return Origin(caller.principal, caller.actor, key, request_ids.current())


def require_admin(caller: Caller) -> None:
    """Raise PermissionDenied unless the caller may administer the ledger."""
    caller.require(str(ADMIN.scope if caller.principal == "service" else ADMIN.perm))


def wallet_of_path(request: Request, reference: str) -> str:
    """Return the reference that a path names; `me` is a customer's own, someone else's raises WalletNotFound."""
    return caller_of(request).own(reference, WalletNotFound())


def target_of_path(request: Request, reference: str) -> str:
    """Return the reference of a wallet to write to, which may be yet to open; raises ValidationFailed."""
    named = wallet_of_path(request, reference)
    if named == "me":
        raise ValidationFailed([("reference", "`me` is a customer's own wallet; a service names the wallet.")])
    try:
        validate_reference(named)
    except ValidationError as error:
        raise ValidationFailed([("reference", str(error.message))]) from None
    return named


def own_reference(request: Request) -> str | None:
    """Return a customer's own wallet, to which what he sees is bound; None for everyone else."""
    return caller_of(request).reference


def hold_of_path(request: Request, hold_id: UUID) -> str:
    """Return the id of a hold that the caller may see; raises HoldNotFound."""
    return _seen(request, hold_id, selectors.reference_of_hold, HoldNotFound())


def grant_of_path(request: Request, grant_id: UUID) -> str:
    """Return the id of a grant that the caller may see; raises GrantNotFound."""
    return _seen(request, grant_id, selectors.reference_of_grant, GrantNotFound())


def entry_of_path(request: Request, entry_id: UUID) -> str:
    """Return the id of an entry that the caller may see; raises EntryNotFound."""
    return _seen(request, entry_id, selectors.reference_of_entry, EntryNotFound())


def _seen(request: Request, object_id: UUID, reference_of: Any, unknown: Problem) -> str:
    """Look for the wallet of an object only if the caller is bound to one; a service's call finds it out itself."""
    caller = caller_of(request)
    if caller.principal == "customer":
        caller.own(reference_of(str(object_id)), unknown)
    return str(object_id)


def answer_entry(posted: Posted) -> Response:
    """Answer with a posted entry, and the wallet."""
    return _answer(posted, {**entry_of(posted.entry), "wallet": _wallet(posted)})


def answer_grant(posted: Posted) -> Response:
    """Answer with a new grant, its entry, and the wallet."""
    wallet = _wallet(posted)
    grant = posted.grant if posted.grant is not None and not posted.replayed else read_grant(str(posted.entry.grant))
    shown = grant_of(grant, posted.entry.created_at)
    return _answer(posted, {**shown, "entry": entry_of(posted.entry), "wallet": wallet})


def answer_hold(posted: Posted) -> Response:
    """Answer with a hold, the entry that was posted, and the wallet."""
    wallet = _wallet(posted)
    hold = posted.hold if posted.hold is not None and not posted.replayed else read_hold(str(posted.entry.hold))
    shown = hold_of(hold, posted.entry.reference)
    return _answer(posted, {"hold": shown, "entry": entry_of(posted.entry), "wallet": wallet})


def answer_transfer(posted: Posted) -> Response:
    """Answer with the entries of both wallets."""
    out, into = entry_of(posted.entry), posted.target_entry
    target = row_of(target_entry_of(posted.entry.id)) if into is None else entry_of(into)
    return _answer(posted, {"entry": out, "target_entry": target})


def _wallet(posted: Posted) -> dict[str, Any]:
    """Return the wallet as it is now; a replay is found before its wallet is settled, so that is looked up."""
    reference = posted.entry.reference
    return wallet_of(read_wallet(reference) if posted.replayed else reading_of(posted.wallet))


def _answer(posted: Posted, body: dict[str, Any]) -> Response:
    return Response(body, status=201, headers={REPLAYED: "true"} if posted.replayed else None)
