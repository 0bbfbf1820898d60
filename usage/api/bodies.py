"""The members of requests about usage."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from core.api.fields import (
    AmountField,
    InstantField,
    ObjectField,
    StrictBooleanField,
    StrictIntegerField,
    StrictSerializer,
    TextField,
)
from credits.api.bodies import OVERAGES, KeyField, MetadataField, ReferenceField

from ..models.budgets import MAX_WINDOW_SECONDS, WINDOWS
from ..pricing import QUANTITIES, Tier

MAX_UNITS = 10**12
# What is measured, not counted.
MEASURED = ("seconds",)


class QuantitiesBody(StrictSerializer):
    """A model, and how much of it; each quantity is a member."""

    model = TextField(max_length=128)
    provider = TextField(max_length=64, required=False, allow_blank=True)
    operation = TextField(max_length=64, required=False, allow_blank=True)

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]  # takes no parameter at run time
        """Add a member for each quantity that a rate may have a price for."""
        counted = {name: StrictIntegerField(required=False, min_value=0, max_value=MAX_UNITS) for name in QUANTITIES}
        measured = {name: AmountField(required=False, positive=False) for name in MEASURED}
        return {**super().get_fields(), **counted, **measured}


class EstimateBody(QuantitiesBody):
    pass


class EventBody(QuantitiesBody):
    reference = ReferenceField()
    hold = serializers.UUIDField(required=False, allow_null=True, help_text="Pays; `overage` is then up_to by default.")
    final = StrictBooleanField(required=False, help_text="false keeps the hold open.")
    overage = serializers.ChoiceField(choices=OVERAGES, required=False)
    idempotency_key = KeyField(required=False)
    occurred_at = InstantField(required=False, allow_null=True)
    metadata = MetadataField(required=False, allow_null=True)


class PricesField(ObjectField):
    """Money for each quantity, as decimal texts."""

    def to_internal_value(self, data: Any) -> dict[str, Decimal]:
        """Return the prices; raises ValidationError for an unknown quantity or what is no amount."""
        given = super().to_internal_value(data)
        unknown = set(given) - set(QUANTITIES)
        if unknown or not given:
            known = ", ".join(QUANTITIES)
            raise serializers.ValidationError(f"Name a price for at least one of: {known}.")
        amount = PriceField()
        return {name: amount.run_validation(price) for name, price in given.items()}


class PriceField(serializers.DecimalField):
    """A price of money: a text of a decimal, not negative, with at most 12 decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=24, decimal_places=12, min_value=Decimal(0), coerce_to_string=True, **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        """Return the price; a number of JSON may have lost digits on its way, so only a whole one is taken."""
        if isinstance(data, bool) or not isinstance(data, str | int):
            raise serializers.ValidationError('Write a price as a decimal text, such as "2.5".')
        return Decimal(super().to_internal_value(data))


class TierBody(StrictSerializer):
    above = StrictIntegerField(min_value=0, max_value=MAX_UNITS)
    prices = PricesField()

    def validate(self, attrs: dict[str, Any]) -> Tier:
        """Return the tier as the arithmetic takes it."""
        return Tier(**attrs)


class RateBody(StrictSerializer):
    provider = TextField(max_length=64, required=False, allow_blank=True)
    model = TextField(max_length=128)
    operation = TextField(max_length=64, required=False, allow_blank=True)
    prices = PricesField()
    tiers = serializers.ListField(child=TierBody(), required=False, max_length=10)
    markup_percent = AmountField(required=False, signed=True, positive=False)
    credits_per_currency_unit = AmountField(required=False)
    currency = serializers.RegexField(r"\A[A-Z]{3}\Z", required=False)
    effective_from = InstantField(required=False, allow_null=True)
    effective_to = InstantField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the members; raises ValidationError for a discount of more than everything, or an end too early."""
        if attrs.get("markup_percent", Decimal(0)) < -100:
            raise serializers.ValidationError({"markup_percent": "A discount is at most 100 percent."})
        ends, begins = attrs.get("effective_to"), attrs.get("effective_from")
        if ends is not None and (begins is None or ends <= begins):
            raise serializers.ValidationError({"effective_to": "Name effective_from, and an end after it."})
        return attrs


class BudgetChangeBody(StrictSerializer):
    limit = AmountField(required=False, positive=False)
    hard = StrictBooleanField(required=False)


class BudgetBody(StrictSerializer):
    reference = ReferenceField(required=False)
    api_key = serializers.UUIDField(required=False)
    operation = TextField(max_length=64, required=False, allow_blank=True)
    window = serializers.ChoiceField(choices=WINDOWS)
    window_seconds = StrictIntegerField(required=False, min_value=60, max_value=MAX_WINDOW_SECONDS)
    limit = AmountField(positive=False)
    hard = StrictBooleanField(required=False)
