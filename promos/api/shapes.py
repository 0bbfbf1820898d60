"""The objects of promos as answers show them; `representations` writes them."""

from typing import ClassVar

from rest_framework import serializers

from core.api.shapes import Amount, Choice, Identifier, Instant, Number, Shape, Shown, Text
from credits.api.shapes import AT, GRANT_ID, LATER, Entry, Grant, Wallet

from ..models.codes import Audience

CODE, CAMPAIGN = "SUMMER26", "summer-26"


class Flag(Shown, serializers.BooleanField):
    usual = True


class References(Shown, serializers.ListField):
    child = serializers.CharField()
    usual: ClassVar[list[str]] = []


class PromoCode(Shape):
    code = Text(CODE)
    description = Text("A summer of credits")
    amount = Amount("100", allow_null=True)
    bonus_percent = Number(allow_null=True)
    expires_in_days = Number(30, allow_null=True)
    starts_at = Instant(AT, allow_null=True)
    ends_at = Instant(LATER, allow_null=True)
    max_redemptions = Number(1000, allow_null=True)
    max_redemptions_per_wallet = Number(1)
    redeemed = Number(12)
    audience = Choice(Audience.values, "everyone")
    max_wallet_age_days = Number(allow_null=True)
    plan = Text("")
    wallets = References()
    minimum_purchase_minor = Number(allow_null=True)
    minimum_purchase_currency = Text("")
    group = Text("summer")
    is_stackable = Flag(False)
    is_active = Flag()
    campaign = Text(CAMPAIGN)
    batch = Identifier(allow_null=True)
    created_at = Instant(AT)


class Eligibility(Shape):
    eligible = Flag()
    reason = Text(allow_null=True, help_text="The code of the refusal; null if eligible.")
    amount = Amount("100", allow_null=True)
    bonus_percent = Number(allow_null=True)


class Redemption(Shape):
    id = Identifier("019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a22")
    code = Text(CODE)
    reference = Text("ada")
    status = Choice(["waiting", "granted"], "granted", help_text="Waiting for the next purchase.")
    amount = Amount("100", allow_null=True)
    bonus_percent = Number(allow_null=True)
    payment = Text(allow_null=True)
    created_at = Instant(AT)
    granted_at = Instant(AT, allow_null=True)
    grant = Grant(allow_null=True)

    sample: ClassVar = {"grant": Grant.example()}


class PostedRedemption(Redemption):
    """A use with what it posted; a code that waits for a purchase posts nothing yet."""

    entry = Entry(allow_null=True)
    wallet = Wallet()

    sample: ClassVar = {
        **Redemption.sample,
        "entry": Entry.example(kind="issued", contra="promotions", amount="100", grant=GRANT_ID),
    }


class CodeBatch(Shape):
    id = Identifier("019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a21")
    campaign = Text(CAMPAIGN)
    prefix = Text("SUMMER")
    count = Number(100000)
    created_by = Text("key:k7m2p9q4xz")
    created_at = Instant(AT)
    revoked_at = Instant(allow_null=True)


class Campaign(Shape):
    campaign = Text(CAMPAIGN)
    codes = Number(100000)
    active = Number(100000)
    redeemed = Number(3)
    waiting = Number(0)
    given = Amount("300")
    consumed = Amount("120.5")
    expired = Amount("50")
    remaining = Amount("129.5")
    taken_back = Amount("0", help_text="Voided, reset or transferred.")


class ReferralCode(Shape):
    code = Text("REF-7KQM-22XF-9DTR-ACPW")
    amount = Amount("20", help_text="For who uses it, after his first purchase.")
    referrer_amount = Amount("50", help_text="For whose code it is, then, too.")
    expires_in_days = Number(90, allow_null=True)
    referred = Number(2)
    rewarded = Number(1)
    max_referrals = Number(50, allow_null=True)
