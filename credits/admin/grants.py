"""Grants and holds, and which of them rests on which."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from core.admin_columns import Table, amount, as_uuid, itself, json_value, linked

from ..models import Grant, GrantAllocation, Hold, HoldCover, LedgerEntry
from .entries import ENTRY_COLUMNS
from .operations import GRANT_OPERATIONS
from .pages import LedgerAdmin, PartAdmin

ROWS = 50
GRANT_COLUMNS = (
    itself("source"),
    amount("amount"),
    amount("remaining"),
    amount("held"),
    "priority",
    "effective_at",
    "expires_at",
)
HOLD_COLUMNS = (itself("status"), amount("amount"), amount("captured"), "placed_by", "placed_at", "expires_at")


@admin.register(Grant)
class GrantAdmin(LedgerAdmin):
    operations = GRANT_OPERATIONS
    list_display = ("source", linked("wallet"), *GRANT_COLUMNS[1:], "voided_at")
    list_filter = ("source", "is_open", ("voided_at", admin.EmptyFieldListFilter), "expires_at", "created_at")
    fieldsets = (
        (None, {"fields": (linked("wallet"), "source", amount("amount"), amount("remaining"), amount("held"))}),
        ("Use", {"fields": ("priority", "effective_at", "activated_at", "expires_at", "voided_at")}),
        ("Why", {"fields": ("description", json_value("metadata"), linked("parent"), linked("origin"))}),
        ("Terms", {"fields": (json_value("rollover"), "cost_minor", "currency")}),
        ("Refunds", {"fields": (amount("refunded"), amount("lost"), amount("claimed"))}),
        ("Record", {"classes": ("collapse",), "fields": ("id", "sequence", "is_open", "created_at")}),
    )

    def context_of(self, request: HttpRequest, row: Grant) -> dict[str, Any]:
        """Lead to what operators did to the grant."""
        return {**super().context_of(request, row), "audited": ("grant", row.pk)}

    def tables_of(self, row: Grant) -> list[Table]:
        """Show what was put in and taken out, and which active holds rest on the grant."""
        moves = GrantAllocation.objects.filter(grant=row).select_related("entry").order_by("-pk")
        covers = HoldCover.objects.filter(hold__wallet=row.wallet, hold__status="active", grant=row)
        return [
            Table("Latest allocations", (linked("entry"), amount("amount")), moves[:ROWS]),
            Table("Covers active holds", (linked("hold"), amount("amount")), covers.select_related("hold")[:ROWS]),
        ]


@admin.register(Hold)
class HoldAdmin(LedgerAdmin):
    list_display = ("status", linked("wallet"), *HOLD_COLUMNS[1:], "ended_at")
    list_filter = ("status", "placed_at")
    fieldsets = (
        (None, {"fields": (linked("wallet"), "status", amount("amount"), amount("captured"))}),
        ("Life", {"fields": ("placed_by", "placed_at", "expires_at", "ended_at")}),
        ("Why", {"fields": ("basis", "description", json_value("metadata"), "id")}),
    )

    def tables_of(self, row: Hold) -> list[Table]:
        """Show what the hold rests on, and the entries that it caused, found by the time it lived."""
        entries = LedgerEntry.objects.filter(wallet=row.wallet, hold=row, effective_at__gte=row.placed_at)
        if row.ended_at is not None:
            entries = entries.filter(effective_at__lte=row.ended_at)
        covers = row.covers.select_related("grant")
        return [
            Table("Rests on", (linked("grant"), amount("amount")), covers[:ROWS]),
            Table("Entries", ENTRY_COLUMNS, entries.order_by("-sequence")[:ROWS]),
        ]


@admin.register(HoldCover)
class HoldCoverAdmin(PartAdmin):
    list_display = ("id", linked("hold"), linked("grant"), amount("amount"))
    fields = list_display[1:]
    list_select_related = ("hold__wallet", "grant")
    search_help_text = "The id of a hold."

    def meaning_of(self, word: str) -> Q:
        """Take a word for a hold's id."""
        return Q(hold=as_uuid(word))
