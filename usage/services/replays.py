"""Replay files of usage: each row is charged once, however often it is tried."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from itertools import islice

from core import clock
from core.amounts import from_micros
from core.problems import Problem
from credits.services import Origin, issue_grant

from ..pricing import INPUT, OUTPUT, sum_of
from ..traces import TracedCall
from .charges import Charge, Recorded, Usage
from .events import record_usage_batch
from .pricing import price_usage

ACTOR = "replay"
BATCH = 500


@dataclass(frozen=True, slots=True)
class Replay:
    """How a file is replayed: over so many wallets, as usage of `model` where its rows name none.

    The file's fingerprint stands in each key and reference, so a replay goes on where it was killed.
    """

    fingerprint: str
    wallets: int
    model: str = ""

    def reference_of(self, call: TracedCall) -> str:
        """Return the wallet that pays for a call."""
        return f"replay-{self.fingerprint[:12]}-{self.wallets}-{call.row % self.wallets}"

    def usage_of(self, call: TracedCall) -> Usage:
        """Return a call as usage of the present."""
        return Usage(self.model or call.model, call.quantities, call.provider, call.operation)

    def charge_of(self, call: TracedCall) -> Charge:
        """Return the charge of a call, under the key that is its own for ever."""
        origin = Origin(actor=ACTOR, key=f"replay:{self.fingerprint}:{call.row}")
        return Charge(self.reference_of(call), (self.usage_of(call),), origin=origin)


@dataclass(slots=True)
class Totals:
    """What a replay came to; `amount` in credits, also of the rows that an earlier try charged."""

    calls: int = 0
    tokens: int = 0
    amount: Decimal = Decimal(0)
    replayed: int = 0
    refusals: Counter[str] = field(default_factory=Counter)

    def add(self, call: TracedCall, outcome: Recorded | Problem) -> None:
        """Count one call."""
        self.calls += 1
        if isinstance(outcome, Problem):
            self.refusals[outcome.code] += 1
            return
        self.tokens += sum_of(call.quantities, (*INPUT, *OUTPUT, "tokens"))
        self.amount += outcome.amount
        self.replayed += outcome.replayed


def fund(*, replay: Replay, calls: Iterable[TracedCall], grant: Decimal | None = None) -> None:
    """Grant each wallet of a replay what its calls cost at present, in whole credits, or `grant`; once for ever."""
    at = clock.now()
    needs: dict[str, Decimal] = {}
    for call in calls:
        usage, reference = replay.usage_of(call), replay.reference_of(call)
        needs.setdefault(reference, Decimal(0))
        if grant is None:
            priced = price_usage(
                model=usage.model,
                quantities=usage.quantities,
                provider=usage.provider,
                operation=usage.operation,
                at=at,
            )
            needs[reference] += from_micros(priced.amount)
    for reference, need in needs.items():
        amount = grant or need.to_integral_value(ROUND_CEILING) + 1
        origin = Origin(actor=ACTOR, key=f"replay:{replay.fingerprint}:grant:{amount}")
        issue_grant(reference=reference, amount=amount, source="adjustment", origin=origin)


def run_replay(
    *, replay: Replay, calls: Iterable[TracedCall], speed: float = 0, advance: Callable[[int], None]
) -> Totals:
    """Charge the calls in batches, `speed` times as fast as they came, or at once with 0; `advance` counts them."""
    totals = Totals()
    for batch in _paced(calls, speed) if speed else _batches(calls):
        outcomes = record_usage_batch(charges=[replay.charge_of(call) for call in batch])
        for call, outcome in zip(batch, outcomes, strict=True):
            totals.add(call, outcome)
        advance(len(batch))
    return totals


def _batches(calls: Iterable[TracedCall]) -> Iterator[Sequence[TracedCall]]:
    source = iter(calls)
    while batch := list(islice(source, BATCH)):
        yield batch


def _paced(calls: Iterable[TracedCall], speed: float) -> Iterator[Sequence[TracedCall]]:
    """Yield each call when it is its turn, and those that are late together."""
    began, first, due = time.monotonic(), None, list[TracedCall]()
    for call in calls:
        first = first or call.occurred_at
        wait = _seconds(first, call.occurred_at) / speed - (time.monotonic() - began)
        if wait > 0 or len(due) >= BATCH:
            if due:
                yield due
                due = []
            time.sleep(max(0, _seconds(first, call.occurred_at) / speed - (time.monotonic() - began)))
        due.append(call)
    if due:
        yield due


def _seconds(first: datetime, then: datetime) -> float:
    return (then - first).total_seconds()
