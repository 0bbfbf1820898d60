"""What was used: read-only, and re-rated by an operation."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from accounts.operated_admin import OperatedAdmin, Operation, OperationForm
from accounts.services.audit import origin_of, record_action
from core.admin_columns import Table, amount, as_uuid, credits_text, itself, json_value, linked
from core.big_table_admin import BigTableAdmin
from core.problems import Problem
from credits.models import Wallet

from ..models import UsageEvent
from ..services import rerate_event

RERATE = Operation(
    name="rerate",
    label="Re-rate",
    effect="Prices the event by the rate of its time as it is known now, and posts the difference, once.",
    permission="usage.add_rate",
    call=rerate_event,
    target="event",
    suits=lambda event: event.corrects_id is None,
)
COLUMNS = ("occurred_at", "model", "operation", json_value("quantities"), amount("amount"), linked("rate"))


@admin.register(UsageEvent)
class UsageEventAdmin(BigTableAdmin, OperatedAdmin):
    operations = (RERATE,)
    list_display = (itself("id"), linked("wallet"), *COLUMNS, linked("entry"), "late")
    list_select_related = ("wallet", "rate", "entry")
    list_filter = ("late", "occurred_at")
    ordering = ("-id",)
    sortable_by = ()
    search_fields = ("id",)
    search_help_text = "A wallet's reference, an event's id or an idempotency key."
    fieldsets = (
        (
            None,
            {"fields": (linked("wallet"), "occurred_at", "provider", "model", "operation", json_value("quantities"))},
        ),
        ("Price", {"fields": (linked("rate"), amount("amount"), linked("entry"), "late")}),
        ("Correction", {"fields": (linked("corrects"), "revision")}),
        ("Who", {"fields": ("actor", "principal", "idempotency_key", "request_id", "created_at")}),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Keep what a word means: a wallet, an event, a key."""
        for word in search_term.replace("\0", "").split():
            wallet, event = Wallet.objects.filter(reference=word).first(), as_uuid(word)
            meant = Q(wallet=wallet) if wallet else Q(pk=event) if event else Q(idempotency_key=word)
            queryset = queryset.filter(meant)
        return queryset, False

    def perform(self, request: HttpRequest, operation: Operation, row: Any, form: OperationForm) -> Problem | None:
        """Re-rate an event, record it, and tell the difference."""
        who, reason = origin_of(request), form.cleaned_data["reason"]
        try:
            with transaction.atomic():
                made = rerate_event(event=row.pk, reason=reason, actor=who.actor)
                after = None if made is None else {"correction": str(made.pk), "change": credits_text(made.amount)}
                record_action(
                    origin=who, action="usage.rerate", target_type="usage", target_id=row.pk, reason=reason, after=after
                )
        except Problem as refusal:
            return refusal
        told = "costs what it did; nothing was posted" if made is None else f"changed by {credits_text(made.amount)}"
        self.message_user(request, f"{row} {told}.", messages.SUCCESS)
        return None

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the corrections below an event, and the operation above."""
        row = self.get_object(request, object_id)
        if row is not None and self.has_view_permission(request, row):
            tables = [Table("Corrected by", COLUMNS, row.corrections.select_related("rate").order_by("revision"))]
            extra_context = {"tables": tables, "buttons": self.buttons_of(request, row), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, extra_context)
