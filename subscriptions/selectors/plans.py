"""Find plans and their newest terms."""

from django.db.models import Prefetch, QuerySet

from ..exceptions import PlanNotFound
from ..models import Plan, PlanVersion


def find_plan(code: str, *, lock: bool = False) -> Plan:
    """Return a plan that was not deleted, locked if asked; raise PlanNotFound."""
    plans = Plan.objects.filter(deleted_at=None)
    plan = (plans.select_for_update() if lock else plans).filter(code=code).first()
    if plan is None:
        raise PlanNotFound()
    return plan


def latest_version(plan: Plan) -> PlanVersion:
    """Return the terms that a new subscription gets."""
    return plan.versions.select_related("plan").latest("number")


def list_plans(*, offered: bool) -> QuerySet[Plan]:
    """Return plans with all their versions, newest first; only what customers may start where `offered`."""
    plans = Plan.objects.filter(deleted_at=None)
    if offered:
        plans = plans.filter(is_active=True, is_public=True)
    return plans.prefetch_related(Prefetch("versions", PlanVersion.objects.order_by("-number")))
