"""The members of answers, for the OpenAPI document; `representations` writes them, and a test compares the two."""

from rest_framework import serializers

from credits.api.shapes import Amount, Entry, Grant, Shape, Wallet

from ..models.codes import Audience


class PromoCode(Shape):
    code = serializers.CharField()
    description = serializers.CharField()
    amount = Amount(allow_null=True)
    bonus_percent = serializers.IntegerField(allow_null=True)
    expires_in_days = serializers.IntegerField(allow_null=True)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    max_redemptions = serializers.IntegerField(allow_null=True)
    max_redemptions_per_wallet = serializers.IntegerField()
    redeemed = serializers.IntegerField()
    audience = serializers.ChoiceField(choices=Audience.values)
    max_wallet_age_days = serializers.IntegerField(allow_null=True)
    plan = serializers.CharField()
    wallets = serializers.ListField(child=serializers.CharField())
    minimum_purchase_minor = serializers.IntegerField(allow_null=True)
    minimum_purchase_currency = serializers.CharField()
    group = serializers.CharField()
    is_stackable = serializers.BooleanField()
    is_active = serializers.BooleanField()
    campaign = serializers.CharField()
    batch = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()


class Eligibility(Shape):
    eligible = serializers.BooleanField()
    reason = serializers.CharField(allow_null=True, help_text="The code of the refusal; null if eligible.")
    amount = Amount(allow_null=True)
    bonus_percent = serializers.IntegerField(allow_null=True)


class Redemption(Shape):
    id = serializers.UUIDField()
    code = serializers.CharField()
    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=["waiting", "granted"], help_text="Waiting for the next purchase.")
    amount = Amount(allow_null=True)
    bonus_percent = serializers.IntegerField(allow_null=True)
    payment = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    granted_at = serializers.DateTimeField(allow_null=True)
    grant = Grant(allow_null=True)


class PostedRedemption(Redemption):
    """A use with what it posted; a code that waits for a purchase posts nothing yet."""

    entry = Entry(allow_null=True)
    wallet = Wallet()


class CodeBatch(Shape):
    id = serializers.UUIDField()
    campaign = serializers.CharField()
    prefix = serializers.CharField()
    count = serializers.IntegerField()
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


class Campaign(Shape):
    campaign = serializers.CharField()
    codes = serializers.IntegerField()
    active = serializers.IntegerField()
    redeemed = serializers.IntegerField()
    waiting = serializers.IntegerField()
    given = Amount()
    consumed = Amount()
    expired = Amount()
    remaining = Amount()
    taken_back = Amount(help_text="Voided, reset or transferred.")


class ReferralCode(Shape):
    code = serializers.CharField()
    amount = Amount(help_text="For who uses it, after his first purchase.")
    referrer_amount = Amount(help_text="For whose code it is, then, too.")
    expires_in_days = serializers.IntegerField(allow_null=True)
    referred = serializers.IntegerField()
    rewarded = serializers.IntegerField()
    max_referrals = serializers.IntegerField(allow_null=True)
