"""Whom an allowance reaches, when it is due next, and what a run of it would hand out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Sum

from core.fields import CreditsField
from credits.models import Wallet

from ..engine.calendar import Rhythm
from ..exceptions import AllowanceNotFound
from ..models import Allowance, AllowanceRun, Subscription
from ..models.allowances import Terms


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a run would do now: on which day, for how many wallets, with how many credits."""

    due_at: datetime | None
    wallets: int
    grants: int
    credits: Decimal


def find_allowance(allowance_id: UUID, *, lock: bool = False) -> Allowance:
    """Return an allowance, locked if asked; raise AllowanceNotFound."""
    rules = Allowance.objects.select_for_update() if lock else Allowance.objects.all()
    found = rules.filter(pk=allowance_id).first()
    if found is None:
        raise AllowanceNotFound()
    return found


def rhythm_of(allowance: Allowance) -> Rhythm:
    """Return when the runs of an allowance are due."""
    anchor = datetime.combine(allowance.start_date, allowance.time)
    return Rhythm(anchor, allowance.unit, 1, allowance.time_zone)


def next_due(allowance: Allowance, after: datetime) -> datetime | None:
    """Return the first instant after `after` at which a day is due that had no run yet; None when none will be."""
    if not allowance.is_active:
        return None
    rhythm = rhythm_of(allowance)
    number = rhythm.first_after(after)
    while allowance.last_date is not None and rhythm.local(number).date() <= allowance.last_date:
        number += 1
    if allowance.end_date is not None and rhythm.local(number).date() >= allowance.end_date:
        return None
    return rhythm.instant(number)


def date_of(allowance: Allowance, due_at: datetime) -> date:
    """Return the day, in the rule's time zone, that an instant of its rhythm stands for."""
    rhythm = rhythm_of(allowance)
    return rhythm.local(rhythm.number_at(due_at)).date()


def wallets_of(terms: Terms, due_at: datetime) -> QuerySet[Wallet]:
    """Return the wallets that the terms reach as of an instant: late work reaches whom it would have reached."""
    wallets = Wallet.objects.filter(created_at__lte=due_at)
    if terms.reference_prefix:
        wallets = wallets.filter(reference__startswith=terms.reference_prefix)
    if terms.audience == "everyone":
        return wallets
    running = Subscription.objects.filter(wallet=OuterRef("pk"), started_at__lte=due_at, last_number__gt=0)
    running = running.exclude(status="paused").filter(Q(ended_at=None) | Q(ended_at__gt=due_at))
    if terms.plans:
        running = running.filter(plan__code__in=terms.plans)
    return wallets.filter(Exists(running) if terms.audience == "subscribers" else ~Exists(running))


def dry_run(allowance: Allowance, now: datetime) -> DryRun:
    """Return what the next run would do if it came now; writes nothing."""
    wallets = wallets_of(allowance, now)
    count = wallets.count()
    if allowance.mode == "add":
        return DryRun(allowance.next_due_at, count, count, allowance.amount * count)
    available = ExpressionWrapper(F("balance") - F("held"), output_field=CreditsField())
    poor = wallets.annotate(free=available).filter(free__lt=allowance.amount)
    found = poor.aggregate(number=Count("pk"), free=Sum("free"))
    credits = allowance.amount * found["number"] - (found["free"] or Decimal(0))
    return DryRun(allowance.next_due_at, count, found["number"], credits)


def missing_of(wallets: Sequence[Wallet], level: Decimal) -> dict[str, Decimal]:
    """Return what each wallet lacks of a level; those that lack nothing are left out."""
    lacks = {wallet.reference: level - (wallet.balance - wallet.held) for wallet in wallets}
    return {reference: amount for reference, amount in lacks.items() if amount > 0}


def expiry_of(allowance: Allowance, due_at: datetime) -> datetime | None:
    """Return when credits that are due at an instant end: whole days later by the clocks of the rule's zone."""
    if allowance.validity_days is None:
        return None
    rhythm = Rhythm(rhythm_of(allowance).local(rhythm_of(allowance).number_at(due_at)), "day", 1, allowance.time_zone)
    return rhythm.instant(allowance.validity_days)


def just_before(instant: datetime) -> datetime:
    """Return the last instant before another."""
    return instant - timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: wallets that were looked at, of how many that stand in chunks by now."""

    wallets: int
    grants: int
    chunks_done: int
    chunks: int


def progress_of(run: AllowanceRun) -> Progress:
    """Return how far a run is; of one that is finished, what it did."""
    if run.finished_at is not None:
        return Progress(run.wallets, run.grants, 0, 0)
    sums = run.chunks.aggregate(
        wallets=Sum("wallets"), grants=Sum("grants"), chunks=Count("pk"), done=Count("pk", filter=Q(is_open=False))
    )
    return Progress(sums["wallets"] or 0, sums["grants"] or 0, sums["done"], sums["chunks"])
