"""What budgets count: the counters of their windows, read and written as sets. Who counts has locked the budgets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import islice
from operator import or_
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from core import rows
from core.amounts import to_micros

from .models import Budget, BudgetCounter
from .windows import Window, window_of

TABLE = rows.Table(
    "usage_budgetcounter",
    (("id", "bigint"), ("budget_id", "uuid"), ("starts_at", "instant"), ("consumed", "bigint"), ("held", "bigint")),
)
# SQLite allows a condition only so many terms.
WINDOWS_AT_ONCE = 300


class Scope(NamedTuple):
    """By what an amount is limited: its wallet, the API key behind it (`key:<prefix>`), and its operation."""

    wallet: str
    actor: str | None
    operation: str


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """A budget, the actor that its API key is, and the time zone of its calendar."""

    budget: Budget
    actor: str | None
    zone: str

    def fits(self, scope: Scope) -> bool:
        """Tell whether what is spent in this scope counts."""
        budget = self.budget
        same_wallet = budget.wallet_id is None or str(budget.wallet_id) == scope.wallet
        return same_wallet and self.actor in (None, scope.actor) and budget.operation in ("", scope.operation)

    def window(self, at: datetime) -> Window:
        """Return the window that `at` lies in."""
        return window_of(self.budget.window, self.budget.window_seconds, self.zone, at)


@dataclass(slots=True)
class _Count:
    pk: int | None = None
    consumed: int = 0
    held: int = 0
    is_changed: bool = False


class Counters:
    """The counters of some budgets, in millionths, loaded window by window."""

    def __init__(self) -> None:
        self._counts: dict[tuple[UUID, datetime], _Count] = {}
        self._loaded: set[tuple[UUID, datetime]] = set()

    def load(self, wanted: Iterable[tuple[Limit, datetime]]) -> None:
        """Load the windows in which these instants lie, those that are not loaded yet."""
        windows = {(limit.budget.pk, limit.window(at)) for limit, at in wanted}
        missing = iter([(pk, window) for pk, window in windows if (pk, window.bucket_at) not in self._loaded])
        while pack := list(islice(missing, WINDOWS_AT_ONCE)):
            within = (Q(budget=pk, starts_at__range=(window.starts_at, window.bucket_at)) for pk, window in pack)
            for row in BudgetCounter.objects.filter(reduce(or_, within)):
                count = _Count(row.pk, to_micros(row.consumed), to_micros(row.held))
                self._counts.setdefault((row.budget_id, row.starts_at), count)
            self._loaded.update((pk, window.bucket_at) for pk, window in pack)

    def spent(self, limit: Limit, at: datetime) -> tuple[int, int]:
        """Return what was consumed and is held in the window that `at` lies in."""
        self.load([(limit, at)])
        counts = list(self._within(limit, limit.window(at)))
        return sum(count.consumed for count in counts), sum(count.held for count in counts)

    def add(self, limit: Limit, at: datetime, consumed: int, held: int) -> None:
        """Count in the bucket of `at`; what a budget has not seen being held leaves it at zero."""
        self.load([(limit, at)])
        count = self._counts.setdefault((limit.budget.pk, limit.window(at).bucket_at), _Count())
        count.consumed += consumed
        count.held = max(0, count.held + held)
        count.is_changed = True

    def write(self) -> None:
        """Write what has changed."""
        changed = [(key, count) for key, count in self._counts.items() if count.is_changed]
        old = [(count.pk, count.consumed, count.held) for _, count in changed if count.pk is not None]
        new = [(str(pk), at, count.consumed, count.held) for (pk, at), count in changed if count.pk is None]
        rows.write(
            [
                rows.Change("update", TABLE.only("id", "consumed", "held"), old),
                rows.Change("insert", TABLE.but("id"), new),
            ]
        )

    def _within(self, limit: Limit, window: Window) -> Iterator[_Count]:
        for (pk, starts_at), count in self._counts.items():
            if pk == limit.budget.pk and window.starts_at <= starts_at <= window.bucket_at:
                yield count
