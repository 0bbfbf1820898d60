"""What the rules work on: wallets with their open grants and active holds, and the entries that they post.

Amounts are integers of millionths of a credit, instants are aware `datetime` values in UTC, ids are UUID texts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

# Nobody lives to see it, and no date that is counted from it leaves the calendar.
LATEST = datetime(3000, 1, 1, tzinfo=UTC)
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
MAX_AMOUNT = 1_000_000_000 * 1_000_000
MAX_HOLD_LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rollover:
    """What a grant passes on when it ends: at most `amount`, or `percent` of what is left, rounded down; else all.

    The new grant lives `days` days (None: for ever) and rolls over itself `times - 1` more times.
    """

    amount: int | None = None
    percent: int | None = None
    days: int | None = None
    times: int = 1

    def part_of(self, left: int) -> int:
        """Return how much of `left` rolls over."""
        if self.percent is not None:
            return left * self.percent // 100
        return left if self.amount is None else min(left, self.amount)

    def next(self) -> "Rollover | None":
        """Return the rule of the new grant."""
        return None if self.times <= 1 else Rollover(self.amount, self.percent, self.days, self.times - 1)


@dataclass(slots=True)
class Grant:
    """A parcel of credits; `sequence` is its entry's, `origin` the purchase whose refund covers it.

    `origin` is None for a purchase itself, and for what doesn't descend from one in the same wallet.
    """

    id: str
    wallet_id: str
    sequence: int
    amount: int
    source: str
    effective_at: datetime
    priority: int = 50
    expires_at: datetime | None = None
    rollover: Rollover | None = None
    parent: str | None = None
    origin: str | None = None
    cost_minor: int | None = None
    currency: str | None = None
    description: str | None = None
    metadata: str | None = None
    remaining: int = 0
    held: int = 0
    activated_at: datetime | None = None
    voided_at: datetime | None = None
    refunded: int = 0
    lost: int = 0
    claimed: int = 0

    @property
    def uncovered(self) -> int:
        return self.remaining - self.held

    @property
    def is_scheduled(self) -> bool:
        return self.activated_at is None and self.voided_at is None

    @property
    def is_open(self) -> bool:
        return self.remaining > 0 or self.is_scheduled

    @property
    def is_purchased(self) -> bool:
        return self.source == "purchase"

    def has_ended(self, at: datetime) -> bool:
        """Tell whether the grant is past its expiry at `at`; intervals are half-open."""
        return self.expires_at is not None and self.expires_at <= at

    def cost_of(self, part: int) -> int | None:
        """Return the cost of `part` of the grant in minor units, rounded down."""
        return None if self.cost_minor is None else self.cost_minor * part // self.amount


@dataclass(slots=True)
class Hold:
    """Credits set aside; `cover` names the grants that it rests on, and how much of each."""

    id: str
    wallet_id: str
    amount: int
    placed_by: str
    placed_at: datetime
    expires_at: datetime
    basis: str | None = None
    description: str | None = None
    metadata: str | None = None
    captured: int = 0
    status: str = "active"
    ended_at: datetime | None = None
    cover: dict[str, int] = field(default_factory=dict)

    @property
    def covered(self) -> int:
        return sum(self.cover.values())


class Allocation(NamedTuple):
    """How much an entry put into a grant, or took from it."""

    grant: str
    amount: int


class Entry(NamedTuple):
    """A line of a wallet's statement; it never changes."""

    id: str
    wallet_id: str
    reference: str
    sequence: int
    kind: str
    contra: str | None
    amount: int
    held_change: int
    debt_change: int
    balance_after: int
    held_after: int
    debt_after: int
    effective_at: datetime
    created_at: datetime
    idempotency_key: str | None
    principal: str | None
    fingerprint: str | None
    request_id: str | None
    caused_by: str | None
    grant: str | None
    hold: str | None
    reverses: str | None
    shortfall: int
    actor: str
    description: str | None
    metadata: str | None
    text_salt: str | None
    text_hash: str | None
    terms: str | None
    hash: str
    hash_version: int
    allocations: tuple[Allocation, ...]


class Consumption(NamedTuple):
    """A consumed entry that a reversal names: what it took from which grants, and how much was reversed since."""

    id: str
    reference: str
    kind: str
    amount: int
    reversed: int
    allocations: tuple[Allocation, ...]


@dataclass(slots=True)
class Wallet:
    """A holder's credits, with every open grant and active hold, and those that the commands name."""

    id: str
    reference: str
    status: str = "active"
    balance: int = 0
    held: int = 0
    debt: int = 0
    sequence: int = 0
    head_hash: str = ""
    last_effective_at: datetime | None = None
    next_change_at: datetime | None = None
    time_zone: str = "UTC"
    attributes: str = "{}"
    created_at: datetime | None = None
    updated_at: datetime | None = None
    refusals: int = 0
    refusals_since: datetime | None = None
    grants: dict[str, Grant] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)

    @property
    def available(self) -> int:
        return self.balance - self.held

    @property
    def is_frozen(self) -> bool:
        return self.status == "frozen"

    @property
    def scheduled(self) -> int:
        return sum(grant.amount for grant in self.grants.values() if grant.is_scheduled)

    def in_order_of_use(self) -> list[Grant]:
        """Return the grants with uncovered credits, first to be used first."""
        return sorted((grant for grant in self.grants.values() if grant.remaining > grant.held), key=order_of_use)

    def active_holds(self) -> Iterator[Hold]:
        return (hold for hold in self.holds.values() if hold.status == "active")

    def find_next_change(self) -> datetime | None:
        """Return the earliest instant at which time alone changes this wallet."""
        instants = [hold.expires_at for hold in self.active_holds()]
        for grant in self.grants.values():
            if grant.is_scheduled:
                instants.append(grant.effective_at)
            elif grant.expires_at is not None and grant.remaining > grant.held:
                instants.append(grant.expires_at)
        return min(instants, default=None)


def order_of_use(grant: Grant) -> tuple[int, datetime, bool, datetime, int, str]:
    """Return the sort key of the total order in which grants are used: priority, expiry, free first, age, posting."""
    return (
        grant.priority,
        grant.expires_at or NEVER,
        grant.source == "purchase",
        grant.effective_at,
        grant.sequence,
        grant.id,
    )
