"""Objects of this room as plain JSON members."""

from collections.abc import Sequence
from typing import Any

from core.amounts import format_micros
from credits.api.representations import amount_text, instant_text

from ..models import Allowance, AllowanceRun, Charge, Period, Plan, Subscription
from ..selectors.allowances import DryRun
from ..services.changing import Change

Members = dict[str, Any]
SAME_IN_PLAN = (
    *("amount_minor", "period_unit", "period_count", "validity_days", "trial_days", "priority", "features"),
    "requests_per_minute",
)
SAME_IN_ALLOWANCE = (
    *("name", "mode", "audience", "plans", "reference_prefix", "priority", "unit", "time_zone", "validity_days"),
    *("catch_up", "is_active"),
)


def plan_of(plan: Plan) -> Members:
    """Return the members of a plan with its newest terms."""
    version = max(plan.versions.all(), key=lambda one: one.number)
    return {
        "code": plan.code,
        "family": plan.family,
        "name": plan.name,
        "version": version.number,
        "is_active": plan.is_active,
        "is_public": plan.is_public,
        "currency": version.currency or None,
        "credits": amount_text(version.credits),
        "trial_credits": amount_text(version.trial_credits),
        "rollover": _rollover_of(version.rollover),
        "created_at": instant_text(plan.created_at),
        **{name: getattr(version, name) for name in SAME_IN_PLAN},
    }


def subscription_of(subscription: Subscription) -> Members:
    """Return the members of one subscription."""
    return subscriptions_of([subscription])[0]


def subscriptions_of(subscriptions: Sequence[Subscription]) -> list[Members]:
    """Return the members of subscriptions, with the periods that run and the charges that are open."""
    keys = [subscription.pk for subscription in subscriptions]
    periods = {
        (period.subscription_id, period.number): period
        for period in Period.objects.filter(subscription__in=keys).order_by("number")
    }
    unpaid = Charge.objects.filter(subscription__in=keys, status__in=("open", "failed"))
    charges = {charge.subscription_id: charge for charge in unpaid}
    return [_members_of(one, periods.get((one.pk, one.last_number)), charges.get(one.pk)) for one in subscriptions]


def changed_of(change: Change) -> Members:
    """Return the members of a change of plan, made or previewed."""
    quote = change.quote
    return {
        "subscription": subscription_of(change.subscription),
        "change": {
            "kind": quote.kind,
            "plan": quote.version.plan.code,
            "version": quote.version.number,
            "effective_at": instant_text(quote.effective_at),
            "amount_minor": quote.added.amount_minor,
            "currency": quote.version.currency or None,
            "credits": format_micros(quote.added.credits),
        },
    }


def allowance_of(allowance: Allowance) -> Members:
    """Return the members of an allowance, with its latest run."""
    run = allowance.runs.order_by("-due_at").first()
    return {
        "id": str(allowance.pk),
        "amount": amount_text(allowance.amount),
        "time": allowance.time.isoformat(),
        "start_date": allowance.start_date.isoformat(),
        "end_date": allowance.end_date.isoformat() if allowance.end_date else None,
        "next_due_at": instant_text(allowance.next_due_at),
        "latest_run": None if run is None else _run_of(run),
        **{name: getattr(allowance, name) for name in SAME_IN_ALLOWANCE},
    }


def dry_run_of(found: DryRun) -> Members:
    """Return the members of a dry run."""
    return {
        "due_at": instant_text(found.due_at),
        "wallets": found.wallets,
        "grants": found.grants,
        "credits": f"{found.credits.normalize():f}",
    }


def _members_of(subscription: Subscription, period: Period | None, charge: Charge | None) -> Members:
    return {
        "id": str(subscription.pk),
        "reference": subscription.wallet.reference,
        "family": subscription.family,
        "plan": subscription.plan.code,
        "version": subscription.version.number,
        "next_plan": subscription.next_version.plan.code if subscription.next_version else None,
        "status": subscription.status,
        "is_billed": subscription.is_billed,
        "auto_renew": subscription.auto_renew,
        "time_zone": subscription.time_zone,
        "started_at": instant_text(subscription.started_at),
        "trial_ends_at": instant_text(subscription.trial_ends_at),
        "period": None if period is None else _period_of(period),
        "charge": None if charge is None else _charge_of(charge),
        "grace_ends_at": instant_text(subscription.grace_ends_at),
        "ended_at": instant_text(subscription.ended_at),
        "end_reason": subscription.end_reason or None,
    }


def _period_of(period: Period) -> Members:
    return {
        "number": period.number,
        "due_at": instant_text(period.due_at),
        "started_at": instant_text(period.started_at),
        "ends_at": instant_text(period.ends_at),
        "credits": amount_text(period.credits),
        "grant": str(period.grant_id) if period.grant_id else None,
    }


def _charge_of(charge: Charge) -> Members:
    return {
        "id": str(charge.pk),
        "amount_minor": charge.amount_minor,
        "currency": charge.currency,
        "status": charge.status,
        "due_at": instant_text(charge.due_at),
        "checkout_url": charge.checkout_url or None,
    }


def _run_of(run: AllowanceRun) -> Members:
    return {
        "date": run.date.isoformat(),
        "due_at": instant_text(run.due_at),
        "started_at": instant_text(run.started_at),
        "finished_at": instant_text(run.finished_at),
        "wallets": run.wallets,
        "grants": run.grants,
    }


def _rollover_of(rule: Sequence[int | None] | None) -> Members | None:
    if rule is None:
        return None
    amount, percent, days, times = rule
    return {
        "amount": None if amount is None else format_micros(amount),
        "percent": percent,
        "days": days,
        "times": times,
    }
