"""The statement: entries with their allocations, their causes and the totals of what is listed."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from core.admin_columns import Table, amount, as_uuid, credits_text, itself, json_value, link_to, linked
from core.big_table_admin import MAX_LISTED

from ..engine.kinds import CONTRA_OF_KIND, CONTRA_OF_SOURCE
from ..models import GrantAllocation, LedgerEntry, Wallet
from .operations import ENTRY_OPERATIONS
from .pages import LedgerAdmin, PartAdmin

ROWS = 50
ENTRY_COLUMNS = (
    itself("sequence"),
    "kind",
    amount("amount"),
    amount("balance_after"),
    amount("held_after"),
    "effective_at",
    "description",
)


@admin.display(description="allocations")
def allocated(entry: LedgerEntry) -> SafeString:
    """Show which grants an entry put credits into or took them from."""
    parts = ((credits_text(part.amount), link_to(part.grant)) for part in entry.allocations.all())
    return format_html_join(", ", "{} of {}", parts)


class ContraFilter(admin.SimpleListFilter):
    """Entries by the account on their other side; named here, since asking the table would read all of it."""

    title = parameter_name = "contra"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the accounts."""
        names = sorted({*CONTRA_OF_KIND.values(), *CONTRA_OF_SOURCE.values()})
        return [(name, name) for name in names]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
        """Keep the entries against the chosen account."""
        return queryset.filter(contra=self.value()) if self.value() else queryset


@admin.register(LedgerEntry)
class LedgerEntryAdmin(LedgerAdmin):
    operations = ENTRY_OPERATIONS
    list_display = (linked("wallet"), "sequence", "kind", "contra", *ENTRY_COLUMNS[2:], "actor")
    list_display_links = ("sequence",)
    list_filter = ("kind", ContraFilter, "created_at")
    search_help_text = "A wallet's reference, an entry's id, an idempotency key or a request id; or several of them."
    fieldsets = (
        (None, {"fields": (linked("wallet"), "sequence", "kind", "contra", "effective_at", "created_at")}),
        ("Moves", {"fields": (amount("amount"), amount("held_change"), amount("debt_change"), amount("shortfall"))}),
        ("Afterwards", {"fields": (amount("balance_after"), amount("held_after"), amount("debt_after"))}),
        ("Concerns", {"fields": (linked("grant"), linked("hold"), linked("caused_by"), linked("reverses"))}),
        ("Why", {"fields": ("description", json_value("metadata"))}),
        ("Who", {"fields": ("actor", "principal", "idempotency_key", "request_id")}),
        (
            "Chain",
            {"classes": ("collapse",), "fields": ("id", "hash", "hash_version", "text_hash", "terms", "fingerprint")},
        ),
    )

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Sort one wallet's entries by their number, for which there is an index."""
        return ("-sequence",) if "wallet__id__exact" in request.GET else ("-id",)

    def meaning_of(self, word: str) -> Q:
        """Take a word for a wallet's reference, else for an entry's id, else for a key or a request."""
        wallet, entry = Wallet.objects.filter(reference=word).first(), as_uuid(word)
        if wallet is not None:
            return Q(wallet=wallet)
        if entry is not None and LedgerEntry.objects.filter(pk=entry).exists():
            return Q(pk=entry)
        return Q(idempotency_key=word) | Q(request_id=word)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the totals of the entries that are listed."""
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None) or {}
        if "cl" in context:
            context["totals"] = totals_of(context["cl"].queryset)
        return response

    def context_of(self, request: HttpRequest, row: LedgerEntry) -> dict[str, Any]:
        """Lead to what operators did to the entry."""
        return {**super().context_of(request, row), "audited": ("entry", row.pk)}

    def tables_of(self, row: LedgerEntry) -> list[Table]:
        """Show the entry's allocations, what followed from it, and what reverses it."""
        moves = row.allocations.select_related("grant").order_by("pk")
        return [
            Table("Allocations", (linked("grant"), amount("amount")), moves[:ROWS]),
            Table("Followed by", ENTRY_COLUMNS, row.caused.order_by("wallet_id", "sequence")[:ROWS]),
            Table("Reversed by", ENTRY_COLUMNS, row.reversals.order_by("sequence")[:ROWS]),
        ]


def totals_of(entries: QuerySet[LedgerEntry]) -> list[tuple[str, str]]:
    """Return number, credits in, credits out and net of the listed entries, of at most the first 5,000.

    So many amounts of the largest size still fit into 64 bits, which SQLite needs.
    """
    sums = entries[:MAX_LISTED].aggregate(
        number=Count("pk"), put=Sum("amount", filter=Q(amount__gt=0)), taken=Sum("amount", filter=Q(amount__lt=0))
    )
    put, taken = sums["put"] or Decimal(0), sums["taken"] or Decimal(0)
    figures = {"In": put, "Out": taken, "Net": put + taken}
    return [("Entries", str(sums["number"])), *((name, credits_text(value)) for name, value in figures.items())]


@admin.register(GrantAllocation)
class GrantAllocationAdmin(PartAdmin):
    list_display = ("id", linked("entry"), linked("grant"), amount("amount"))
    fields = list_display[1:]
    list_select_related = ("entry__wallet", "grant")
    search_help_text = "The id of an entry or of a grant."

    def meaning_of(self, word: str) -> Q:
        """Take a word for an entry's id or a grant's."""
        found = as_uuid(word)
        return Q(entry=found) | Q(grant=found)
