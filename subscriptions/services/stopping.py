"""Cancel, pause and resume subscriptions."""

from uuid import UUID

from credits.services import INTERNAL, Origin

from ..models import Subscription
from ..selectors.subscriptions import find_subscription
from .cycles import anchor, end, renew, void_charges
from .sheet import new_sheet


def cancel_subscription(*, subscription: UUID, at_period_end: bool = True, origin: Origin = INTERNAL) -> Subscription:
    """End a subscription with its period, or now; one that is paused or past due ends now.

    Raises SubscriptionNotFound, SubscriptionStateConflict.
    """
    with new_sheet(origin) as sheet:
        found = find_subscription(subscription, lock=True)
        runs_on = found.status not in ("paused", "past_due") and found.grace_ends_at is None
        if at_period_end and runs_on:
            sheet.step(found, "cancel", "subscription.cancelled")
            found.next_version = None
            void_charges(found)
        else:
            end(sheet, found, "cancelled", sheet.now)
    return found


def pause_subscription(*, subscription: UUID, origin: Origin = INTERNAL) -> Subscription:
    """Let no further period start until it is resumed; raise SubscriptionNotFound, SubscriptionStateConflict."""
    with new_sheet(origin) as sheet:
        found = find_subscription(subscription, lock=True)
        sheet.step(found, "pause", "subscription.paused")
        found.due_at = found.grace_ends_at = None
        void_charges(found)
    return found


def resume_subscription(*, subscription: UUID, origin: Origin = INTERNAL) -> Subscription:
    """Take back a cancellation or a pause. If the period is over by now, the next one begins now and counts anew.

    Raises SubscriptionNotFound, SubscriptionStateConflict.
    """
    with new_sheet(origin) as sheet:
        found = find_subscription(subscription, lock=True)
        sheet.step(found, "resume", "subscription.resumed")
        if found.trial_ends_at is not None and found.trial_ends_at > sheet.now:
            found.status = "trialing"
        if found.period_ends_at is not None and found.period_ends_at > sheet.now:
            found.due_at = found.period_ends_at
        else:
            anchor(found, sheet.now)
            renew(sheet, found, sheet.now)
    return found
