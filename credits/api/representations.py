"""Objects of the ledger as plain JSON members, from the engine's objects and from stored rows alike."""

from dataclasses import replace
from datetime import datetime

from core.amounts import format_micros
from core.api.shapes import Members, writer_of
from core.api.shapes import amount_text as amount_text  # this and instant_text for the rooms above, too
from core.api.shapes import instant_text as instant_text

from ..engine.state import Entry, Grant, Hold
from ..models import Grant as GrantRow
from ..models import Hold as HoldRow
from ..models import LedgerEntry
from ..readings import WalletReading
from ..selectors.wallets import PastBalance
from . import shapes


def past_of(wallet: WalletReading, past: PastBalance) -> Members:
    """Return the members of a wallet with the amounts that it had at a past instant; what would end is not told."""
    then = replace(wallet, balance=past.balance, held=past.held, debt=past.debt, sequence=past.sequence, expiring=())
    return {**wallet_of(then), "at": instant_text(past.at)}


def grant_of(grant: Grant | GrantRow, created_at: datetime) -> Members:
    """Return the members of a grant."""
    return _write_grant(grant, created_at=instant_text(created_at))


def hold_of(hold: Hold | HoldRow, reference: str) -> Members:
    """Return the members of a hold on the wallet `reference`."""
    return _write_hold(hold, reference=reference)


def _endings(wallet: WalletReading) -> list[Members]:
    return [{"amount": format_micros(amount), "expires_at": instant_text(at)} for amount, at in wallet.expiring]


def _parts(entry: Entry) -> list[Members]:
    return [{"grant": grant, "amount": format_micros(amount)} for grant, amount in entry.allocations]


def _stored_parts(entry: LedgerEntry) -> list[Members]:
    return [{"grant": str(part.grant_id), "amount": amount_text(part.amount)} for part in entry.allocations.all()]


_write_grant = writer_of(shapes.Grant, given=["created_at"])
_write_hold = writer_of(shapes.Hold, given=["reference"])
# The members of a wallet, of an entry of the engine, and of a stored one whose wallet and allocations are loaded.
wallet_of = writer_of(shapes.Wallet, expiring=_endings)
entry_of = writer_of(shapes.Entry, allocations=_parts)
row_of = writer_of(
    shapes.Entry,
    reference="wallet.reference",
    grant="grant_id",
    hold="hold_id",
    reverses="reverses_id",
    caused_by="caused_by_id",
    allocations=_stored_parts,
)
