"""Subscriptions: their timeline, and the operations on them."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from accounts.operated_admin import OperatedAdmin, Operation, OperationForm
from accounts.services.audit import origin_of, record_action
from core import request_ids
from core.admin_columns import Table, amount, json_value, linked
from core.big_table_admin import BigTableAdmin
from core.problems import Problem
from credits.services import Origin

from .. import services
from ..models import Subscription
from ..services.charges import pay_open_charge
from .forms import CancelForm, ChangeForm, PaymentForm

MAY: dict[str, Any] = {"permission": "subscriptions.change_subscription", "target": "subscription"}
ROWS = 50
OPERATIONS = (
    Operation(
        name="change",
        label="Change plan",
        effect="Changes to the newest terms of a plan: an upgrade comes now, a downgrade with the next period.",
        call=services.change_subscription,
        form=ChangeForm,
        suits=lambda row: row.status in ("trialing", "active"),
        **MAY,
    ),
    Operation(
        name="cancel",
        label="Cancel",
        effect="Ends the subscription with its period, or now. Granted credits stay.",
        call=services.cancel_subscription,
        form=CancelForm,
        suits=lambda row: row.is_live,
        **MAY,
    ),
    Operation(
        name="pause",
        label="Pause",
        effect="Lets no further period start until the subscription is resumed.",
        call=services.pause_subscription,
        suits=lambda row: row.status == "active",
        **MAY,
    ),
    Operation(
        name="resume",
        label="Resume",
        effect="Takes back a cancellation or a pause; if the period is over by now, the next one begins now.",
        call=services.resume_subscription,
        suits=lambda row: row.status in ("paused", "cancelled"),
        **MAY,
    ),
    Operation(
        name="pay",
        label="Record a payment",
        effect="Notes that what is owed was paid another way, and starts what waited for it.",
        call=pay_open_charge,
        form=PaymentForm,
        suits=lambda row: row.charges.filter(status__in=("open", "failed")).exists(),
        **MAY,
    ),
)
PERIODS = (*("number", "version", "due_at", "started_at", "ends_at", amount("credits"), linked("grant"), "refusal"),)
CHARGES = ("number", "step", "amount_minor", "currency", "status", "due_at", "payment", "settled_at")
TIMELINE = (
    "created_at",
    "step",
    "from_status",
    "to_status",
    "version",
    "due_at",
    "actor",
    json_value("detail"),
)


@admin.register(Subscription)
class SubscriptionAdmin(BigTableAdmin, OperatedAdmin):
    operations = OPERATIONS
    list_display = ("id", linked("wallet"), linked("plan"), "status", "is_billed", "period_ends_at", "started_at")
    list_filter = ("status", "is_billed", "plan")
    list_select_related = ("wallet", "plan")
    ordering = ("-id",)
    sortable_by = ()
    search_fields = ("wallet__reference",)
    search_help_text = "A wallet's reference."
    fieldsets = (
        (None, {"fields": (linked("wallet"), linked("plan"), "family", "status", "is_billed", "auto_renew")}),
        ("Time", {"fields": ("started_at", "period_ends_at", "due_at", "grace_ends_at", "trial_ends_at", "ended_at")}),
        ("Calendar", {"classes": ("collapse",), "fields": ("anchor_at", "time_zone", "since_anchor", "end_reason")}),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Keep the subscriptions of the wallet with this reference."""
        word = search_term.replace("\0", "").strip()
        return queryset.filter(Q(wallet__reference=word)) if word else queryset, False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a subscription with its periods, its charges, and every step that it took."""
        row = self.get_object(request, object_id)
        if row is not None and self.has_view_permission(request, row):
            tables = [
                Table(
                    "Periods", PERIODS, row.periods.select_related("version__plan", "grant").order_by("-number")[:ROWS]
                ),
                Table("Charges", CHARGES, row.charges.order_by("-pk")[:ROWS]),
                Table("Timeline", TIMELINE, row.transitions.select_related("version__plan").order_by("-pk")[:ROWS]),
            ]
            shown = {"tables": tables, "buttons": self.buttons_of(request, row), "audited": ("subscription", row.pk)}
            extra_context = {**shown, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, extra_context)

    def perform(self, request: HttpRequest, operation: Operation, row: Any, form: OperationForm) -> Problem | None:
        """Run an operation and write it to the audit log; return what refuses it."""
        who = origin_of(request)
        origin = Origin("operator", who.actor, None, request_ids.current())
        try:
            with transaction.atomic():
                operation.call(**{operation.target: row.pk}, **form.terms(), origin=origin)
                record_action(
                    origin=who,
                    action=f"subscription.{operation.name}",
                    target_type="subscription",
                    target_id=row.pk,
                    reason=form.cleaned_data["reason"],
                    after={name: str(value) for name, value in form.terms().items()},
                )
        except Problem as refusal:
            return refusal
        messages.success(request, f"{operation.label}: done for {row}.")
        return None
