"""What stands beside a posted entry when it is shown again: the objects that it names, as they are now."""

from uuid import UUID

from ..exceptions import EntryNotFound, GrantNotFound, HoldNotFound
from ..models import Grant, Hold, LedgerEntry
from .wallets import settle_if_due


def read_grant(grant: str) -> Grant:
    """Return a grant; raise GrantNotFound. The caller has settled its wallet."""
    found = Grant.objects.filter(pk=UUID(grant)).first()
    if found is None:
        raise GrantNotFound
    return found


def read_hold(hold: str) -> Hold:
    """Return a hold with its wallet; raise HoldNotFound. The caller has settled the wallet."""
    found = Hold.objects.select_related("wallet").filter(pk=UUID(hold)).first()
    if found is None:
        raise HoldNotFound
    return found


def read_entry(entry: str) -> LedgerEntry:
    """Return an entry with its wallet and allocations; raise EntryNotFound."""
    entries = LedgerEntry.objects.select_related("wallet").prefetch_related("allocations")
    found = entries.filter(pk=UUID(entry)).first()
    if found is None:
        raise EntryNotFound
    return found


def state_entry_of(hold: Hold) -> LedgerEntry:
    """Return the entry that made a hold what it is: the one that ended it, or the one that placed it.

    Both are posted at an instant that the hold names, so the index on the wallet's instants finds them.
    """
    entries = LedgerEntry.objects.filter(wallet=hold.wallet_id, hold=hold.pk).prefetch_related("allocations")
    found = entries.filter(effective_at=hold.ended_at or hold.placed_at, caused_by=None).order_by("-sequence")
    if hold.ended_at is None:
        found = found.filter(kind="held")
    return found.select_related("wallet")[0]


def settled_hold(hold: str) -> Hold:
    """Return a hold of a wallet that is settled first: it may have expired by now; raise HoldNotFound."""
    found = read_hold(hold)
    if found.status == "active":
        settle_if_due(found.wallet.reference)
        found.refresh_from_db()
    return found


def target_entry_of(entry: str) -> LedgerEntry:
    """Return the entry that a transfer posted in the other wallet; raise EntryNotFound."""
    caused = (
        LedgerEntry.objects.select_related("wallet")
        .prefetch_related("allocations")
        .filter(caused_by=UUID(entry), kind="transferred")
    )
    found = caused.first()
    if found is None:
        raise EntryNotFound
    return found
