"""The members of answers, for the OpenAPI document; `representations` writes them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ..models.disputes import STATUSES as DISPUTE_STATUSES
from ..models.payments import PURPOSES, STATUSES
from ..models.refunds import STATUSES as REFUND_STATUSES


@extend_schema_field({"type": "string", "pattern": r"^[0-9]+(\.[0-9]{1,6})?$", "examples": ["1000"]})
class Amount(serializers.CharField):
    """Credits as a canonical decimal text."""


class Shape(serializers.Serializer[Any]):
    """Members of an answer; every one is always there."""


class Price(Shape):
    currency = serializers.CharField()
    amount_minor = serializers.IntegerField()


class BonusTier(Shape):
    from_quantity = serializers.IntegerField()
    bonus_percent = serializers.IntegerField()


class Pack(Shape):
    code = serializers.CharField()
    name = serializers.CharField()
    credits = Amount()
    bonus_tiers = BonusTier(many=True)
    expires_in_days = serializers.IntegerField(allow_null=True)
    prices = Price(many=True)


class FreeAmount(Shape):
    currency = serializers.CharField()
    credits_per_unit = Amount()
    minimum_minor = serializers.IntegerField()
    maximum_minor = serializers.IntegerField()


class Packs(Shape):
    results = Pack(many=True)
    free_amounts = FreeAmount(many=True)
    providers = serializers.ListField(child=serializers.CharField())


class RefundShape(Shape):
    id = serializers.UUIDField()
    amount_minor = serializers.IntegerField()
    status = serializers.ChoiceField(choices=REFUND_STATUSES)
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()


class DisputeShape(Shape):
    amount_minor = serializers.IntegerField()
    status = serializers.ChoiceField(choices=DISPUTE_STATUSES)
    created_at = serializers.DateTimeField()


class PaymentShape(Shape):
    id = serializers.UUIDField()
    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    purpose = serializers.ChoiceField(choices=PURPOSES)
    amount_minor = serializers.IntegerField()
    currency = serializers.CharField()
    credits = Amount()
    pack = serializers.CharField(allow_null=True)
    quantity = serializers.IntegerField()
    provider = serializers.CharField()
    checkout_url = serializers.CharField(allow_null=True)
    reversed_minor = serializers.IntegerField()
    refunds = RefundShape(many=True)
    disputes = DisputeShape(many=True)
    receipt = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)


class PostedRefund(Shape):
    refund = RefundShape()
    payment = PaymentShape()


class AutoTopUpShape(Shape):
    enabled = serializers.BooleanField()
    threshold = Amount(allow_null=True)
    pack = serializers.CharField(allow_null=True)
    currency = serializers.CharField(allow_null=True)
    monthly_cap_minor = serializers.IntegerField(allow_null=True)
    consent = serializers.CharField(allow_null=True)
    consent_at = serializers.DateTimeField(allow_null=True)
    declines = serializers.IntegerField()
    stopped_at = serializers.DateTimeField(allow_null=True)
    spent_minor = serializers.IntegerField(help_text="Of the monthly cap, in this month.")
    has_method = serializers.BooleanField(help_text="Whether a means of payment is stored that can be charged.")


class Portal(Shape):
    url = serializers.CharField()


class Webhook(Shape):
    id = serializers.CharField(required=False)


class Stored(Shape):
    status = serializers.ChoiceField(choices=["stored"])
