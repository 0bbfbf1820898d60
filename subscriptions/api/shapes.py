"""The members of answers, for the OpenAPI document; `representations` writes them."""

from typing import Any

from rest_framework import serializers

from credits.api.shapes import Amount, Shape

from ..engine.calendar import UNITS as PERIODS
from ..engine.states import STATES
from ..models.allowances import AUDIENCES, CATCH_UPS, MODES, UNITS
from ..models.periods import CHARGE_STATES

KINDS = ("upgrade", "downgrade", "keep")


class RolloverRule(Shape):
    amount = Amount(allow_null=True)
    percent = serializers.IntegerField(allow_null=True)
    days = serializers.IntegerField(allow_null=True)
    times = serializers.IntegerField()


class Plan(Shape):
    code = serializers.CharField()
    family = serializers.CharField()
    name = serializers.CharField()
    version = serializers.IntegerField()
    is_active = serializers.BooleanField()
    is_public = serializers.BooleanField()
    amount_minor = serializers.IntegerField()
    currency = serializers.CharField(allow_null=True)
    credits = Amount()
    period_unit = serializers.ChoiceField(choices=PERIODS)
    period_count = serializers.IntegerField()
    validity_days = serializers.IntegerField(allow_null=True)
    rollover = RolloverRule(allow_null=True)
    trial_days = serializers.IntegerField()
    trial_credits = Amount()
    priority = serializers.IntegerField()
    features: Any = serializers.DictField()
    requests_per_minute = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()


class Period(Shape):
    """`started_at` is later than `due_at` where the work was late."""

    number = serializers.IntegerField()
    due_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    credits = Amount()
    grant = serializers.UUIDField(allow_null=True)


class Charge(Shape):
    id = serializers.UUIDField()
    amount_minor = serializers.IntegerField()
    currency = serializers.CharField()
    status = serializers.ChoiceField(choices=CHARGE_STATES)
    due_at = serializers.DateTimeField()
    checkout_url = serializers.CharField(allow_null=True)


class Subscription(Shape):
    """`period` is the one that runs; `charge` is what is to be paid, if anything is."""

    id = serializers.UUIDField()
    reference = serializers.CharField()
    family = serializers.CharField()
    plan = serializers.CharField()
    version = serializers.IntegerField()
    next_plan = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=STATES)
    is_billed = serializers.BooleanField()
    auto_renew = serializers.BooleanField()
    time_zone = serializers.CharField()
    started_at = serializers.DateTimeField()
    trial_ends_at = serializers.DateTimeField(allow_null=True)
    period = Period(allow_null=True)
    charge = Charge(allow_null=True)
    grace_ends_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    end_reason = serializers.CharField(allow_null=True)


class Change(Shape):
    """What is due and granted now; a downgrade, and what is kept, moves nothing now."""

    kind = serializers.ChoiceField(choices=KINDS)
    plan = serializers.CharField()
    version = serializers.IntegerField()
    effective_at = serializers.DateTimeField()
    amount_minor = serializers.IntegerField()
    currency = serializers.CharField(allow_null=True)
    credits = Amount()


class Changed(Shape):
    subscription = Subscription()
    change = Change()


class Run(Shape):
    date = serializers.DateField()
    due_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    wallets = serializers.IntegerField()
    grants = serializers.IntegerField()


class Allowance(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()
    amount = Amount()
    mode = serializers.ChoiceField(choices=MODES)
    audience = serializers.ChoiceField(choices=AUDIENCES)
    plans = serializers.ListField(child=serializers.CharField())
    reference_prefix = serializers.CharField(allow_blank=True)
    priority = serializers.IntegerField()
    unit = serializers.ChoiceField(choices=UNITS)
    time = serializers.TimeField()
    time_zone = serializers.CharField()
    validity_days = serializers.IntegerField(allow_null=True)
    start_date = serializers.DateField()
    end_date = serializers.DateField(allow_null=True)
    catch_up = serializers.ChoiceField(choices=CATCH_UPS)
    is_active = serializers.BooleanField()
    next_due_at = serializers.DateTimeField(allow_null=True)
    latest_run = Run(allow_null=True)


class DryRun(Shape):
    due_at = serializers.DateTimeField(allow_null=True)
    wallets = serializers.IntegerField()
    grants = serializers.IntegerField()
    credits = Amount()
