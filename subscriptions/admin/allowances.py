"""Allowances: the rule, what its next run would do, and how far each run is."""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from core import clock
from core.admin import ReadOnlyAdmin
from core.admin_columns import Table, amount, itself, json_value, linked

from .. import services
from ..models import Allowance, AllowanceRun
from ..selectors.allowances import dry_run, find_allowance, progress_of
from .forms import AllowanceForm
from .pages import ServiceAdmin

RUNS = 20


@admin.display(description="progress")
def progress(run: Any) -> str:
    """Show how far a run is."""
    done = progress_of(run)
    if run.finished_at is not None:
        return f"finished: {done.wallets:,} wallets, {done.grants:,} grants"
    more = "" if run.is_cut else ", more to come"
    return f"{done.wallets:,} wallets, {done.chunks_done:,} of {done.chunks:,} chunks{more}"


RUN_COLUMNS = (itself("date"), "due_at", "started_at", "finished_at", progress, "refusals")


@admin.register(Allowance)
class AllowanceAdmin(ServiceAdmin):
    form = AllowanceForm
    list_display = (
        "name",
        amount("amount"),
        "mode",
        "audience",
        "unit",
        "time",
        "time_zone",
        "is_active",
        "next_due_at",
    )
    list_filter = ("is_active", "unit", "audience")
    search_fields = ("name",)
    fieldsets = (
        (None, {"fields": ("name", "amount", "mode", "validity_days", "priority", "is_active")}),
        ("When", {"fields": ("unit", "time", "time_zone", "start_date", "end_date", "catch_up")}),
        ("For whom", {"fields": ("audience", "plans", "reference_prefix")}),
    )

    def get_urls(self) -> list[URLPattern]:
        """Put the dry run before the stock pages."""
        view = self.admin_site.admin_view(self.dry_run)
        return [path("<uuid:allowance_id>/dry-run", view, name="subscriptions_allowance_dry_run"), *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Have the services write; the next run has the new terms."""
        members = {name: form.cleaned_data[name] for name in AllowanceForm.Meta.fields}
        if change:
            services.change_allowance(allowance=obj.pk, **members)
        else:
            made = services.create_allowance(**members)
            obj.pk, obj._state.adding = made.pk, False

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Have the service delete; what was granted stays."""
        services.delete_allowance(allowance=obj.pk)

    def tables_of(self, row: Any) -> list[Table]:
        """Show the latest runs."""
        return [Table("Latest runs", RUN_COLUMNS, row.runs.order_by("-due_at")[:RUNS])]

    def buttons_of(self, row: Any) -> list[dict[str, str]]:
        """Lead to the dry run."""
        return [{"label": "Dry run", "url": reverse("admin:subscriptions_allowance_dry_run", args=[row.pk])}]

    def dry_run(self, request: HttpRequest, allowance_id: UUID) -> HttpResponse:
        """Tell how many wallets and credits the next run would reach if it came now."""
        row = find_allowance(allowance_id)
        if self.has_view_permission(request, row):
            found = dry_run(row, clock.now())
            due = f"due {found.due_at:%Y-%m-%d %H:%M} UTC" if found.due_at else "nothing is due"
            sums = f"{found.grants:,} of {found.wallets:,} wallets would get {found.credits.normalize():f} credits"
            self.message_user(request, f"Dry run: {sums}; {due}. Nothing was written.")
        return redirect("admin:subscriptions_allowance_change", row.pk)


@admin.register(AllowanceRun)
class AllowanceRunAdmin(ReadOnlyAdmin):
    list_display = (
        itself("date"),
        linked("allowance"),
        amount("amount"),
        "due_at",
        "finished_at",
        progress,
        "refusals",
    )
    list_display_links = None
    list_filter = ("allowance", ("finished_at", admin.EmptyFieldListFilter))
    list_select_related = ("allowance",)
    ordering = ("-due_at",)
    fields: ClassVar[Any] = (
        *(linked("allowance"), "date", "due_at", "started_at", "finished_at", progress, "refusals"),
        *(amount("amount"), "mode", "audience", json_value("plans"), "reference_prefix", "priority", "expires_at"),
    )
