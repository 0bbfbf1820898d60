"""What the providers' news about recurring charges do to subscriptions; called in order, in the relay's transaction."""

from uuid import UUID

from core.models import Event

from .models import Charge
from .services.billing import is_outdated, running_charge
from .services.charges import fail_charge, pay_ahead, pay_charge
from .services.stopping import cancel_subscription


def take_charged(event: Event) -> None:
    """Start what a provider charged for, or note that the next period is paid."""
    began = _charge_of(event)
    if began is None:
        return
    payment = str(event.payload.get("payment") or event.payload["charge_key"])
    if began.step == "change":
        pay_charge(charge=began.pk, payment=payment)
        return
    open_charge = _open_charge(began)
    terms = (event.payload["amount_minor"], event.payload["currency"])
    if open_charge is not None and (open_charge.amount_minor, open_charge.currency) == terms:
        pay_charge(charge=open_charge.pk, payment=payment)
    else:
        pay_ahead(subscription=began.subscription_id, amount_minor=terms[0], currency=terms[1], payment=payment)


def take_failed(event: Event) -> None:
    """Put a subscription past due whose charge failed at the provider."""
    began = _charge_of(event)
    open_charge = None if began is None else _open_charge(began)
    if open_charge is not None:
        fail_charge(charge=open_charge.pk)


def take_cancelled(event: Event) -> None:
    """End a subscription with its period when its customer stopped the charge at the provider.

    What was agreed to at a price of the past ends by our own hand, and the subscription goes on.
    """
    began = _charge_of(event)
    if began is None or running_charge(began.subscription) is not None or is_outdated(began):
        return
    if began.subscription.status in ("trialing", "active"):
        cancel_subscription(subscription=began.subscription_id)


def _charge_of(event: Event) -> Charge | None:
    """Return the charge that began the recurring one, or that was paid once."""
    found = Charge.objects.filter(pk=UUID(str(event.payload["subscription"])))
    return found.select_related("subscription__wallet", "subscription__version").first()


def _open_charge(began: Charge) -> Charge | None:
    unpaid = Charge.objects.filter(subscription=began.subscription_id, status__in=("open", "failed"))
    return unpaid.exclude(step="change").first()
