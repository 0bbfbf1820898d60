"""Plans, with all versions of their terms."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin_columns import Table, amount, json_value

from .. import services
from ..models import Plan, PlanVersion
from ..selectors.subscriptions import subscribers_of
from ..services.plans import OFFER, TERMS
from .forms import PlanForm
from .pages import ServiceAdmin


@admin.display(description="price")
def price(version: PlanVersion) -> str:
    """Show the price in the smallest unit of money."""
    return f"{version.amount_minor:,} {version.currency}".strip()


@admin.display(description="period")
def period(version: PlanVersion) -> str:
    """Show how long a period is."""
    return f"{version.period_count} {version.period_unit}"


VERSION_COLUMNS = (
    *("number", price, amount("credits"), period, "validity_days", json_value("rollover"), "trial_days", "priority"),
    *("requests_per_minute", json_value("features"), "created_at"),
)


@admin.display(description="subscribers")
def subscribers(plan: Any) -> str:
    """Show how many run on the plan."""
    return f"{subscribers_of([plan]):,}"


@admin.register(Plan)
class PlanAdmin(ServiceAdmin):
    form = PlanForm
    list_display = ("code", "family", "name", "is_active", "is_public", subscribers, "created_at")
    list_filter = ("is_active", "is_public")
    search_fields = ("code", "family", "name")
    fieldsets = (
        (None, {"fields": ("code", "family", "name", "is_active", "is_public")}),
        ("Price and period", {"fields": ("amount_minor", "currency", "period_unit", "period_count")}),
        ("Credits", {"fields": ("credits", "validity_days", "rollover", "priority")}),
        ("Trial", {"fields": ("trial_days", "trial_credits")}),
        ("What it allows", {"fields": ("requests_per_minute", "features")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        """Leave out what was deleted."""
        found: QuerySet[Plan] = super().get_queryset(request)
        return found.filter(deleted_at=None)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep the names by which others know a plan."""
        return () if obj is None else ("code", "family")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Have the services write; other terms make a new version."""
        members = {name: form.cleaned_data[name] for name in (*OFFER, *TERMS)}
        if change:
            services.change_plan(code=obj.code, **members)
        else:
            made = services.create_plan(code=obj.code, family=obj.family, **members)
            obj.pk, obj._state.adding = made.pk, False

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Have the service delete, which refuses while somebody is subscribed."""
        services.delete_plan(code=obj.code)

    def tables_of(self, row: Any) -> list[Table]:
        """Show the versions, newest first."""
        return [Table("Versions", VERSION_COLUMNS, row.versions.order_by("-number"))]
