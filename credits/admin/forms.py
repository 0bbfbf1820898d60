"""What operators are asked before an operation, besides the reason."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.operated_admin import OperationForm
from core.amounts import from_micros, parse_amount

from ..engine.kinds import SOURCES
from ..models.wallets import validate_reference


class AmountField(forms.CharField):
    """An amount of credits in the form that the API takes."""

    def __init__(self, *, signed: bool = False, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "text" if signed else "decimal", "autocomplete": "off"})
        super().__init__(max_length=20, widget=widget, **options)
        self.signed = signed

    def clean(self, value: Any) -> Decimal | None:
        """Return the amount, or None if none is asked for."""
        text = super().clean(value)
        try:
            return from_micros(parse_amount(text, signed=self.signed)) if text else None
        except ValueError as error:
            raise ValidationError(f"{error}.".capitalize()) from None


class InstantField(forms.DateTimeField):
    """An instant in UTC, or none."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class AdjustForm(OperationForm):
    amount = AmountField(signed=True, help_text="12.5 adds credits, -12.5 takes free ones.")


class TransferForm(OperationForm):
    amount = AmountField()
    target = forms.CharField(label="To wallet", validators=[validate_reference], help_text="Its reference.")


class PartForm(OperationForm):
    amount = AmountField(required=False, help_text="Leave it empty for all that is left.")


class ReverseForm(PartForm):
    expires_at = InstantField(
        required=False, help_text="UTC. Gives credits of a grant that has expired since a new life, until then."
    )


class IssueForm(OperationForm):
    amount = AmountField()
    source = forms.ChoiceField(
        choices=[(source, source) for source in SOURCES if source != "purchase"], initial="adjustment"
    )
    priority = forms.IntegerField(min_value=0, max_value=100, initial=50, help_text="Lower is used first.")
    effective_at = InstantField(required=False, help_text="UTC. Leave it empty to grant now.")
    expires_at = InstantField(required=False, help_text="UTC. Leave it empty for credits that never expire.")
