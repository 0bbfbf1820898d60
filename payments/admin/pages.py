"""What the pages of payments share: read-only, with tables below and operations above."""

from typing import Any, ClassVar

from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from accounts.operated_admin import OperatedAdmin
from core.admin_columns import Column, Table
from core.big_table_admin import BigTableAdmin

from .. import currencies


class MoneyAdmin(BigTableAdmin, OperatedAdmin):
    """Rows of payments, newest first."""

    ordering: ClassVar[Any] = ("-pk",)
    sortable_by: ClassVar[Any] = ()

    def tables_of(self, row: Any) -> list[Table]:
        """Return what is shown below an object."""
        return []

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return what the page's template shows besides the fields."""
        return {"tables": self.tables_of(row), "buttons": self.buttons_of(request, row)}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search as the stock page does, for what a database can hold."""
        return super().get_search_results(request, queryset, search_term.replace("\0", ""))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show an object with what belongs to it."""
        row = self.get_object(request, unquote(object_id))
        if row is not None and self.has_view_permission(request, row):
            extra_context = {**self.context_of(request, row), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, extra_context)


def money(name: str) -> Column:
    """Return the column of an amount of money, written as people read it."""

    def show(row: Any) -> str:
        owner = getattr(row, "payment", row)
        return currencies.write(getattr(row, name), getattr(row, "currency", None) or owner.currency)

    show.__name__ = name
    show.short_description = name.replace("_minor", "").replace("_", " ")  # type: ignore[attr-defined]  # Django's way
    return show
