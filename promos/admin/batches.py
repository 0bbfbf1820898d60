"""Batches: what came of their campaign, all codes as a file, and an end to them."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from accounts.operated_admin import OperatedAdmin, Operation, OperationForm
from accounts.services.audit import origin_of
from core.admin_columns import credits_text
from core.big_table_admin import BigTableAdmin
from core.problems import Problem

from .. import services
from ..exports import csv_of
from ..models import CodeBatch, PromoCode
from ..selectors.campaigns import campaign_stats

FIGURES = ("codes", "active", "redeemed", "waiting")
CREDITS = ("given", "consumed", "expired", "remaining", "taken_back")


@admin.register(CodeBatch)
class CodeBatchAdmin(BigTableAdmin, OperatedAdmin):
    list_display = ("campaign", "prefix", "count", "created_by", "created_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), "created_at")
    fields = list_display
    ordering = ("-id",)
    search_fields = ("campaign__startswith", "prefix__startswith")
    operations = (
        Operation(
            name="revoke",
            label="Revoke",
            effect="Switches off all codes of the batch for good; what was granted stays.",
            permission="promos.change_promocode",
            call=services.revoke_batch,
            target="batch",
            suits=lambda batch: batch.revoked_at is None,
        ),
    )

    def perform(self, request: HttpRequest, operation: Operation, row: Any, form: OperationForm) -> Problem | None:
        """Revoke the batch; a form that is sent twice changes nothing more."""
        operation.call(batch=row, origin=origin_of(request), reason=form.cleaned_data["reason"])
        self.message_user(request, f"The codes of {row} are refused from now on.", messages.SUCCESS)
        return None

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the statistics of the batch's campaign."""
        row = self.get_object(request, object_id)
        if row is not None and self.has_view_permission(request, row):
            extra_context = {**self._context_of(request, row), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, extra_context)

    def get_urls(self) -> list[URLPattern]:
        """Put the download before the stock pages."""
        page = path("<uuid:batch_id>/codes", self.admin_site.admin_view(self.download), name="promos_codebatch_codes")
        return [page, *super().get_urls()]

    def download(self, request: HttpRequest, batch_id: Any) -> HttpResponseBase:
        """Stream the codes, for who may make codes."""
        if not request.user.has_perm("promos.add_promocode"):
            raise PermissionDenied
        batch = get_object_or_404(CodeBatch, pk=batch_id)
        return csv_of(PromoCode.objects.filter(batch=batch), f"codes-{batch.campaign}-{batch.pk}")

    def _context_of(self, request: HttpRequest, row: CodeBatch) -> dict[str, Any]:
        stats, buttons = campaign_stats(campaign=row.campaign), self.buttons_of(request, row)
        counts = [(name, f"{getattr(stats, name):,}") for name in FIGURES]
        sums = [(name.replace("_", " "), credits_text(getattr(stats, name))) for name in CREDITS]
        if request.user.has_perm("promos.add_promocode"):
            buttons.append({"label": "Download CSV", "url": reverse("admin:promos_codebatch_codes", args=[row.pk])})
        figures = [(name.capitalize(), value) for name, value in (*counts, *sums)]
        return {"buttons": buttons, "figures": figures, "audited": ("code_batch", row.pk)}
