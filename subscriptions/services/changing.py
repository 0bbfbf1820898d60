"""Change the plan of a subscription."""

from dataclasses import dataclass
from uuid import UUID

from core import clock
from credits.services import INTERNAL, Origin

from ..exceptions import PlanNotFound, PlanNotOffered
from ..models import PlanVersion, Subscription
from ..selectors.plans import find_plan, latest_version
from ..selectors.subscriptions import find_subscription
from .cycles import USUAL, PayingAt, ask, begin_rest, use, void_charges
from .quotes import Quote, quote_change
from .sheet import Sheet, new_sheet


@dataclass(frozen=True, slots=True)
class Change:
    """A subscription as it is now, and the quote that was shown or followed."""

    subscription: Subscription
    quote: Quote


def preview_change(*, subscription: UUID, plan: str, public_only: bool = False) -> Change:
    """Return what `change_subscription` would do now, and write nothing."""
    found = find_subscription(subscription)
    return Change(found, quote_change(found, _target(found, plan, public_only=public_only), clock.now()))


def change_subscription(
    *,
    subscription: UUID,
    plan: str,
    public_only: bool = False,
    paying_at: PayingAt = USUAL,
    origin: Origin = INTERNAL,
) -> Change:
    """Change to the newest terms of a plan: more comes now, with its share of price and credits, less with the next
    period. An upgrade that costs something comes when it is paid. The current plan takes back what was to come.

    Raises SubscriptionNotFound, PlanNotFound, PlanNotOffered, ChangeNotPossible.
    """
    with new_sheet(origin) as sheet:
        found = find_subscription(subscription, lock=True)
        quote = quote_change(found, _target(found, plan, public_only=public_only), sheet.now)
        follow(sheet, found, quote, paying_at)
    return Change(found, quote)


def follow(sheet: Sheet, subscription: Subscription, quote: Quote, paying_at: PayingAt) -> None:
    """Do what a quote says."""
    void_charges(subscription)
    told = {"kind": quote.kind, "to": quote.version.plan.code, "version": quote.version.number}
    if quote.kind == "upgrade" and quote.added.amount_minor:
        ask(sheet, subscription, "change", quote.version, quote.added.amount_minor, sheet.now, paying_at)
    elif quote.window is not None:
        begin_rest(sheet, subscription, quote.version, quote.window, quote.added)
    elif quote.kind == "upgrade":
        use(subscription, quote.version)
        sheet.step(subscription, "change", "subscription.changed", **told)
    else:
        subscription.next_version = quote.version if quote.kind == "downgrade" else None
        news = "subscription.change_scheduled" if quote.kind == "downgrade" else "subscription.change_withdrawn"
        sheet.note(subscription, "schedule", news, before=subscription.status, due_at=quote.effective_at, **told)


def _target(subscription: Subscription, code: str, *, public_only: bool) -> PlanVersion:
    """Return the newest terms of a plan; the plan that one is on may be chosen again though it is no longer offered."""
    plan = find_plan(code)
    own = plan.pk == subscription.plan_id
    if public_only and not plan.is_public and not own:
        raise PlanNotFound()
    if not plan.is_active and not own:
        raise PlanNotOffered()
    if own and subscription.next_version_id is not None:
        return subscription.version
    return latest_version(plan)
