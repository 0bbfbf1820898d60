"""What a change of plan would do: the numbers that a preview shows and a change uses."""

from dataclasses import dataclass
from datetime import datetime

from core.amounts import to_micros

from ..engine.calendar import rhythm_from
from ..engine.shares import Increment, Window, increment
from ..exceptions import ChangeNotPossible
from ..models import PlanVersion, Subscription
from ..selectors.subscriptions import given_to
from .cycles import rhythm_of, same_cadence

# Sixteenths of a mean day, so that a month is a whole number of them.
NOMINAL_LENGTH = {"day": 16, "week": 112, "month": 487, "quarter": 1461, "year": 5844}
NOTHING = Increment(0, 0)


@dataclass(frozen=True, slots=True)
class Quote:
    """`kind` is upgrade, downgrade or keep; `added` is due now, `window` the period that an upgrade goes on with."""

    kind: str
    version: PlanVersion
    effective_at: datetime
    window: Window | None
    added: Increment


def quote_change(subscription: Subscription, version: PlanVersion, at: datetime) -> Quote:
    """Return what changing to `version` at an instant brings and costs; writes nothing.

    More money a day, or as much and more credits a day, is an upgrade and comes now, for the rest of the period, or as
    a new period where periods are of another length. Everything else comes with the next period. Raises
    ChangeNotPossible.
    """
    _refuse_impossible(subscription, version)
    ends_at = subscription.period_ends_at or at
    if version.pk == subscription.version_id:
        return Quote("keep", version, at, None, NOTHING)
    if subscription.status == "trialing":
        return Quote("upgrade", version, at, None, NOTHING)
    if not is_upgrade(subscription.version, version) or _other_currency(subscription, version):
        return Quote("downgrade", version, ends_at, None, NOTHING)
    window = _window(subscription, version, at)
    given = given_to(subscription.wallet_id, subscription.family, at)
    price = version.amount_minor if subscription.is_billed else 0
    return Quote("upgrade", version, at, window, increment(window, to_micros(version.credits), price, given, at))


def is_upgrade(old: PlanVersion, new: PlanVersion) -> bool:
    """Tell whether new terms are worth more a day: by price, then by credits."""
    return _worth(new, old) > _worth(old, new)


def _worth(version: PlanVersion, other: PlanVersion) -> tuple[int, int]:
    """Return price and credits for the time of both periods multiplied, which keeps the numbers whole."""
    length = NOMINAL_LENGTH[other.period_unit] * other.period_count
    return version.amount_minor * length, to_micros(version.credits) * length


def _window(subscription: Subscription, version: PlanVersion, at: datetime) -> Window:
    if same_cadence(version, subscription.version):
        rhythm = rhythm_of(subscription, version)
        return Window(rhythm.instant(subscription.since_anchor), rhythm.instant(subscription.since_anchor + 1))
    rhythm = rhythm_from(at, version.period_unit, version.period_count, subscription.time_zone)
    return Window(at, rhythm.instant(1))


def _other_currency(subscription: Subscription, version: PlanVersion) -> bool:
    old = subscription.version
    is_priced = subscription.is_billed and old.amount_minor and version.amount_minor
    return bool(is_priced and old.currency != version.currency)


def _refuse_impossible(subscription: Subscription, version: PlanVersion) -> None:
    if subscription.status not in ("trialing", "active") or not subscription.auto_renew:
        raise ChangeNotPossible(
            f"The subscription is {subscription.status} and can't change; resume it, or pay what is open, first.",
            subscription_status=subscription.status,
        )
    if subscription.grace_ends_at is not None:
        raise ChangeNotPossible("The current period is not paid; pay it first.", subscription_status="active")
    if version.plan.family != subscription.family:
        raise ChangeNotPossible("The plan is of another family; start it beside this subscription.")
    if version.pk == subscription.version_id and subscription.next_version_id is None:
        raise ChangeNotPossible("The subscription is on these terms already; name another plan.")
