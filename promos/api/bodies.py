"""The members of requests: all strict."""

from typing import Any

from rest_framework import serializers

from core.api.fields import (
    AmountField,
    InstantField,
    StrictBooleanField,
    StrictIntegerField,
    StrictSerializer,
    TextField,
)
from credits.api.bodies import ReasonField, ReferenceField

from ..code_text import MAX_LENGTH, MAX_PREFIX, validate_code, validate_prefix
from ..models.batches import MOST_CODES
from ..models.codes import MAX_DAYS, MAX_PERCENT, Audience, validate_campaign, validate_currency

MOST_LISTED = 1_000
MOST_USES = 2_000_000_000
MOST_MINOR = 10**15


class CampaignField(TextField):
    """The name of a campaign, as it may stand in a path."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=64, validators=[validate_campaign], **kwargs)


class ReferencesField(serializers.ListField):
    """References of wallets, which need not be open yet."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=ReferenceField(), max_length=MOST_LISTED, **kwargs)


class ChangeBody(StrictSerializer):
    """What may change as long as a code lives."""

    description = TextField(required=False, allow_blank=True, max_length=200)
    starts_at = InstantField(required=False, allow_null=True)
    ends_at = InstantField(required=False, allow_null=True)
    max_redemptions = StrictIntegerField(required=False, allow_null=True, min_value=1, max_value=MOST_USES)
    max_redemptions_per_wallet = StrictIntegerField(required=False, min_value=1, max_value=MOST_USES)
    audience = serializers.ChoiceField(choices=Audience.values, required=False)
    max_wallet_age_days = StrictIntegerField(required=False, allow_null=True, min_value=1, max_value=MAX_DAYS)
    plan = TextField(required=False, allow_blank=True, max_length=100)
    wallets = ReferencesField(required=False)
    is_active = StrictBooleanField(required=False)


class CodeChangeBody(ChangeBody):
    campaign = CampaignField(required=False, allow_blank=True)
    reason = ReasonField(required=False)


class TermsBody(ChangeBody):
    """What a code gives, besides."""

    amount = AmountField(required=False, allow_null=True)
    bonus_percent = StrictIntegerField(required=False, allow_null=True, min_value=1, max_value=MAX_PERCENT)
    expires_in_days = StrictIntegerField(required=False, allow_null=True, min_value=1, max_value=MAX_DAYS)
    minimum_purchase_minor = StrictIntegerField(required=False, allow_null=True, min_value=1, max_value=MOST_MINOR)
    minimum_purchase_currency = TextField(required=False, allow_blank=True, validators=[validate_currency])
    group = TextField(required=False, allow_blank=True, max_length=64)
    is_stackable = StrictBooleanField(required=False)


class CodeBody(TermsBody):
    code = TextField(max_length=MAX_LENGTH, validators=[validate_code])
    campaign = CampaignField(required=False, allow_blank=True)


class GenerateBody(TermsBody):
    count = StrictIntegerField(min_value=1, max_value=MOST_CODES)
    prefix = TextField(required=False, allow_blank=True, max_length=MAX_PREFIX, validators=[validate_prefix])
    campaign = CampaignField()
    # A list for each of many codes is no list any more.
    wallets = None  # type: ignore[assignment]


class RedemptionBody(StrictSerializer):
    code = TextField(max_length=256)
    reference = ReferenceField(required=False)


class ReferralBody(StrictSerializer):
    reference = ReferenceField(required=False)


class WalletQuery(serializers.Serializer[Any]):
    reference = ReferenceField(required=False, help_text="The wallet; a customer's own need not be named.")


class CodeQuery(serializers.Serializer[Any]):
    campaign = serializers.CharField(required=False)
    batch = serializers.UUIDField(required=False)
    is_active = StrictBooleanField(required=False)
    search = serializers.CharField(required=False, help_text="How the code begins.")
