"""What providers told, what we asked them, and whether they still talk to us."""

from django.contrib import admin, messages
from django.http import HttpRequest

from accounts.operated_admin import Operation, OperationForm
from accounts.services.audit import origin_of, record_action
from core.admin import ReadOnlyAdmin
from core.admin_columns import itself, linked
from core.problems import Problem

from ..models import ProviderCall, ProviderEvent, ProviderHealth
from ..services.provider_events import replay_event
from .pages import MoneyAdmin

REPLAY = Operation(
    name="replay",
    label="Process again",
    effect="Lets a worker do once more what the event means; what was done already is not done twice.",
    permission="payments.refund_payment",
    call=replay_event,
    target="event_id",
    suits=lambda event: event.status != "received",
)


@admin.register(ProviderEvent)
class ProviderEventAdmin(MoneyAdmin):
    operations = (REPLAY,)
    list_display = (itself("type"), "provider", "status", linked("payment"), "received_at", "attempts", "last_error")
    list_filter = ("status", "provider", "received_at")
    list_select_related = ("payment",)
    search_fields = ("event_id__exact", "id__exact", "payment__id__exact")
    fields = (
        "provider",
        "type",
        "event_id",
        "status",
        linked("payment"),
        "occurred_at",
        "received_at",
        "processed_at",
        "attempts",
        "next_attempt_at",
        "last_error",
        "body",
    )

    def perform(
        self, request: HttpRequest, operation: Operation, row: ProviderEvent, form: OperationForm
    ) -> Problem | None:
        """Let a worker process the event again, and write down who wanted it."""
        reason = form.cleaned_data["reason"]
        record_action(
            origin=origin_of(request),
            action="provider_event.replay",
            target_type="provider_event",
            target_id=row.pk,
            reason=reason,
        )
        replay_event(event_id=row.pk)
        self.message_user(request, f"{row} will be processed again.", messages.SUCCESS)
        return None


@admin.register(ProviderCall)
class ProviderCallAdmin(MoneyAdmin):
    list_display = (itself("call"), "provider", "outcome", linked("payment"), "milliseconds", "created_at", "error")
    list_filter = ("outcome", "provider", "call", "created_at")
    list_select_related = ("payment",)
    search_fields = ("payment__id__exact",)


@admin.register(ProviderHealth)
class ProviderHealthAdmin(ReadOnlyAdmin):
    list_display = ("provider", "last_event_at", "reconciled_at", "silent_since", "refused_webhooks")
