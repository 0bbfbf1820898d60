"""The members of answers about usage, for the OpenAPI document; `representations` writes them."""

from rest_framework import serializers

from core.api.fields import StrictSerializer
from credits.api.shapes import Amount, Entry, Shape, Wallet

from ..models.budgets import WINDOWS
from ..models.rates import SOURCES
from .bodies import EventBody

MAX_ITEMS = 1000


class Estimate(Shape):
    amount = Amount()
    rate = serializers.UUIDField(allow_null=True)
    basis = serializers.ChoiceField(choices=["rate", "free"])


class UsageTier(Shape):
    above = serializers.IntegerField()
    prices = serializers.DictField(child=serializers.CharField())


class Rate(Shape):
    id = serializers.UUIDField()
    version = serializers.IntegerField()
    provider = serializers.CharField()
    model = serializers.CharField()
    operation = serializers.CharField()
    prices = serializers.DictField(child=serializers.CharField())
    tiers = UsageTier(many=True)
    markup_percent = Amount()
    credits_per_currency_unit = Amount()
    currency = serializers.CharField()
    effective_from = serializers.DateTimeField()
    effective_to = serializers.DateTimeField(allow_null=True)
    source = serializers.ChoiceField(choices=SOURCES)  # type: ignore[assignment]  # DRF has an attribute of this name
    created_at = serializers.DateTimeField()


class UsageEvent(Shape):
    id = serializers.UUIDField()
    reference = serializers.CharField()
    provider = serializers.CharField()
    model = serializers.CharField()
    operation = serializers.CharField()
    quantities = serializers.DictField()
    amount = Amount()
    rate = serializers.UUIDField(allow_null=True)
    occurred_at = serializers.DateTimeField()
    late = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    entry = Entry(allow_null=True)


class PostedUsage(UsageEvent):
    """One event with the wallet; of a batch `results` instead."""

    wallet = Wallet()


class UsageResult(Shape):
    """The members of an event when it was recorded (status 201), else `problem`."""

    status = serializers.IntegerField()
    replayed = serializers.BooleanField(required=False)
    event = UsageEvent(required=False)
    problem = serializers.DictField(required=False)


class UsageResults(Shape):
    results = UsageResult(many=True)


class UsageBatch(StrictSerializer):
    items = serializers.ListField(child=EventBody(), min_length=1, max_length=MAX_ITEMS)


class UsageSum(Shape):
    day = serializers.DateField(required=False)
    model = serializers.CharField(required=False)
    operation = serializers.CharField(required=False)
    events = serializers.IntegerField()
    input_tokens = serializers.IntegerField()
    output_tokens = serializers.IntegerField()
    amount = Amount()


class UsageSummary(Shape):
    time_zone = serializers.CharField()
    results = UsageSum(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class Budget(Shape):
    id = serializers.UUIDField()
    reference = serializers.CharField(allow_null=True)
    api_key = serializers.UUIDField(allow_null=True)
    operation = serializers.CharField()
    window = serializers.ChoiceField(choices=WINDOWS)
    window_seconds = serializers.IntegerField(allow_null=True)
    limit = Amount()
    hard = serializers.BooleanField()
    consumed = Amount()
    held = Amount()
    resets_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
