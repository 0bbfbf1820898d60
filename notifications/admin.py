"""What was told, what is on its way, what was given up, and the lines of the ledger file."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.services.audit import origin_of, record_action
from core.admin import ReadOnlyAdmin
from core.admin_columns import Column, json_value, link_to
from core.big_table_admin import BigTableAdmin
from core.json_text import canonical
from core.problems import Problem
from credits.models import LedgerEntry

from .models import Alarm, Delivery, LedgerLine, Notice, Preference, WebhookEndpoint
from .services.deliveries import redeliver
from .services.endpoints import change_endpoint
from .services.ledger_texts import members_of


@admin.register(Notice)
class NoticeAdmin(BigTableAdmin, ReadOnlyAdmin):
    list_display = ("created_at", "name", "reference", "title", "text", "read_at")
    list_filter = ("name", ("reference", admin.EmptyFieldListFilter))
    search_fields = ("reference__exact",)
    search_help_text = "A wallet's reference; notices without one are the operators'."
    ordering = ("-id",)
    fields = ("reference", "name", "title", "text", json_value("data"), "created_at", "read_at")


@admin.register(Delivery)
class DeliveryAdmin(BigTableAdmin, ReadOnlyAdmin):
    list_display = ("created_at", "name", "channel", "endpoint", "status", "attempts", "next_attempt_at", "last_error")
    list_filter = ("status", "channel")
    list_select_related: ClassVar[Any] = ("endpoint",)
    search_fields = ("id__exact",)
    search_help_text = "The id of a delivery: that of the header webhook-id, after msg_."
    ordering = ("-id",)
    actions = ("send_again",)
    fields = (*list_display, "notice", json_value("payload"), "ended_at")

    @admin.action(description="Send the chosen deliveries again", permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Give what was given up, or was lost on the other side, another turn."""
        sent = 0
        for delivery in queryset:
            try:
                redeliver(delivery_id=delivery.pk)
            except Problem as refusal:
                self.message_user(request, f"{delivery}: {refusal.detail}", messages.ERROR)
            else:
                sent += 1
                _record(request, "delivery.send_again", delivery.pk)
        self.message_user(request, f"{sent} deliveries will be sent again.")

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Who may change deliveries may have them sent again."""
        return bool(request.user.has_perm("notifications.change_delivery"))


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    list_display = ("url", "reference", "event_types", "failing_since", "failures", "disabled_at", "disabled_because")
    list_filter = (("disabled_at", admin.EmptyFieldListFilter), ("failing_since", admin.EmptyFieldListFilter))
    search_fields = ("reference__exact", "url")
    ordering = ("-id",)
    actions = ("enable", "disable")
    fields = (*list_display, "description", "rotated_at", "paused_until", "created_at")

    @admin.action(description="Enable the chosen endpoints", permissions=["switch"])
    def enable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Let them get events again."""
        self._switch(request, queryset, enabled=True)

    @admin.action(description="Disable the chosen endpoints", permissions=["switch"])
    def disable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Let them get no more events."""
        self._switch(request, queryset, enabled=False)

    def has_switch_permission(self, request: HttpRequest) -> bool:
        """Who may change endpoints may switch them."""
        return bool(request.user.has_perm("notifications.change_webhookendpoint"))

    def _switch(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint], *, enabled: bool) -> None:
        for endpoint in queryset:
            change_endpoint(endpoint_id=endpoint.pk, enabled=enabled)
            _record(request, f"webhook_endpoint.{'enable' if enabled else 'disable'}", endpoint.pk)
        self.message_user(request, f"{len(queryset)} endpoints are {'enabled' if enabled else 'disabled'}.")


def _said(name: str) -> Column:
    """Return the column of a member of the line as it stands in the file."""

    def show(line: LedgerLine) -> str:
        value = next(iter(members_of([line])))[name]
        return value if isinstance(value, str) else canonical(value)

    show.__name__ = name
    return admin.display(description=name)(show)


def _entry(line: LedgerLine) -> str:
    return link_to(LedgerEntry.objects.filter(pk=line.line_id).first())


message, details = _said("message"), _said("details")
entry: Column = admin.display(description="entry")(_entry)


@admin.register(LedgerLine)
class LedgerLineAdmin(BigTableAdmin, ReadOnlyAdmin):
    list_display = ("position", "created_at", "event_type", "name", "wallet", message)
    list_filter = ("event_type",)
    search_fields = ("wallet__exact", "line_id__exact")
    search_help_text = "A wallet's reference, or the id of an entry or a refusal."
    ordering = ("-position",)
    fields = ("position", "created_at", "event_type", "name", "wallet", "line_id", message, entry, details)


@admin.register(Preference)
class PreferenceAdmin(ReadOnlyAdmin):
    list_display = ("reference", "low_balance_amount", "low_balance_percent", "expiring_days", "channels", "updated_at")
    search_fields = ("reference__exact",)


@admin.register(Alarm)
class AlarmAdmin(BigTableAdmin, ReadOnlyAdmin):
    list_display = ("reference", "name", "subject", "is_up", "told_at")
    list_filter = ("name",)
    search_fields = ("reference__exact",)


def _record(request: HttpRequest, action: str, target: object) -> None:
    record_action(origin=origin_of(request), action=action, target_type=action.partition(".")[0], target_id=target)
