"""What operators fill in: a plan with its terms, an allowance, and the terms of operations on subscriptions."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError

from accounts.operated_admin import OperationForm
from core.json_text import canonical
from credits.admin.forms import AmountField
from credits.api.bodies import RolloverBody
from credits.engine.state import Rollover

from ..engine.calendar import MAX_COUNT, UNITS
from ..models import Allowance, Plan
from ..models.plans import validate_code
from ..services.plans import TERMS

ROLLOVER_HELP = (
    'Empty for none, else JSON: {"amount": "200"}, {"percent": 50} or {}; with "days" and "times" if wanted.'
)


class PlanForm(forms.ModelForm):  # type: ignore[type-arg]  # takes no parameter at run time
    """A plan and its newest terms; other terms than those are kept as a new version."""

    amount_minor = forms.IntegerField(min_value=0, initial=0, help_text="The price, in the smallest unit of money.")
    currency = forms.RegexField(r"\A([A-Z]{3})?\Z", required=False, help_text="ISO 4217, such as EUR.")
    credits = forms.DecimalField(min_value=0, max_digits=16, decimal_places=6, help_text="Of each period.")
    period_unit = forms.ChoiceField(choices=[(unit, unit) for unit in UNITS], initial="month")
    period_count = forms.IntegerField(min_value=1, max_value=MAX_COUNT, initial=1)
    validity_days = forms.IntegerField(min_value=1, required=False, help_text="Empty: until the period's end.")
    rollover = forms.JSONField(required=False, help_text=ROLLOVER_HELP)
    trial_days = forms.IntegerField(min_value=0, max_value=365, initial=0)
    trial_credits = forms.DecimalField(min_value=0, max_digits=16, decimal_places=6, initial=0)
    priority = forms.IntegerField(min_value=0, max_value=100, initial=50, help_text="Lower is used first.")
    features = forms.JSONField(required=False, initial=dict)
    requests_per_minute = forms.IntegerField(min_value=1, required=False, help_text="Empty: not limited.")

    class Meta:
        model = Plan
        fields = ("code", "family", "name", "is_active", "is_public")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        plan: Plan | None = kwargs.get("instance")
        if plan is not None and not plan._state.adding:
            version = plan.versions.latest("number")
            terms = {name: getattr(version, name) for name in TERMS}
            terms["rollover"] = None if version.rollover is None else _rule(version.rollover)
            kwargs["initial"] = {**terms, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)

    def clean_features(self) -> dict[str, Any]:
        """Return a JSON object."""
        features = self.cleaned_data["features"] or {}
        if not isinstance(features, dict):
            raise ValidationError("Write a JSON object.")
        return features

    def clean_rollover(self) -> Rollover | None:
        """Return the engine's rule."""
        value = self.cleaned_data["rollover"]
        if value is None:
            return None
        body = RolloverBody(data=value)
        if not body.is_valid():
            raise ValidationError(canonical(body.errors))
        rule: Rollover = body.validated_data
        return rule

    def clean(self) -> dict[str, Any]:
        """Refuse what the service would refuse."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("amount_minor") and not data.get("currency"):
            self.add_error("currency", "A price has a currency; name it.")
        if data.get("trial_credits") and not data.get("trial_days"):
            self.add_error("trial_days", "Credits of a trial need a trial; name its days.")
        return data


class AllowanceForm(forms.ModelForm):  # type: ignore[type-arg]  # takes no parameter at run time
    """A rule; it holds from the next run on."""

    amount = AmountField(help_text="Credits for each wallet, or the level to top up to.")
    time_zone = forms.ChoiceField(
        choices=lambda: [(name, name) for name in sorted(available_timezones())], initial="UTC"
    )
    plans = forms.JSONField(required=False, initial=list, help_text='Codes that the audience is limited to: ["pro"].')

    class Meta:
        model = Allowance
        fields = (
            *("name", "amount", "mode", "unit", "time", "time_zone", "start_date", "end_date", "validity_days"),
            *("audience", "plans", "reference_prefix", "priority", "catch_up", "is_active"),
        )

    def clean_plans(self) -> list[str]:
        """Return a list of codes."""
        plans = self.cleaned_data["plans"] or []
        if not isinstance(plans, list):
            raise ValidationError('Write a list of codes, such as ["pro"].')
        for code in plans:
            validate_code(str(code))
        return [str(code) for code in plans]

    def clean(self) -> dict[str, Any]:
        """Refuse what the service would refuse."""
        data: dict[str, Any] = super().clean() or {}
        start, end = data.get("start_date"), data.get("end_date")
        if start and end and end <= start:
            self.add_error("end_date", "This is the first day without; name one after the start.")
        if data.get("plans") and data.get("audience") == "everyone":
            self.add_error("plans", "Plans limit an audience of subscribers or non_subscribers.")
        return data


class ChangeForm(OperationForm):
    plan = forms.ModelChoiceField(Plan.objects.filter(deleted_at=None, is_active=True), to_field_name="code")

    def terms(self) -> dict[str, Any]:
        """Name the plan by its code."""
        return {"plan": self.cleaned_data["plan"].code}


class CancelForm(OperationForm):
    at_period_end = forms.BooleanField(required=False, initial=True, help_text="Else it ends now.")


class PaymentForm(OperationForm):
    payment = forms.CharField(max_length=64, help_text="What names the money: the number of a transfer.")


def _rule(stored: list[Any]) -> dict[str, Any]:
    amount, percent, days, times = stored
    rule = {
        "amount": None if amount is None else f"{amount / 10**6:f}",
        "percent": percent,
        "days": days,
        "times": times,
    }
    return {name: value for name, value in rule.items() if value is not None}
