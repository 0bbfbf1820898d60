"""Codes: list, make, change, switch, generate, export."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from accounts.services.audit import origin_of
from core.admin_columns import amount
from core.big_table_admin import BigTableAdmin
from core.problems import Problem

from .. import services
from ..exports import csv_of
from ..models import PromoCode
from ..services.codes import CHANGEABLE
from .forms import AUDIENCE, GIVES, GROUP, LIMITS, MINIMUM, CodeForm, GenerateForm

MOST_SWITCHED = 200


@admin.display(description="code")
def unbroken(code: PromoCode) -> str:
    """Show the text on one line, as it is copied."""
    return format_html('<span class="nowrap">{}</span>', code)


@admin.display(description="gives")
def gives(code: PromoCode) -> str:
    """Show the credits or the percentage."""
    return str(amount("amount")(code)) if code.amount is not None else f"{code.bonus_percent} %"


@admin.register(PromoCode)
class PromoCodeAdmin(BigTableAdmin):
    form = CodeForm
    change_list_template = "admin/promos/promocode/change_list.html"
    list_display = (unbroken, "campaign", gives, "redeemed", "max_redemptions", "audience", "is_active", "ends_at")
    list_filter = ("is_active", "audience", ("batch", admin.EmptyFieldListFilter), "created_at")
    ordering = ("-id",)
    sortable_by = ()
    search_fields = ("normalized",)
    search_help_text = "How a code begins, or the name of a campaign."
    actions = ("activate", "deactivate", "export")
    readonly_fields = ("redeemed", "batch", "referrer", "created_by", "created_at")
    fieldsets = (
        (None, {"fields": ("code", "description", "campaign", "is_active")}),
        ("Gives", {"fields": (*GIVES, *MINIMUM)}),
        ("Limits", {"fields": (*LIMITS, *GROUP)}),
        ("For", {"fields": (*AUDIENCE, "wallets")}),
        ("Record", {"fields": ("redeemed", "batch", "referrer", "created_by", "created_at")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: uses refer to their code; it is switched off instead."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave what a code gives as it is, once it is made."""
        fixed = ("code", *GIVES, *MINIMUM, *GROUP) if obj else ()
        return (*self.readonly_fields, *fixed)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Keep the codes that begin so, and those of a campaign of this name."""
        word = search_term.replace("\0", "").strip()
        found = Q(normalized__startswith=word.upper()) | Q(campaign=word)
        return queryset.filter(found) if word else queryset, False

    def save_model(self, request: HttpRequest, obj: PromoCode, form: Any, change: bool) -> None:
        """Make or change the code through its service, which writes the audit line."""
        terms, origin = form.terms(), origin_of(request)
        if change:
            wanted = {name: terms[name] for name in CHANGEABLE if name in form.changed_data}
            services.change_code(code=obj.code, wallets=form.cleaned_data["wallets"], origin=origin, **wanted)
            return
        made = services.create_code(wallets=form.cleaned_data["wallets"], origin=origin, **terms)
        obj.pk = made.pk
        obj.refresh_from_db()

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Tell of what a service refuses after the form was checked, such as a code of a revoked batch."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Problem as refusal:
            self.message_user(request, refusal.detail, messages.ERROR)
            return redirect(request.get_full_path())

    @admin.action(description="Activate the chosen codes", permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet[PromoCode]) -> None:
        self._switch(request, queryset, is_active=True)

    @admin.action(description="Deactivate the chosen codes", permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[PromoCode]) -> None:
        self._switch(request, queryset, is_active=False)

    @admin.action(description="Export the chosen codes as CSV", permissions=["add"])
    def export(self, request: HttpRequest, queryset: QuerySet[PromoCode]) -> HttpResponseBase:
        return csv_of(queryset, "promo-codes")

    def get_urls(self) -> list[URLPattern]:
        """Put the generator before the stock pages."""
        page = path("generate", self.admin_site.admin_view(self.generate), name="promos_promocode_generate")
        return [page, *super().get_urls()]

    def generate(self, request: HttpRequest) -> HttpResponse:
        """Ask for the terms of a batch, and generate it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = GenerateForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            asked = {name: form.cleaned_data[name] for name in ("count", "prefix")}
            batch = services.generate_codes(origin=origin_of(request), **asked, **form.terms())
            self.message_user(request, f"{batch.count:,} codes are ready.", messages.SUCCESS)
            return redirect(reverse("admin:promos_codebatch_change", args=[batch.pk]))
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": "Generate codes", "form": form}
        return TemplateResponse(request, "admin/promos/promocode/generate.html", context)

    def _switch(self, request: HttpRequest, codes: QuerySet[PromoCode], *, is_active: bool) -> None:
        chosen = list(codes.values_list("code", flat=True)[: MOST_SWITCHED + 1])
        if len(chosen) > MOST_SWITCHED:
            text = f"Choose at most {MOST_SWITCHED} at a time; a whole batch is revoked on its page."
            self.message_user(request, text, messages.ERROR)
            return
        for code in chosen:
            try:
                services.change_code(code=code, is_active=is_active, origin=origin_of(request))
            except Problem as refusal:
                self.message_user(request, f"{code}: {refusal.detail}", messages.ERROR)
        self.message_user(request, f"{'Activated' if is_active else 'Deactivated'} what could be, of {len(chosen)}.")
