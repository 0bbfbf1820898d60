"""Rates: every version as it is, and new ones."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from rest_framework.exceptions import ValidationError as Refused

from accounts.audited_admin import AuditedAdmin
from accounts.services.audit import origin_of
from core.admin_columns import amount, as_uuid, json_value
from core.big_table_admin import BigTableAdmin

from ..api.bodies import PricesField, TierBody
from ..models import Rate
from ..services import NewRate, create_rate

TERMS = (
    *("provider", "model", "operation", "prices", "tiers", "markup_percent", "credits_per_currency_unit"),
    *("currency", "effective_from", "effective_to"),
)


class RateForm(forms.ModelForm):  # type: ignore[type-arg]  # takes no parameter at run time
    class Meta:
        model = Rate
        fields = TERMS

    def clean_prices(self) -> Any:
        """Read the prices as the API does."""
        return _read(PricesField(), self.cleaned_data["prices"])

    def clean_tiers(self) -> Any:
        """Read the tiers as the API does."""
        return [_read(TierBody(), tier) for tier in self.cleaned_data["tiers"] or []]

    def _post_clean(self) -> None:
        """Leave the row alone: a service makes it, and the database looks at it."""


@admin.register(Rate)
class RateAdmin(BigTableAdmin, AuditedAdmin):
    """A version is never changed: "New version" fills the form with its terms."""

    form = RateForm
    list_display = (
        "__str__",
        json_value("prices"),
        amount("markup_percent"),
        "effective_from",
        "effective_to",
        "source",
    )
    list_filter = ("provider", "source")
    search_fields = ("model__startswith",)
    search_help_text = "How the name of a model begins."
    sortable_by = ()
    actions = ("new_version",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: what priced usage stays as it was."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: what priced usage stays."""
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Fill a new version with the terms of the one that `copy` names; it begins now."""
        named = as_uuid(request.GET.get("copy", ""))
        copied = Rate.objects.filter(pk=named).first() if named else None
        if copied is None:
            return {}
        return {name: getattr(copied, name) for name in TERMS if not name.startswith("effective")}

    @admin.action(description="Make a new version…", permissions=["add"])
    def new_version(self, request: HttpRequest, chosen: QuerySet[Rate]) -> HttpResponse | None:
        """Open the form of a new version, filled with the terms of the chosen one."""
        if chosen.count() == 1:
            return redirect(f"{reverse('admin:usage_rate_add')}?copy={chosen.get().pk}")
        self.message_user(request, "Choose one version to start from.", messages.ERROR)
        return None

    def save_model(self, request: HttpRequest, obj: Rate, form: Any, change: bool) -> None:
        """Make the version by the service, which numbers it."""
        made = create_rate(rate=NewRate(**form.cleaned_data), actor=origin_of(request).actor)
        obj.__dict__.update(made.__dict__)


def _read(field: Any, value: Any) -> Any:
    try:
        return field.run_validation(value)
    except Refused as error:
        raise ValidationError(str(error.detail)) from None
