"""The members of answers, for the OpenAPI document; `representations` writes them, and a test compares the two."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import StrictSerializer

from ..engine.kinds import CONTRA_OF_KIND, CONTRA_OF_SOURCE, KINDS, SOURCES
from ..models.holds import STATUSES
from ..services.consumptions import MAX_ITEMS
from .bodies import ConsumptionItem

CONTRAS = sorted({*CONTRA_OF_KIND.values(), *CONTRA_OF_SOURCE.values()})


@extend_schema_field({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,6})?$", "examples": ["12.5"]})
class Amount(serializers.CharField):
    """Credits as a canonical decimal text: at most six decimals, no superfluous zeros."""


class Shape(serializers.Serializer[Any]):
    """Members of an answer; every one is always there."""


class Ending(Shape):
    amount = Amount()
    expires_at = serializers.DateTimeField()


class Wallet(Shape):
    at = serializers.DateTimeField(required=False, help_text="The past instant that was asked for.")
    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=["active", "frozen"])
    balance = Amount()
    held = Amount()
    available = Amount()
    debt = Amount()
    expiring = Ending(many=True)
    sequence = serializers.IntegerField()
    time_zone = serializers.CharField()
    attributes = serializers.DictField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class Grant(Shape):
    id = serializers.UUIDField()
    amount = Amount()
    remaining = Amount()
    held = Amount()
    source = serializers.ChoiceField(choices=SOURCES)  # type: ignore[assignment]  # DRF has an attribute of this name
    priority = serializers.IntegerField()
    effective_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    voided_at = serializers.DateTimeField(allow_null=True)
    cost_minor = serializers.IntegerField(allow_null=True)
    currency = serializers.CharField(allow_null=True)
    description = serializers.CharField(allow_null=True)
    metadata = serializers.DictField(allow_null=True)
    created_at = serializers.DateTimeField()


class Hold(Shape):
    id = serializers.UUIDField()
    reference = serializers.CharField()
    amount = Amount()
    captured = Amount()
    status = serializers.ChoiceField(choices=STATUSES)
    placed_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    basis = serializers.CharField(allow_null=True)
    description = serializers.CharField(allow_null=True)
    metadata = serializers.DictField(allow_null=True)


class Allocation(Shape):
    grant = serializers.UUIDField()
    amount = Amount()


class Entry(Shape):
    id = serializers.UUIDField()
    reference = serializers.CharField()
    sequence = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=KINDS)
    contra = serializers.ChoiceField(choices=CONTRAS, allow_null=True)
    amount = Amount()
    held_change = Amount()
    debt_change = Amount()
    balance_after = Amount()
    held_after = Amount()
    debt_after = Amount()
    effective_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    grant = serializers.UUIDField(allow_null=True)
    hold = serializers.UUIDField(allow_null=True)
    reverses = serializers.UUIDField(allow_null=True)
    caused_by = serializers.UUIDField(allow_null=True)
    allocations = Allocation(many=True)
    shortfall = Amount()
    description = serializers.CharField(allow_null=True)
    metadata = serializers.DictField(allow_null=True)
    request_id = serializers.CharField(allow_null=True)
    hash = serializers.CharField()


class PostedEntry(Entry):
    wallet = Wallet()


class PostedGrant(Grant):
    entry = Entry()
    wallet = Wallet()


class PostedHold(Shape):
    hold = Hold()
    entry = Entry()
    wallet = Wallet()


class PostedTransfer(Shape):
    entry = Entry()
    target_entry = Entry()


class Batch(StrictSerializer):
    items = serializers.ListField(child=ConsumptionItem(), min_length=1, max_length=MAX_ITEMS)


class BatchResult(Shape):
    """`entry` and `replayed` when the item was posted (status 201), else `problem`."""

    status = serializers.IntegerField()
    replayed = serializers.BooleanField(required=False)
    entry = Entry(required=False)
    problem = serializers.DictField(required=False)


class BatchResults(Shape):
    results = BatchResult(many=True)
