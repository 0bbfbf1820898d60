"""Offer plans; terms are added as versions and never changed."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from core import clock, events
from credits.engine.journal import rollover_terms
from credits.engine.state import Rollover
from credits.exceptions import InvalidOperation

from ..exceptions import PlanExists, PlanInUse
from ..models import Plan, PlanVersion, Subscription
from ..selectors.plans import find_plan

OFFER = ("name", "is_active", "is_public")
TERMS = (
    *("amount_minor", "currency", "credits", "period_unit", "period_count", "validity_days", "rollover"),
    *("trial_days", "trial_credits", "priority", "features", "requests_per_minute"),
)


@transaction.atomic
def create_plan(*, code: str, family: str | None = None, name: str, **members: Any) -> Plan:
    """Offer a plan with its first terms; the family is its own code unless named. Raises PlanExists."""
    terms = _terms(members)
    _refuse_bad_terms(terms)
    plan = Plan(code=code, family=family or code, name=name, created_at=clock.now(), **_offer(members))
    try:
        with transaction.atomic():
            plan.save(force_insert=True)
    except IntegrityError:
        raise PlanExists() from None
    _add_version(plan, 1, terms)
    _tell("plan.created", plan)
    return plan


@transaction.atomic
def change_plan(*, code: str, **members: Any) -> Plan:
    """Change what is offered; other terms make a new version, which running subscriptions don't get by themselves.

    Raises PlanNotFound.
    """
    plan = find_plan(code, lock=True)
    latest = plan.versions.latest("number")
    old = {name: getattr(latest, name) for name in TERMS}
    new = {**old, **_terms(members)}
    offer = _offer(members)
    for name, value in offer.items():
        setattr(plan, name, value)
    if offer:
        plan.save(update_fields=list(offer))
    if new != old:
        _refuse_bad_terms(new)
        _add_version(plan, latest.number + 1, new)
    _tell("plan.changed", plan)
    return plan


@transaction.atomic
def delete_plan(*, code: str) -> None:
    """Take a plan away for good; raise PlanInUse while somebody is subscribed to it, or is about to be."""
    plan = find_plan(code, lock=True)
    live = Subscription.objects.filter(is_live=True)
    users = live.filter(plan=plan).count() + live.filter(next_version__plan=plan).count()
    if users:
        raise PlanInUse(f"{users} subscriptions run on this plan; move or end them first.", subscriptions=users)
    plan.is_active = plan.is_public = False
    plan.deleted_at = clock.now()
    plan.save(update_fields=["is_active", "is_public", "deleted_at"])
    _tell("plan.deleted", plan)


def _add_version(plan: Plan, number: int, terms: Mapping[str, Any]) -> PlanVersion:
    return PlanVersion.objects.create(plan=plan, number=number, created_at=clock.now(), **terms)


def _terms(members: Mapping[str, Any]) -> dict[str, Any]:
    terms = {name: members[name] for name in TERMS if name in members}
    if isinstance(terms.get("rollover"), Rollover):
        terms["rollover"] = rollover_terms(terms["rollover"])
    return terms


def _offer(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: members[name] for name in OFFER if name in members}


def _refuse_bad_terms(terms: Mapping[str, Any]) -> None:
    if terms.get("amount_minor") and not terms.get("currency"):
        raise InvalidOperation("A price has a currency; name it.", field="currency")
    if terms.get("trial_credits") and not terms.get("trial_days"):
        raise InvalidOperation("Credits of a trial need a trial; name its days.", field="trial_days")


def _tell(name: str, plan: Plan) -> None:
    version = plan.versions.latest("number").number
    payload = {"plan": plan.code, "family": plan.family, "version": version, "is_active": plan.is_active}
    events.publish(name, stream=f"plan:{plan.code}", payload=payload)
