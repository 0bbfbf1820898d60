"""The machinery's rows for operators: all read-only, and failed events may be tried again at once."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from core.big_table_admin import BigTableAdmin
from core.models import AttributeSchema, Event, EventStream, IdempotentRequest, TestClock

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(_ModelAdmin):
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds rows by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes rows by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody deletes rows by hand."""
        return False


class DeliveryFilter(admin.SimpleListFilter):
    """Events by how far they are."""

    title = "delivery"
    parameter_name = "delivery"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the choices."""
        return [("failed", "Failed, waiting to be tried again"), ("waiting", "Waiting"), ("delivered", "Delivered")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        """Keep the events of the choice."""
        if self.value() == "failed":
            return queryset.filter(delivered_at=None, attempts__gt=0)
        if self.value() in ("waiting", "delivered"):
            return queryset.filter(delivered_at__isnull=self.value() == "waiting")
        return queryset


@admin.register(Event)
class EventAdmin(BigTableAdmin, ReadOnlyAdmin):
    list_display = ("id", "name", "stream", "stream_seq", "created_at", "delivered_at", "attempts", "last_error")
    list_filter = (DeliveryFilter,)
    search_fields = ("stream__exact",)
    ordering = ("-id",)
    actions = ("retry",)

    @admin.action(description="Try the selected failed events again now", permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Event]) -> None:
        """Let the relay take the events in its next turn."""
        count = queryset.filter(delivered_at=None).update(next_attempt_at=None)
        self.message_user(request, f"{count} events will be tried again.")

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Who may change events may have them tried again."""
        return bool(request.user.has_perm("core.change_event"))


@admin.register(EventStream)
class EventStreamAdmin(BigTableAdmin, ReadOnlyAdmin):
    list_display = ("stream", "last_seq")
    search_fields = ("stream__exact",)


@admin.register(IdempotentRequest)
class IdempotentRequestAdmin(BigTableAdmin, ReadOnlyAdmin):
    list_display = ("scope", "key", "status", "created_at")
    search_fields = ("key__exact",)
    ordering = ("-created_at",)


@admin.register(AttributeSchema)
class AttributeSchemaAdmin(ReadOnlyAdmin):
    list_display = ("subject", "version", "broken_rows", "actor", "reason", "created_at")
    list_filter = ("subject",)


@admin.register(TestClock)
class TestClockAdmin(ReadOnlyAdmin):
    list_display = ("id", "offset")
