"""What all pages of the ledger are: read-only, settled before they are shown, quick on big tables."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from accounts.operated_admin import OperatedAdmin, Operation, OperationForm
from core import clock
from core.admin_columns import Table, as_uuid
from core.big_table_admin import BigTableAdmin
from core.problems import Problem

from .. import services
from ..models import Wallet
from .operations import run_operation


def settle_due(rows: Iterable[Any]) -> bool:
    """Settle the wallets of rows (wallets, or what has one) that time has changed, and tell whether there was one."""
    now, wallets = clock.now(), [getattr(row, "wallet", row) for row in rows]
    due = {wallet.reference for wallet in wallets if wallet.next_change_at and wallet.next_change_at <= now}
    if due:
        services.settle_wallets(due)
    return bool(due)


class SettledList(ChangeList):
    """A list whose page is settled before it is shown."""

    def get_results(self, request: HttpRequest) -> None:
        """Load the page, once more if something was due on it."""
        super().get_results(request)
        if settle_due(self.result_list):
            super().get_results(request)


class PartAdmin(BigTableAdmin, OperatedAdmin):
    """A model of the ledger; parts of an entry or of a hold have no wallet of their own and so nothing to settle."""

    ordering: ClassVar[Any] = ("-id",)
    sortable_by: ClassVar[Any] = ()
    # Shows the box; what it finds is said by `meaning_of`.
    search_fields: ClassVar[Any] = ("id",)
    search_help_text = "A wallet's reference, or an id."

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Keep the rows that every word of the search means."""
        for word in search_term.replace("\0", "").split():
            queryset = queryset.filter(self.meaning_of(word))
        return queryset, False

    def meaning_of(self, word: str) -> Q:
        """Return the condition that a word stands for, one that an index answers."""
        wallet = Wallet.objects.filter(reference=word).first()
        return Q(wallet=wallet) if wallet else Q(pk=as_uuid(word))


class LedgerAdmin(PartAdmin):
    """A wallet, or what has one; shown as it is now, with tables below and operations above."""

    list_select_related: ClassVar[Any] = ("wallet",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Settle what is listed."""
        return SettledList

    def rows_of(self, ids: Sequence[Any]) -> list[Any]:
        """Load the objects of an operation as they are now."""
        rows = self.model._default_manager.filter(pk__in=ids).select_related(*self.list_select_related).order_by("pk")
        return list(rows.all()) if settle_due(rows) else list(rows)

    def perform(self, request: HttpRequest, operation: Operation, row: Any, form: OperationForm) -> Problem | None:
        """Post the operation's entry."""
        return run_operation(request, operation, row, form)

    def tables_of(self, row: Any) -> list[Table]:
        """Return what is shown below an object."""
        return []

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return what the page's template shows besides the fields."""
        return {"tables": self.tables_of(row), "buttons": self.buttons_of(request, row)}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show an object as it is now."""
        row = self.get_object(request, unquote(object_id))
        if row is not None and self.has_view_permission(request, row):
            if settle_due([row]):
                row = self.model._default_manager.get(pk=row.pk)
            extra_context = {**self.context_of(request, row), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, extra_context)
