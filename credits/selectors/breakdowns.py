"""Re-add a balance from the ledger: by grant, by kind, by hold, up to an entry number."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Sum

from core.amounts import MICROS

from ..models import GrantAllocation, LedgerEntry


@dataclass(frozen=True, slots=True)
class Breakdown:
    """What the entries 1 to `sequence` of a wallet add up to, in millionths; parts of zero are left out."""

    by_grant: dict[UUID, int]
    by_kind: dict[str, int]
    by_hold: dict[UUID, int]
    debt: int

    @property
    def balance(self) -> int:
        return sum(self.by_grant.values())

    @property
    def held(self) -> int:
        return sum(self.by_hold.values())


def break_down(reference: str, sequence: int) -> Breakdown:
    """Add up the entries of a wallet up to the number `sequence`."""
    entries = LedgerEntry.objects.filter(wallet__reference=reference, sequence__lte=sequence)
    moved = GrantAllocation.objects.filter(entry__wallet__reference=reference, entry__sequence__lte=sequence)
    debt = entries.aggregate(total=Sum("debt_change"))["total"]
    return Breakdown(
        _sums(moved, "grant_id", "amount"),
        _sums(entries, "kind", "amount"),
        _sums(entries.exclude(hold=None), "hold_id", "held_change"),
        int((debt or 0) * MICROS),
    )


def _sums(queryset: Any, by: str, column: str) -> dict[Any, int]:
    found = queryset.order_by().values_list(by).annotate(total=Sum(column))
    return {key: int(total * MICROS) for key, total in found if total}
