"""Have a provider charge for periods: the page on which a customer agrees, and the end of what he agreed to.

A recurring charge at the provider bears the id of the charge that began it. Everything here is found by rows, so that
a provider that does not answer is asked again.
"""

from uuid import UUID

from core import logs
from core.problems import Problem
from payments.models import RecurringCharge
from payments.services.recurring import end_recurring_charge, start_recurring_charge

from ..models import Charge, Subscription

# A provider knows no quarters.
INTERVALS = {
    "day": ("day", 1),
    "week": ("week", 1),
    "month": ("month", 1),
    "quarter": ("month", 3),
    "year": ("year", 1),
}
STOPPED = ("cancelled", "paused", "ended")

log = logs.get_logger(__name__)


def open_checkouts() -> None:
    """Open the page for each charge that nothing at a provider will pay by itself."""
    waiting = Charge.objects.filter(status="open", checkout_url="").exclude(step="change")
    for charge in waiting.select_related("subscription__wallet", "version__plan").order_by("pk"):
        try:
            _open_checkout(charge)
        except Problem as refusal:
            log.warning("checkout_not_opened", charge=str(charge.pk), code=refusal.code, detail=refusal.detail)


def stop_billing() -> None:
    """End what providers would go on charging for subscriptions that begin no more periods."""
    running = RecurringCharge.objects.filter(ended_at=None)
    for charge in Charge.objects.filter(pk__in=running.values("pk"), subscription__status__in=STOPPED):
        _end(charge.pk)


def running_charge(subscription: Subscription) -> RecurringCharge | None:
    """Return what a provider charges for a subscription by itself, the latest that was agreed to."""
    charges = Charge.objects.filter(subscription=subscription).values("pk")
    return RecurringCharge.objects.filter(pk__in=charges, ended_at=None).order_by("-created_at").first()


def _open_checkout(charge: Charge) -> None:
    running = running_charge(charge.subscription)
    if running is not None and running.pk != charge.pk:
        if (running.amount_minor, running.currency) == (charge.amount_minor, charge.currency):
            return
        _end(running.pk)
    version = charge.version
    interval, count = INTERVALS[version.period_unit]
    begun = start_recurring_charge(
        subscription=charge.pk,
        reference=charge.subscription.wallet.reference,
        amount_minor=charge.amount_minor,
        currency=charge.currency,
        interval=interval,  # type: ignore[arg-type]  # one of the provider's words
        interval_count=count * version.period_count,
        title=version.plan.name,
    )
    Charge.objects.filter(pk=charge.pk).update(checkout_url=begun.checkout_url)


def _end(recurring: UUID) -> None:
    try:
        end_recurring_charge(subscription=recurring, at_period_end=False)
    except Problem as refusal:
        log.warning("billing_not_stopped", charge=str(recurring), code=refusal.code, detail=refusal.detail)
