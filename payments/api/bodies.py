"""The members of requests: all strict."""

from typing import Any

from django.core.validators import URLValidator
from rest_framework import serializers

from core.api.fields import AmountField, StrictBooleanField, StrictIntegerField, StrictSerializer, TextField
from credits.api.bodies import ReferenceField

from .. import currencies
from ..models.payments import PURPOSES, STATUSES

MOST_PACKS = 100
WHAT = "Send either `pack`, or `amount_minor` with `currency`."


class CurrencyField(TextField):
    """The three letters of a currency, in upper case."""

    def to_internal_value(self, data: Any) -> str:
        """Return the code; raises ValidationError for one that is not known."""
        code = super().to_internal_value(data)
        if code not in currencies.known():
            raise serializers.ValidationError('Name a currency by its three capital letters, such as "EUR".')
        return code


class MinorField(StrictIntegerField):
    """An amount of money in the smallest unit of its currency."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=currencies.LARGEST_MINOR, **kwargs)


class PaymentBody(StrictSerializer):
    reference = ReferenceField(required=False, help_text="The wallet; a customer's is his own.")
    pack = TextField(required=False, max_length=40)
    quantity = StrictIntegerField(required=False, min_value=1, max_value=MOST_PACKS)
    amount_minor = MinorField(required=False)
    currency = CurrencyField(required=False)
    provider = TextField(required=False, max_length=20)
    return_url = TextField(required=False, max_length=500, validators=[URLValidator(schemes=["https", "http"])])
    keeps_method = StrictBooleanField(required=False, help_text="Ask for consent to charge the same means again.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the members; raises ValidationError for what is neither a pack nor an amount, or both."""
        is_free = "amount_minor" in attrs
        if is_free == ("pack" in attrs) or (is_free and "currency" not in attrs) or (is_free and "quantity" in attrs):
            raise serializers.ValidationError(WHAT)
        return attrs


class RefundBody(StrictSerializer):
    amount_minor = MinorField(required=False)
    reason = TextField(max_length=1000)


class AutoTopUpBody(StrictSerializer):
    reference = ReferenceField(required=False)
    enabled = StrictBooleanField()
    threshold = AmountField()
    pack = TextField(max_length=40)
    currency = CurrencyField(required=False)
    monthly_cap_minor = MinorField()
    consent = TextField(required=False, max_length=2000, help_text="The text that the customer agreed to.")


class PortalBody(StrictSerializer):
    reference = ReferenceField(required=False)
    provider = TextField(required=False, max_length=20)
    return_url = TextField(max_length=500, validators=[URLValidator(schemes=["https", "http"])])


class WalletQuery(serializers.Serializer[Any]):
    reference = serializers.CharField(required=False, max_length=128, help_text="A wallet; a customer's is his own.")


class PaymentFilter(WalletQuery):
    status = serializers.ChoiceField(choices=STATUSES, required=False)
    purpose = serializers.ChoiceField(choices=PURPOSES, required=False)
