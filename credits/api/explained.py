"""The members of explanations, statistics and forecasts, for the OpenAPI document."""

from rest_framework import serializers

from ..engine.kinds import KINDS, SOURCES
from .shapes import Allocation, Amount, Shape


class GrantTerms(Shape):
    grant = serializers.UUIDField()
    source = serializers.ChoiceField(choices=SOURCES)  # type: ignore[assignment]  # DRF has an attribute of this name
    priority = serializers.IntegerField()
    amount = Amount()
    effective_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    voided_at = serializers.DateTimeField(allow_null=True)
    parent = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]  # DRF has an attribute of this name


class GrantPart(GrantTerms):
    remaining = Amount()


class GrantMoved(GrantTerms):
    moved = Amount()
    remaining_before = Amount()
    remaining_after = Amount()


class HoldPart(Shape):
    hold = serializers.UUIDField()
    amount = Amount()
    placed_by = serializers.CharField()
    placed_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    basis = serializers.CharField(allow_null=True)
    held = Amount(required=False)


class Expiry(Shape):
    grant = serializers.UUIDField()
    amount = Amount()
    expires_at = serializers.DateTimeField()


class KindSum(Shape):
    kind = serializers.ChoiceField(choices=KINDS)
    amount = Amount()


class BalanceExplained(Shape):
    """A balance re-added from the ledger; of a refusal, what was asked for, and what would have let it pass."""

    reference = serializers.CharField(required=False)
    at = serializers.DateTimeField(required=False)
    sequence = serializers.IntegerField()
    balance = Amount()
    held = Amount()
    available = Amount()
    debt = Amount()
    grants = GrantPart(many=True)
    holds = HoldPart(many=True)
    expiries = Expiry(many=True)
    kinds = KindSum(many=True, required=False)
    would_pass = serializers.ListField(child=serializers.CharField(), required=False)


class Line(Shape):
    id = serializers.UUIDField()
    reference = serializers.CharField()
    sequence = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=KINDS)
    contra = serializers.CharField(allow_null=True)
    amount = Amount()
    held_change = Amount()
    debt_change = Amount()
    balance_after = Amount()
    shortfall = Amount()
    effective_at = serializers.DateTimeField()
    grant = serializers.UUIDField(allow_null=True)
    hold = serializers.UUIDField(allow_null=True)
    actor = serializers.CharField()
    description = serializers.CharField(allow_null=True)
    metadata = serializers.DictField(allow_null=True)


class EntryExplained(Shape):
    entry = Line()
    terms = serializers.CharField(allow_null=True)
    allocations = GrantMoved(many=True)
    hold = HoldPart(allow_null=True)
    reverses = Line(many=True)
    causes = Line(many=True)
    followed_by = Line(many=True)
    reversals = Line(many=True)
    reversed = Amount()


class Day(Shape):
    date = serializers.DateField()
    consumed = Amount()
    issued = Amount()


class Stats(Shape):
    reference = serializers.CharField()
    time_zone = serializers.CharField()
    totals = serializers.DictField(child=Amount())
    daily = Day(many=True)


class GrantUse(Shape):
    grant = serializers.UUIDField()
    amount = Amount()
    # "from" is a word of Python, so the shape is built by name.
    locals()["from"] = serializers.DateTimeField()
    to = serializers.DateTimeField()


class ForecastLine(Shape):
    kind = serializers.ChoiceField(choices=KINDS)
    amount = Amount()
    effective_at = serializers.DateTimeField()
    balance_after = Amount()
    held_after = Amount()
    shortfall = Amount()
    allocations = Allocation(many=True)


class Forecast(Shape):
    reference = serializers.CharField()
    at = serializers.DateTimeField()
    first_at = serializers.DateTimeField()
    until = serializers.DateTimeField()
    daily = Amount()
    runs_out_at = serializers.DateTimeField(allow_null=True)
    pays = GrantUse(many=True)
    expires_unused = GrantUse(many=True)
    entries = ForecastLine(many=True)


class TrialBalance(Shape):
    as_of = serializers.DateTimeField()
    unsettled = serializers.IntegerField()
    wallets = Amount()
    contra = serializers.DictField(child=Amount())
    total = Amount()
    debt = Amount()


class Checkpoint(Shape):
    """`signature` is Ed25519 (RFC 8032) over the other members as canonical JSON; all in hexadecimal."""

    version = serializers.IntegerField()
    at = serializers.DateTimeField()
    wallets = serializers.IntegerField()
    entries = serializers.IntegerField()
    digest = serializers.CharField()
    public_key = serializers.CharField()
    signature = serializers.CharField()
