"""Find subscriptions, what they gave, and what their wallets may do."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from core.amounts import to_micros

from ..engine.shares import Given, Window
from ..engine.states import RUNNING
from ..exceptions import SubscriptionNotFound
from ..models import Period, Plan, Subscription


def find_subscription(subscription_id: UUID, *, lock: bool = False) -> Subscription:
    """Return a subscription with its wallet and plan, locked if asked; raise SubscriptionNotFound."""
    if lock and not Subscription.objects.select_for_update().filter(pk=subscription_id).values_list("pk"):
        raise SubscriptionNotFound()
    found = Subscription.objects.select_related(*RELATED).filter(pk=subscription_id).first()
    if found is None:
        raise SubscriptionNotFound()
    return found


def list_subscriptions(
    reference: str | None = None, status: str | None = None, plan: str | None = None
) -> QuerySet[Subscription]:
    """Return subscriptions with their wallets and plans, newest first."""
    found = Subscription.objects.select_related(*RELATED)
    for name, value in (("wallet__reference", reference), ("status", status), ("plan__code", plan)):
        if value is not None:
            found = found.filter(**{name: value})
    return found


def given_to(wallet_id: UUID, family: str, at: object) -> list[Given]:
    """Return what periods of a wallet's family gave whose windows are still running, ended subscriptions' too."""
    periods = Period.objects.filter(subscription__wallet=wallet_id, subscription__family=family, ends_at__gt=at)
    return [
        Given(
            Window(period.window_began_at, period.ends_at), to_micros(period.whole_credits), period.whole_amount_minor
        )
        for period in periods
    ]


def had_trial(wallet_id: UUID, family: str) -> bool:
    """Tell whether a wallet ever tried a plan of the family: nobody tries twice."""
    tried = Subscription.objects.filter(wallet=wallet_id, family=family, trial_ends_at__isnull=False)
    return tried.exists()


def plan_facts(wallet_id: UUID) -> dict[str, object]:
    """Return what lower rooms must know of a wallet: its dearest running plan, and what its plans allow per minute."""
    live = Subscription.objects.filter(wallet=wallet_id, status__in=RUNNING, last_number__gt=0)
    running = list(live.select_related("plan", "version").order_by("-version__amount_minor", "started_at"))
    limits = [one.version.requests_per_minute for one in running if one.version.requests_per_minute is not None]
    plan = running[0].plan.code if running else None
    return {"plan": plan, "requests_per_minute": max(limits, default=None)}


def subscribers_of(plans: Iterable[Plan]) -> int:
    """Return how many running subscriptions the plans have."""
    return Subscription.objects.filter(plan__in=plans, is_live=True).count()


RELATED = ("wallet", "plan", "version__plan", "next_version__plan")
