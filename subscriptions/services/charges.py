"""What follows when a charge is paid, or is not."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from credits.services import INTERNAL, Origin

from ..exceptions import ChargeNotFound
from ..models import Charge, Subscription
from ..selectors.subscriptions import find_subscription
from .cycles import anchor, begin_next, begin_rest, void_charges
from .quotes import quote_change
from .sheet import Sheet, new_sheet


def pay_charge(*, charge: UUID, payment: str, origin: Origin = INTERNAL) -> Charge:
    """Note that a charge is paid and do what waited for it; a repetition does nothing.

    What can't follow any more, because the subscription went another way, is told as `charge.needs_review`.
    Raises ChargeNotFound.
    """
    found = Charge.objects.filter(pk=charge).first()
    if found is None:
        raise ChargeNotFound()
    with new_sheet(origin) as sheet:
        subscription = find_subscription(found.subscription_id, lock=True)
        found.refresh_from_db()
        if found.status != "paid":
            settle(sheet, subscription, found, payment)
        elif found.payment != payment:
            _tell_for_review(sheet, subscription, found, payment)
    return found


def pay_open_charge(*, subscription: UUID, payment: str, origin: Origin = INTERNAL) -> Charge:
    """Note that money came for what a subscription owes, such as a transfer; raise ChargeNotFound."""
    unpaid = Charge.objects.filter(subscription=subscription, status__in=("open", "failed")).first()
    if unpaid is None:
        raise ChargeNotFound("The subscription owes nothing now.")
    return pay_charge(charge=unpaid.pk, payment=payment, origin=origin)


def pay_ahead(*, subscription: UUID, amount_minor: int, currency: str, payment: str) -> None:
    """Keep money that came before its period is due; what is not the price of the next one is told for review."""
    with new_sheet() as sheet:
        found = find_subscription(subscription, lock=True)
        version = found.next_version or found.version
        told = {"amount_minor": amount_minor, "currency": currency, "payment": payment}
        is_price = (version.amount_minor, version.currency) == (amount_minor, currency)
        if not found.is_live or not is_price or _awaits_other_money(found):
            sheet.tell(found, "charge.needs_review", **told)
            return
        # An upgrade that was not paid so far is over with its period.
        void_charges(found)
        Charge.objects.create(
            subscription=found,
            number=found.last_number + 1,
            step="renew",
            version=version,
            amount_minor=amount_minor,
            currency=currency,
            status="paid",
            payment=payment,
            due_at=found.period_ends_at or sheet.now,
            settled_at=sheet.now,
            created_at=sheet.now,
        )
        sheet.tell(found, "charge.paid", **told)


def settle(sheet: Sheet, subscription: Subscription, charge: Charge, payment: str) -> None:
    """Mark a charge of a locked subscription as paid, and start what was paid for."""
    was_void = charge.status == "void"
    charge.payment, charge.settled_at = payment, sheet.now
    if was_void and not _revive(sheet, subscription, charge):
        charge.save(update_fields=["payment", "settled_at"])
        _tell_for_review(sheet, subscription, charge, payment)
        return
    charge.status, charge.is_live = "paid", True
    charge.save(update_fields=["status", "is_live", "payment", "settled_at"])
    sheet.tell(subscription, "charge.paid", payment=payment, **_terms(charge))
    if charge.step == "change":
        quote = quote_change(subscription, charge.version, charge.due_at)
        if quote.window is not None:
            begin_rest(sheet, subscription, charge.version, quote.window, quote.added)
        return
    subscription.next_version = charge.version
    if charge.step == "start":
        anchor(subscription, sheet.now)
    begin_next(sheet, subscription, _begin(subscription, sheet.now), step="renew")


def fail_charge(*, charge: UUID, origin: Origin = INTERNAL) -> Charge:
    """Note that a charge was not paid: the subscription is past due, and ends with its grace period.

    Raises ChargeNotFound.
    """
    found = Charge.objects.filter(pk=charge).first()
    if found is None:
        raise ChargeNotFound()
    with new_sheet(origin) as sheet:
        subscription = find_subscription(found.subscription_id, lock=True)
        if Charge.objects.filter(pk=charge, status="open").update(status="failed") and found.step != "change":
            sheet.step(subscription, "fail", "subscription.past_due", charge=str(found.pk))
    found.refresh_from_db()
    return found


def _tell_for_review(sheet: Sheet, subscription: Subscription, charge: Charge, payment: str) -> None:
    sheet.tell(subscription, "charge.needs_review", payment=payment, **_terms(charge))


def _terms(charge: Charge) -> dict[str, object]:
    return {"charge": str(charge.pk), "amount_minor": charge.amount_minor, "currency": charge.currency}


def _awaits_other_money(subscription: Subscription) -> bool:
    """Tell whether the next period is paid already, or something else is asked for it."""
    charges = Charge.objects.filter(subscription=subscription, number=subscription.last_number + 1, is_live=True)
    return charges.exclude(step="change").exists()


def _begin(subscription: Subscription, now: datetime) -> datetime:
    """Return when the period that was paid for was due."""
    return subscription.period_ends_at or now


def _revive(sheet: Sheet, subscription: Subscription, charge: Charge) -> bool:
    """Bring back a subscription that ended because nobody had paid in time, if nothing took its place."""
    if subscription.end_reason != "unpaid" or charge.step == "change":
        return False
    subscription.is_live, subscription.ended_at, subscription.end_reason = True, None, ""
    subscription.status = "active"
    try:
        with transaction.atomic():
            subscription.save(update_fields=["is_live", "ended_at", "end_reason", "status"])
    except IntegrityError:
        subscription.refresh_from_db()
        return False
    anchor(subscription, sheet.now)
    sheet.note(subscription, "revive", "subscription.resumed", before="ended")
    return True
