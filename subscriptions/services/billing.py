"""Have a provider charge for periods: the page on which a customer agrees, and the end of what he agreed to.

A recurring charge at the provider bears the id of the charge that began it, as does the payment of an upgrade's
difference. Everything here is found by rows, so that
a provider that does not answer is asked again.
"""

from uuid import UUID

from django.db.models import F, Q, QuerySet

from core import logs
from core.problems import Problem
from payments.models import RecurringCharge
from payments.providers import registry
from payments.services.charges import order_charge
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


def check_provider(name: str) -> None:
    """Raise ProviderUnknown for a provider that this installation has no keys of; "" is the usual one."""
    if name:
        registry.provider(name)


def open_checkouts() -> None:
    """Open the page for each charge that nothing at a provider will pay by itself."""
    for charge in _open_charges().filter(checkout_url="").order_by("pk"):
        _try_to_open(charge)


def open_checkout_of(*, charge: UUID) -> str:
    """Return the page of one charge, opened if it is not yet; "" if there is none, and then it is asked for again."""
    found = _open_charges().filter(pk=charge).first()
    return "" if found is None else found.checkout_url or _try_to_open(found)


def stop_billing() -> None:
    """End what providers would go on charging: for subscriptions that begin no more periods, and at former prices."""
    running = RecurringCharge.objects.filter(ended_at=None)
    outdated = Q(status="paid") & ~Q(amount_minor=F("subscription__version__amount_minor"))
    needless = Q(subscription__status__in=STOPPED) | outdated
    for charge in Charge.objects.filter(needless, pk__in=running.values("pk")):
        _end(charge.pk)


def running_charge(subscription: Subscription) -> RecurringCharge | None:
    """Return what a provider charges for a subscription by itself, the latest that was agreed to."""
    return _agreements(subscription).filter(ended_at=None).first()


def is_outdated(began: Charge) -> bool:
    """Tell whether a subscription has another price by now than when this charge began its recurring one."""
    return began.status == "paid" and began.amount_minor != began.subscription.version.amount_minor


def _open_charges() -> QuerySet[Charge]:
    return Charge.objects.filter(status="open").select_related("subscription__wallet", "version__plan")


def _try_to_open(charge: Charge) -> str:
    try:
        url = _open_payment(charge) if charge.step == "change" else _open_agreement(charge)
    except Problem as refusal:
        log.warning("checkout_not_opened", charge=str(charge.pk), code=refusal.code, detail=refusal.detail)
        return ""
    Charge.objects.filter(pk=charge.pk).update(checkout_url=url)
    return url


def _open_payment(charge: Charge) -> str:
    payment = order_charge(
        key=charge.pk,
        reference=charge.subscription.wallet.reference,
        amount_minor=charge.amount_minor,
        currency=charge.currency,
        title=charge.version.plan.name,
        return_url=charge.return_url,
        provider=_provider_of(charge),
    )
    return payment.checkout_url


def _open_agreement(charge: Charge) -> str:
    """Return the page of a new recurring charge, "" where one that runs will pay."""
    running = running_charge(charge.subscription)
    if running is not None and running.pk != charge.pk:
        if (running.amount_minor, running.currency) == (charge.amount_minor, charge.currency):
            return ""
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
        return_url=charge.return_url,
        provider=_provider_of(charge),
    )
    return begun.checkout_url


def _provider_of(charge: Charge) -> str:
    """Return the provider that was asked for, else the one that charged for this subscription so far."""
    latest = _agreements(charge.subscription).first()
    return charge.provider or (latest.provider if latest is not None else "")


def _agreements(subscription: Subscription) -> QuerySet[RecurringCharge]:
    charges = Charge.objects.filter(subscription=subscription).values("pk")
    return RecurringCharge.objects.filter(pk__in=charges).order_by("-created_at")


def _end(recurring: UUID) -> None:
    try:
        end_recurring_charge(subscription=recurring, at_period_end=False)
    except Problem as refusal:
        log.warning("billing_not_stopped", charge=str(recurring), code=refusal.code, detail=refusal.detail)
