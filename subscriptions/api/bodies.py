"""The members of requests: all strict."""

from typing import Any

from django.core.validators import RegexValidator, URLValidator
from rest_framework import serializers

from core.api.fields import (
    AmountField,
    ObjectField,
    StrictBooleanField,
    StrictIntegerField,
    StrictSerializer,
    TextField,
)
from credits.api.bodies import ReferenceField, RolloverBody, TimeZoneField
from credits.engine.bounds import MAX_DAYS

from ..engine.calendar import MAX_COUNT
from ..engine.calendar import UNITS as PERIODS
from ..engine.states import STATES
from ..models.allowances import AUDIENCES, CATCH_UPS, MODES, UNITS
from ..models.plans import validate_code

validate_prefix = RegexValidator(r"\A[A-Za-z0-9._:@-]*\Z", "Use the characters A-Z a-z 0-9 . _ : @ -")
MOST_MINOR = 10**15
MOST_PER_MINUTE = 1_000_000
MOST_PLANS = 100


class CodeField(TextField):
    """The code of a plan or the name of a family."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validators=[validate_code], trim_whitespace=False, **kwargs)


class CurrencyField(TextField):
    """A currency (ISO 4217), upper case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validators=[RegexValidator(r"\A[A-Z]{3}\Z", "Write three capitals, such as EUR.")], **kwargs)


class PlanChangeBody(StrictSerializer):
    """What a plan offers; other terms than before make a new version."""

    name = TextField(max_length=120, required=False)
    is_active = StrictBooleanField(required=False)
    is_public = StrictBooleanField(required=False)
    amount_minor = StrictIntegerField(required=False, min_value=0, max_value=MOST_MINOR)
    currency = CurrencyField(required=False)
    credits = AmountField(required=False, positive=False)
    period_unit = serializers.ChoiceField(choices=PERIODS, required=False)
    period_count = StrictIntegerField(required=False, min_value=1, max_value=MAX_COUNT)
    validity_days = StrictIntegerField(required=False, allow_null=True, min_value=1, max_value=MAX_DAYS)
    rollover = RolloverBody(required=False, allow_null=True)
    trial_days = StrictIntegerField(required=False, min_value=0, max_value=365)
    trial_credits = AmountField(required=False, positive=False)
    priority = StrictIntegerField(required=False, min_value=0, max_value=100)
    features = ObjectField(required=False)
    requests_per_minute = StrictIntegerField(required=False, allow_null=True, min_value=1, max_value=MOST_PER_MINUTE)


class PlanBody(PlanChangeBody):
    code = CodeField()
    family = CodeField(required=False)
    name = TextField(max_length=120)
    credits = AmountField(positive=False)
    period_unit = serializers.ChoiceField(choices=PERIODS)


class PayingBody(StrictSerializer):
    """How a customer wants to pay for what has a price."""

    provider = TextField(required=False, max_length=20, help_text="Where to pay; the usual one if it is left out.")
    return_url = TextField(required=False, max_length=500, validators=[URLValidator(schemes=["https", "http"])])


class SubscriptionBody(PayingBody):
    plan = CodeField()
    reference = ReferenceField(required=False)
    auto_renew = StrictBooleanField(required=False)
    is_billed = StrictBooleanField(required=False)


class ChangeBody(PayingBody):
    plan = CodeField()
    preview = StrictBooleanField(required=False)


class CancelBody(StrictSerializer):
    at_period_end = StrictBooleanField(required=False)


class SubscriptionQuery(serializers.Serializer[Any]):
    reference = ReferenceField(required=False)
    status = serializers.ChoiceField(choices=STATES, required=False)
    plan = CodeField(required=False)


class AllowanceChangeBody(StrictSerializer):
    name = TextField(max_length=120, required=False)
    amount = AmountField(required=False)
    mode = serializers.ChoiceField(choices=MODES, required=False)
    audience = serializers.ChoiceField(choices=AUDIENCES, required=False)
    plans = serializers.ListField(child=CodeField(), max_length=MOST_PLANS, required=False)
    reference_prefix = TextField(
        required=False, allow_blank=True, max_length=128, validators=[validate_prefix], trim_whitespace=False
    )
    priority = StrictIntegerField(required=False, min_value=0, max_value=100)
    unit = serializers.ChoiceField(choices=UNITS, required=False)
    time = serializers.TimeField(required=False, help_text="Of the day, in the time zone.")
    time_zone = TimeZoneField(required=False)
    validity_days = StrictIntegerField(required=False, allow_null=True, min_value=1, max_value=MAX_DAYS)
    start_date = serializers.DateField(required=False)
    end_date = serializers.DateField(required=False, allow_null=True, help_text="The first day without.")
    catch_up = serializers.ChoiceField(choices=CATCH_UPS, required=False)
    is_active = StrictBooleanField(required=False)


class AllowanceBody(AllowanceChangeBody):
    name = TextField(max_length=120)
    amount = AmountField()
    time = serializers.TimeField()
