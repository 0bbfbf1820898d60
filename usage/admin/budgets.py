"""Budgets: made, raised, lowered, removed."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.audited_admin import AuditedAdmin
from accounts.services.audit import origin_of
from core import clock
from core.admin_columns import amount, credits_text
from core.problems import Problem

from ..models import Budget
from ..selectors.budgets import standings
from ..services import change_budget, create_budget
from ..services.budgets import refuse_bad_window

SCOPE = ("wallet", "api_key", "operation", "window", "window_seconds")


class BudgetForm(forms.ModelForm):  # type: ignore[type-arg]  # takes no parameter at run time
    class Meta:
        model = Budget
        fields = (*SCOPE, "limit", "hard")

    def clean(self) -> dict[str, Any]:
        """Refuse what the service refuses."""
        terms: dict[str, Any] = super().clean() or {}
        try:
            if "window" in terms:
                refuse_bad_window(terms["window"], terms.get("window_seconds"))
        except Problem as refusal:
            errors: Any = refusal.members["errors"]
            raise ValidationError([error["detail"] for error in errors]) from None
        return terms


@admin.register(Budget)
class BudgetAdmin(AuditedAdmin):
    form = BudgetForm
    list_display = ("__str__", "wallet", "api_key", "operation", "window", amount("limit"), "hard", "standing")
    list_filter = ("window", "hard")
    list_select_related = ("wallet", "api_key")
    search_fields = ("wallet__reference__exact", "api_key__prefix__exact")
    search_help_text = "A wallet's reference, or the prefix of an API key."
    raw_id_fields = ("wallet", "api_key")
    show_full_result_count = False
    sortable_by = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave what a budget counts as it is, once it is made."""
        return (*SCOPE, "standing") if obj else ()

    @admin.display(description="consumed and held in the present window")
    def standing(self, budget: Budget) -> str:
        """Show how far the budget is."""
        found = standings([budget], clock.now())[0]
        return f"{credits_text(found.consumed)} + {credits_text(found.held)}"

    def save_model(self, request: HttpRequest, obj: Budget, form: Any, change: bool) -> None:
        """Make or change the budget by the service."""
        terms = form.cleaned_data
        if change:
            change_budget(budget=obj.pk, limit=terms["limit"], hard=terms["hard"])
            return
        made = create_budget(
            limit=terms["limit"],
            window=terms["window"],
            window_seconds=terms["window_seconds"],
            reference=terms["wallet"] and terms["wallet"].reference,
            api_key=terms["api_key"] and terms["api_key"].pk,
            operation=terms["operation"],
            hard=terms["hard"],
            actor=origin_of(request).actor,
        )
        obj.__dict__.update(made.__dict__)
