"""The machinery's rows for operators: all read-only, and failed events may be tried again at once."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from core import clock
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


class ClockForm(forms.Form):
    """The instant that every process shall take for the present."""

    now = forms.DateTimeField(required=False, label="Show", help_text="UTC. Leave it empty for real time.")


@admin.register(TestClock)
class TestClockAdmin(ReadOnlyAdmin):
    """One page that shows the clock and moves it, where the settings allow that."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Hide the clock of an installation whose time is real."""
        return bool(settings.TEST_CLOCK_ENABLED and super().has_view_permission(request, obj))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show what the clock says, and move it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = ClockForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            if not request.user.has_perm("core.change_testclock"):
                raise PermissionDenied
            shown = clock.set_now(form.cleaned_data["now"])
            self.message_user(request, f"It is now {shown:%Y-%m-%d %H:%M:%S} UTC for the whole system.")
            return redirect(request.path)
        shared = self.admin_site.each_context(request)
        context = {**shared, "opts": self.opts, "title": "Test clock", "form": form, "now": clock.now()}
        return TemplateResponse(request, "admin/test_clock.html", context)
