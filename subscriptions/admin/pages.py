"""What the editable pages of this room share: services write, and what they refuse is told."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.audited_admin import AuditedAdmin
from core.admin_columns import Table
from core.problems import Problem


class ServiceAdmin(AuditedAdmin):
    """A model that operators edit in a form and services write; `tables_of` shows what belongs to it."""

    change_form_template = "admin/service_change_form.html"
    actions = None

    def tables_of(self, row: Any) -> list[Table]:
        """Return what is shown below the form."""
        return []

    def buttons_of(self, row: Any) -> list[dict[str, str]]:
        """Return further links of the page, each with label and url."""
        return []

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the form with its tables; a refusal leads back to it."""
        row = None if object_id is None else self.get_object(request, object_id)
        context = {} if row is None else {"tables": self.tables_of(row), "buttons": self.buttons_of(row)}
        try:
            return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})
        except Problem as refusal:
            return self._back(request, refusal)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask, and delete by the service; a refusal leads back."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except Problem as refusal:
            return self._back(request, refusal)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Name only the object: what hangs on it is the business of the service."""
        return [str(one) for one in objs], {}, set(), []

    def _back(self, request: HttpRequest, refusal: Problem) -> HttpResponse:
        self.message_user(request, refusal.detail, messages.ERROR)
        return redirect(request.get_full_path())
