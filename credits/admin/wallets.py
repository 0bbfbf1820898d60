"""Wallets: what they hold, what will be used first, what happened last, and every operation on them."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from core.admin_columns import Table, amount, credits_text, json_value, linked

from ..models import Grant, Hold, LedgerEntry, Wallet, WalletFact
from ..models.grants import GrantQuerySet
from .entries import ENTRY_COLUMNS, allocated
from .grants import GRANT_COLUMNS, HOLD_COLUMNS
from .operations import WALLET_OPERATIONS
from .pages import LedgerAdmin

ROWS = 20


@admin.display(description="available")
def available(wallet: Wallet) -> str:
    """Show what can be spent."""
    return credits_text(wallet.balance - wallet.held)


@admin.register(Wallet)
class WalletAdmin(LedgerAdmin):
    operations = WALLET_OPERATIONS
    list_display = (
        "reference",
        "status",
        amount("balance", sortable=True),
        amount("held", sortable=True),
        available,
        amount("debt", sortable=True),
        "owner",
        "created_at",
    )
    list_filter = ("status", ("owner", admin.EmptyFieldListFilter))
    list_select_related = ("owner",)
    sortable_by = ("reference", "balance", "held", "debt")
    search_fields = ("reference__startswith", "owner__email__startswith")
    search_help_text = "How a reference or an owner's e-mail address begins."
    fieldsets = (
        (None, {"fields": ("owner", "time_zone", json_value("attributes"))}),
        ("Time", {"fields": ("next_change_at", "last_effective_at", "created_at", "updated_at")}),
        ("Chain", {"classes": ("collapse",), "fields": ("id", "sequence", "head_hash")}),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Keep the wallets whose reference or owner's address begins so."""
        word = search_term.replace("\0", "").strip()
        begins = Q(reference__startswith=word) | Q(owner__email__startswith=word.lower())
        return queryset.filter(begins) if word else queryset, False

    def context_of(self, request: HttpRequest, row: Wallet) -> dict[str, Any]:
        """Show the sums in large letters."""
        sums = {"Balance": row.balance, "Held": row.held, "Available": row.balance - row.held, "Debt": row.debt}
        figures = [*((name, credits_text(value)) for name, value in sums.items()), ("Status", row.status)]
        return {**super().context_of(request, row), "figures": figures, "audited": ("wallet", row.reference)}

    def tables_of(self, row: Wallet) -> list[Table]:
        """Show open grants in their order of use, active holds, and the latest entries with their allocations."""
        grants = GrantQuerySet(Grant).filter(wallet=row).open().in_order_of_use()
        holds = Hold.objects.filter(wallet=row, status="active").order_by("expires_at")
        entries = LedgerEntry.objects.filter(wallet=row).order_by("-sequence").prefetch_related("allocations__grant")
        return [
            Table("Open grants, first to be used first", GRANT_COLUMNS, grants[:ROWS], _all("grant", row)),
            Table("Active holds", HOLD_COLUMNS, holds[:ROWS], _all("hold", row)),
            Table("Latest entries", (*ENTRY_COLUMNS, allocated), entries[:ROWS], _all("ledgerentry", row)),
            Table("Facts", ("name", json_value("value")), row.facts.order_by("name")[:ROWS]),
        ]


@admin.register(WalletFact)
class WalletFactAdmin(LedgerAdmin):
    list_display = (linked("wallet"), "name", json_value("value"))
    fields = list_display
    list_display_links = ("name",)


def _all(model: str, wallet: Wallet) -> str:
    return f"{reverse(f'admin:credits_{model}_changelist')}?wallet__id__exact={wallet.pk}"
