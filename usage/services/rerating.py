"""Price an event anew: wrong usage costs what the rate of its time says, and the difference is posted once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from core import clock, request_ids
from core.amounts import from_micros, to_micros
from core.problems import Problem
from credits.engine import commands as c
from credits.exceptions import InvalidOperation
from credits.models import LedgerEntry
from credits.services import Origin, Posted
from credits.services.posting import command_of, post_many

from ..models import UsageEvent
from ..pricing import INPUT, OUTPUT, Priced, Quantities, sum_of
from ..selectors.events import read_event
from .pricing import price_usage


@dataclass(frozen=True, slots=True)
class Rerating:
    """An event with its corrections so far, what was used, and what that costs by the rate of its time."""

    event: UsageEvent
    corrections: Sequence[UsageEvent]
    quantities: Quantities
    priced: Priced

    @property
    def change(self) -> int:
        """Return by how many millionths the price differs from what it was rated at."""
        return self.priced.amount - sum(to_micros(part.amount) for part in (self.event, *self.corrections))

    @property
    def is_needed(self) -> bool:
        newest = [self.event, *self.corrections][-1]
        return bool(self.change) or dict(self.quantities) != _quantities_of(newest)


def plan_rerating(event: UsageEvent, quantities: Quantities | None = None) -> Rerating:
    """Return what re-rating an event would change; `quantities` are what was really used, if that was wrong.

    Raises ModelUnknown, QuantityUnpriced, and InvalidOperation where code gave the price.
    """
    if event.rate_id is None and event.amount:
        raise InvalidOperation("The code that used it gave the price; reverse its entry instead.", field="event")
    corrections = list(event.corrections.select_related("entry").order_by("revision"))
    used = _quantities_of([event, *corrections][-1]) if quantities is None else quantities
    priced = price_usage(
        model=event.model,
        quantities=used,
        provider=event.provider,
        operation=event.operation,
        at=event.occurred_at,
    )
    return Rerating(event, corrections, used, priced)


def rerate_event(*, event: UUID, reason: str, actor: str, quantities: Quantities | None = None) -> UsageEvent | None:
    """Correct an event by another that carries the difference; None where nothing differs. Raises EventNotFound.

    What is owed in addition is taken as far as credits go, `caused_by` the first entry; what was too much is reversed.
    """
    with transaction.atomic():
        plan = plan_rerating(read_event(event, for_update=True), quantities)
        if not plan.is_needed:
            return None
        origin = Origin(
            actor=actor, key=f"rerate:{event}:{len(plan.corrections) + 1}", request_id=request_ids.current()
        )
        posted = post_many(list(_commands(plan, origin, reason)))
        for outcome in posted:
            if isinstance(outcome, Problem):
                raise outcome
        entry = next((outcome.entry.id for outcome in posted if isinstance(outcome, Posted)), None)
        return _write(plan, entry, actor)


def _commands(plan: Rerating, origin: Origin, reason: str) -> Iterator[c.Command]:
    reference, first = plan.event.wallet.reference, plan.event.entry_id
    named = {"operation": plan.event.operation, "usage": str(plan.event.pk)}
    if plan.change > 0:
        cause = None if first is None else str(first)
        terms = {"amount": plan.change, "overage": "up_to", "caused_by": cause}
        yield command_of(c.Consume, origin, reference, reason, named, **terms)
    back = max(0, _taken(plan) - plan.priced.amount) if plan.change < 0 else 0
    for number, entry in enumerate(_entries(plan) if back else ()):
        part = min(back, _left(entry))
        if part:
            numbered = Origin(origin.principal, origin.actor, f"{origin.key}:{number}", origin.request_id)
            yield command_of(c.ReverseEntry, numbered, reference, reason, named, entry=str(entry.pk), amount=part)
            back -= part


def _taken(plan: Rerating) -> int:
    """Return what was really taken for the event so far: a shortfall was not, and what was reversed came back."""
    first = plan.event.entry
    taken = to_micros(plan.event.amount) - (to_micros(first.shortfall) if first is not None else 0)
    return taken - sum(to_micros(part.entry.amount) for part in plan.corrections if part.entry is not None)


def _entries(plan: Rerating) -> Iterator[LedgerEntry]:
    """Yield the consumptions of the event, the newest first."""
    for part in reversed([plan.event, *plan.corrections]):
        if part.entry is not None and part.entry.kind == "consumed":
            yield part.entry


def _left(entry: LedgerEntry) -> int:
    back = entry.reversals.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    return -to_micros(entry.amount) - to_micros(back)


def _write(plan: Rerating, entry: str | None, actor: str) -> UsageEvent:
    event, now = plan.event, clock.now()
    before = _quantities_of([event, *plan.corrections][-1])
    return UsageEvent.objects.create(
        wallet=event.wallet,
        provider=event.provider,
        model=event.model,
        operation=event.operation,
        quantities={
            name: f"{units:f}" if isinstance(units, Decimal) else units for name, units in plan.quantities.items()
        },
        input_tokens=sum_of(plan.quantities, INPUT) - sum_of(before, INPUT),
        output_tokens=sum_of(plan.quantities, OUTPUT) - sum_of(before, OUTPUT),
        rate_id=plan.priced.rate,
        amount=from_micros(plan.change),
        occurred_at=event.occurred_at,
        entry_id=entry,
        corrects=event,
        revision=len(plan.corrections) + 1,
        principal="internal",
        fingerprint="",
        actor=actor,
        request_id=request_ids.current(),
        created_at=now,
    )


def _quantities_of(event: UsageEvent) -> dict[str, int | Decimal]:
    return {name: units if isinstance(units, int) else Decimal(units) for name, units in event.quantities.items()}
