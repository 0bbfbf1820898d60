"""The whole ledger of a database, read by the ORM alone and audited: what every test may end with."""

from collections.abc import Iterable
from typing import Any

from core.amounts import to_micros
from core.json_text import canonical
from core.models import Event
from credits.engine import state
from credits.engine.state import Allocation, Entry
from credits.models import Grant, GrantAllocation, Hold, HoldCover, LedgerEntry, Wallet
from tests.credits.engine.auditor import Auditor

AMOUNTS = {"balance", "held", "debt", "amount", "remaining", "refunded", "lost", "claimed", "captured", "shortfall"}
AMOUNTS |= {"held_change", "debt_change", "balance_after", "held_after", "debt_after"}
WALLET = ("id", "reference", "status", "balance", "held", "debt", "sequence", "head_hash", "last_effective_at")
GRANT = (
    *("id", "wallet_id", "sequence", "amount", "source", "effective_at", "priority", "expires_at", "rollover"),
    *("parent_id", "origin_id", "cost_minor", "currency", "description", "metadata", "remaining", "held"),
    *("activated_at", "voided_at", "refunded", "lost", "claimed"),
)
HOLD = (
    *("id", "wallet_id", "amount", "placed_by", "placed_at", "expires_at", "basis", "description", "metadata"),
    *("captured", "status", "ended_at"),
)
COLUMNS = {"caused_by": "caused_by_id", "grant": "grant_id", "hold": "hold_id", "reverses": "reverses_id"}
ENTRY = [COLUMNS.get(name, name) for name in Entry._fields if name not in ("reference", "allocations")]


def check_books() -> Auditor:
    """Re-add every wallet from its entries and compare it, its grants and its holds; every entry has one event."""
    auditor, entries = Auditor(), read_entries()
    for entry in entries:
        auditor.take(entry)
    for wallet in read_wallets().values():
        if wallet.sequence:
            auditor.check(wallet)
    auditor.check_totals()
    told = [event.payload["entry"] for event in Event.objects.order_by("id") if "entry" in event.payload]
    assert sorted(told) == sorted(entry.id for entry in entries)
    return auditor


def read_wallets() -> dict[str, state.Wallet]:
    """Return every wallet by its reference, in the engine's form, with all grants and holds that it ever had."""
    wallets = {
        str(row.pk): state.Wallet(*values_of(row, WALLET), next_change_at=row.next_change_at)
        for row in Wallet.objects.all()
    }
    for row in Grant.objects.order_by("id"):
        grant = state.Grant(*values_of(row, GRANT))
        grant.rollover = None if row.rollover is None else state.Rollover(*row.rollover)
        assert row.is_open == grant.is_open
        wallets[grant.wallet_id].grants[grant.id] = grant
    for hold in read_holds():
        wallets[hold.wallet_id].holds[hold.id] = hold
    return {wallet.reference: wallet for wallet in wallets.values()}


def read_holds() -> list[state.Hold]:
    """Return every hold with its cover."""
    holds = {str(row.pk): state.Hold(*values_of(row, HOLD)) for row in Hold.objects.order_by("id")}
    for cover in HoldCover.objects.all():
        holds[str(cover.hold_id)].cover[str(cover.grant_id)] = to_micros(cover.amount)
    return list(holds.values())


def read_entries(after: str | None = None) -> list[Entry]:
    """Return the entries, in the order of posting, in the engine's form."""
    queryset = LedgerEntry.objects.select_related("wallet").order_by("id")
    rows = list(queryset if after is None else queryset.filter(id__gt=after))
    moved: dict[Any, list[Allocation]] = {}
    for part in GrantAllocation.objects.filter(**({} if after is None else {"entry_id__gt": after})).order_by("id"):
        moved.setdefault(part.entry_id, []).append(Allocation(str(part.grant_id), to_micros(part.amount)))
    return [_entry(row, moved.get(row.pk, [])) for row in rows]


def values_of(row: Any, names: Iterable[str]) -> list[Any]:
    """Return attributes of a model in the units of the engine: millionths, ids as texts."""
    return [_value(name, getattr(row, name)) for name in names]


def _entry(row: LedgerEntry, moved: list[Allocation]) -> Entry:
    values = dict(zip(ENTRY, values_of(row, ENTRY), strict=True))
    fields = {name: values[COLUMNS.get(name, name)] for name in Entry._fields if COLUMNS.get(name, name) in values}
    return Entry(reference=row.wallet.reference, allocations=tuple(moved), **fields)


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in AMOUNTS:
        return to_micros(value)
    if name == "metadata":
        return canonical(value)
    return str(value) if name == "id" or name.endswith("_id") else value
