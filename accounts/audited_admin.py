"""What the admin pages of every app share: changes leave a trace that nobody can delete."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from accounts.services.audit import origin_of, record_action


class AuditedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # takes no parameter at run time
    """Write to the operators' audit log what Django writes to its own, which can be deleted."""

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        """Note that an object was added."""
        self._record(request, obj, "add", message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        """Note which fields were changed, a password among them."""
        self._record(request, obj, "change", message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Note each object that is about to be deleted."""
        for obj in queryset:
            self._record(request, obj, "delete", str(obj))
        return super().log_deletions(request, queryset)

    def _record(self, request: HttpRequest, obj: Model, verb: str, message: Any) -> None:
        noun = obj._meta.model_name or ""
        record_action(
            origin=origin_of(request), action=f"{noun}.{verb}", target_type=noun, target_id=obj.pk, after=message
        )
