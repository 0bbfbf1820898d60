"""Start periods, ask for their price, and end subscriptions: the steps that every service puts together."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from core.amounts import to_micros

from ..engine.calendar import Rhythm, rhythm_from
from ..engine.shares import Increment, Window, increment
from ..models import Charge, PlanVersion, Subscription
from ..selectors.subscriptions import given_to
from .sheet import Opening, Sheet


@dataclass(frozen=True, slots=True)
class PayingAt:
    """The provider through which a customer wants to pay, and where his browser goes afterwards; "" is the usual."""

    provider: str = ""
    return_url: str = ""


USUAL = PayingAt()


def rhythm_of(subscription: Subscription, version: PlanVersion) -> Rhythm:
    """Return when the periods of a subscription begin under the terms of a version."""
    return rhythm_from(subscription.anchor_at, version.period_unit, version.period_count, subscription.time_zone)


def same_cadence(one: PlanVersion, other: PlanVersion) -> bool:
    """Tell whether periods of two versions are equally long."""
    return (one.period_unit, one.period_count) == (other.period_unit, other.period_count)


def anchor(subscription: Subscription, instant: datetime) -> None:
    """Let the next period begin at an instant, from which all later ones are counted."""
    subscription.anchor_at, subscription.since_anchor, subscription.period_ends_at = instant, -1, instant


def renew(sheet: Sheet, subscription: Subscription, due_at: datetime) -> None:
    """Start the next period, or ask for its price first."""
    void_charges(subscription)
    version = subscription.next_version or subscription.version
    if is_priced(subscription, version) and not is_prepaid(subscription):
        ask(sheet, subscription, "renew", version, version.amount_minor, due_at)
        wait_for_payment(subscription, due_at)
        sheet.touch(subscription)
    else:
        begin_next(sheet, subscription, due_at)


def begin_next(sheet: Sheet, subscription: Subscription, due_at: datetime, *, step: str = "renew") -> None:
    """Start the next period on the terms that were agreed for it."""
    version = subscription.next_version or subscription.version
    if not same_cadence(version, subscription.version):
        anchor(subscription, due_at)
    changed = version.pk != subscription.version_id
    use(subscription, version)
    subscription.since_anchor += 1
    rhythm = rhythm_of(subscription, version)
    window = Window(rhythm.instant(subscription.since_anchor), rhythm.instant(subscription.since_anchor + 1))
    run_until(subscription, window.ends_at)
    sheet.step(subscription, step, "subscription.renewed", due_at=due_at)
    if changed:
        sheet.note(subscription, "change", "subscription.changed", before=subscription.status, due_at=due_at)
    credits = to_micros(version.credits)
    price = version.amount_minor if subscription.is_billed else 0
    # What is paid for in full is granted in full; what is free is granted once, however often it is begun anew.
    free = increment(window, credits, 0, given_to(subscription.wallet_id, subscription.family, due_at), due_at)
    sheet.open(Opening(subscription, due_at, window, credits, price, credits if price else free.credits))


def begin_rest(
    sheet: Sheet, subscription: Subscription, version: PlanVersion, window: Window, added: Increment
) -> None:
    """Go on with another plan now; `added` is granted for what is left of the window."""
    given = given_to(subscription.wallet_id, subscription.family, sheet.now)
    had = sum(one.credits for one in given if one.window == window)
    paid = sum(one.amount_minor for one in given if one.window == window)
    if window.begins_at != rhythm_of(subscription, subscription.version).instant(subscription.since_anchor):
        subscription.anchor_at, subscription.since_anchor = window.begins_at, 0
    # What was paid ahead is for the period after this one.
    ahead = Charge.objects.filter(subscription=subscription, number=subscription.last_number + 1, status="paid")
    ahead.filter(step="renew").update(number=F("number") + 1)
    use(subscription, version)
    run_until(subscription, window.ends_at)
    sheet.step(subscription, "change", "subscription.changed", due_at=sheet.now)
    price = version.amount_minor if subscription.is_billed else 0
    whole = max(to_micros(version.credits) - had, 0)
    sheet.open(Opening(subscription, sheet.now, window, whole, max(price - paid, 0), added.credits))


def use(subscription: Subscription, version: PlanVersion) -> None:
    """Put a subscription on the terms of a version."""
    subscription.version, subscription.plan, subscription.next_version = version, version.plan, None


def run_until(subscription: Subscription, instant: datetime) -> None:
    """Have the clock look at a subscription at the end of its period; nothing is owed."""
    subscription.period_ends_at = subscription.due_at = instant
    subscription.grace_ends_at = None


def wait_for_payment(subscription: Subscription, since: datetime) -> None:
    """Have the clock end a subscription if nobody has paid by the end of the grace period."""
    subscription.grace_ends_at = subscription.due_at = since + timedelta(days=settings.SUBSCRIPTION_GRACE_DAYS)


def is_priced(subscription: Subscription, version: PlanVersion) -> bool:
    """Tell whether periods on these terms have to be paid first."""
    return subscription.is_billed and version.amount_minor > 0


def is_prepaid(subscription: Subscription) -> bool:
    """Tell whether the next period was paid before it was due."""
    number = subscription.last_number + 1
    return Charge.objects.filter(subscription=subscription, number=number, step="renew", status="paid").exists()


def ask(
    sheet: Sheet,
    subscription: Subscription,
    step: str,
    version: PlanVersion,
    amount_minor: int,
    due_at: datetime,
    paying_at: PayingAt = USUAL,
) -> Charge:
    """Open the charge for the next period; an earlier one for it is void."""
    void_charges(subscription)
    charge = Charge.objects.create(
        subscription=subscription,
        number=subscription.last_number + 1,
        step=step,
        version=version,
        amount_minor=amount_minor,
        currency=version.currency,
        due_at=due_at,
        provider=paying_at.provider,
        return_url=paying_at.return_url,
        created_at=sheet.now,
    )
    told = {"charge": str(charge.pk), "amount_minor": amount_minor, "currency": charge.currency}
    sheet.tell(subscription, "charge.opened", step=step, **told)
    return charge


def void_charges(subscription: Subscription) -> None:
    """Take back what was asked for and not paid."""
    if not subscription.is_billed:
        return
    unpaid = Charge.objects.filter(subscription=subscription, status__in=("open", "failed"))
    unpaid.update(status="void", is_live=None)


def end(sheet: Sheet, subscription: Subscription, reason: str, ended_at: datetime) -> None:
    """End a subscription; what it granted lives on by its own terms."""
    void_charges(subscription)
    subscription.is_live = subscription.due_at = subscription.grace_ends_at = subscription.next_version = None
    subscription.ended_at, subscription.end_reason = ended_at, reason
    sheet.step(subscription, "end", "subscription.ended", due_at=ended_at, reason=reason)
