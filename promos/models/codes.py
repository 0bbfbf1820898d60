"""A code, and for whom it is."""

import re
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from core.amounts import MAX_MICROS
from core.clock import now
from core.fields import CreditsField, ExactCharField
from core.ids import uuid7
from credits.models import Wallet

from ..code_text import MAX_LENGTH, validate_code
from .batches import CodeBatch

MAX_CREDITS = MAX_MICROS // 1_000_000
MAX_DAYS = 36_500
MAX_PERCENT = 1_000

validate_campaign = RegexValidator(
    re.compile(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z"), "Use 1 to 64 of the characters A-Z a-z 0-9 . _ -"
)
validate_currency = RegexValidator(re.compile(r"\A[A-Z]{3}\Z"), "Use a code of ISO 4217, such as EUR.")


class Audience(models.TextChoices):
    EVERYONE = "everyone", "Everyone"
    LISTED = "listed", "Listed wallets"
    NEW = "new", "Wallets younger than some days"
    WITHOUT_PURCHASE = "without_purchase", "Wallets that never bought"
    PLAN = "plan", "Holders of a plan"


def _rule(name: str, condition: Q, sentence: str) -> models.CheckConstraint:
    """Return a rule; a comparison with NULL breaks none, so what must be there is asked for by `isnull`."""
    return models.CheckConstraint(condition=condition, name=f"promo_code_{name}", violation_error_message=sentence)


class PromoCode(models.Model):
    """What redeeming a text gives, to whom, and how often; `redeemed` is changed under the row's lock only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = ExactCharField(max_length=MAX_LENGTH, validators=[validate_code])
    normalized = ExactCharField(max_length=MAX_LENGTH, unique=True, editable=False)
    description = models.CharField(max_length=200, blank=True, default="", help_text="The customer reads it.")
    amount = CreditsField(null=True, blank=True, help_text="Credits, granted at once.")  # type: ignore[misc]  # NULL is None
    bonus_percent = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Or so many percent of the credits of the next purchase."
    )
    expires_in_days = models.PositiveIntegerField(
        null=True, blank=True, help_text="Life of the granted credits; empty for ever."
    )
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    max_redemptions = models.PositiveIntegerField(null=True, blank=True, help_text="In total; empty for no limit.")
    max_redemptions_per_wallet = models.PositiveIntegerField(default=1)
    redeemed = models.PositiveIntegerField(default=0, editable=False)
    audience = models.CharField(max_length=16, choices=Audience.choices, default=Audience.EVERYONE)
    max_wallet_age_days = models.PositiveIntegerField(null=True, blank=True, help_text="Of the audience `new`.")
    plan = models.CharField(max_length=100, blank=True, default="", help_text="Of the audience `plan`.")
    minimum_purchase_minor = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="What a purchase must cost to get the bonus, in the smallest unit."
    )
    minimum_purchase_currency = models.CharField(max_length=3, blank=True, default="", validators=[validate_currency])
    group = ExactCharField(max_length=64, blank=True, default="", help_text="Codes of a group know of each other.")
    is_stackable = models.BooleanField(
        default=True, help_text="If not, a wallet uses no other code of the group beside this one."
    )
    is_active = models.BooleanField(default=True)
    campaign = models.CharField(max_length=64, blank=True, default="", db_index=True, validators=[validate_campaign])
    batch = models.ForeignKey(
        CodeBatch, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="codes"
    )
    referrer = models.OneToOneField(
        Wallet, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="referral_code"
    )
    referrer_amount = CreditsField(null=True, blank=True, editable=False)  # type: ignore[misc]  # the same
    created_by = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        default_permissions = ("add", "change", "view")
        constraints: ClassVar = [
            _rule("normalized_is_upper_case", Q(normalized=Upper("code")), "The looked-up spelling is another."),
            _rule(
                "gives_amount_or_percent",
                Q(amount__isnull=False, bonus_percent=None) | Q(amount=None, bonus_percent__isnull=False),
                "Name either an amount or a percentage.",
            ),
            _rule(
                "amount_in_range",
                Q(amount=None) | Q(amount__gt=0, amount__lte=MAX_CREDITS),
                "Name an amount of more than zero, at most 1,000,000,000.",
            ),
            _rule(
                "percent_in_range",
                Q(bonus_percent=None) | Q(bonus_percent__gte=1, bonus_percent__lte=MAX_PERCENT),
                f"Name from 1 to {MAX_PERCENT:,} percent.",
            ),
            _rule(
                "credits_live_some_days",
                Q(expires_in_days=None) | Q(expires_in_days__gte=1, expires_in_days__lte=MAX_DAYS),
                f"Name from 1 to {MAX_DAYS:,} days; leave them out for ever.",
            ),
            _rule(
                "starts_before_it_ends",
                Q(starts_at=None) | Q(ends_at=None) | Q(starts_at__lt=F("ends_at")),
                "The code must end after it starts.",
            ),
            _rule(
                "redeemed_within_limit",
                Q(max_redemptions=None) | Q(redeemed__lte=F("max_redemptions")),
                "The code was used more often than that already.",
            ),
            _rule(
                "limits_positive",
                (Q(max_redemptions=None) | Q(max_redemptions__gte=1)) & Q(max_redemptions_per_wallet__gte=1),
                "A limit is at least 1.",
            ),
            _rule(
                "audience_has_its_terms",
                Q(audience__in=["everyone", "listed", "without_purchase"], max_wallet_age_days=None, plan="")
                | Q(
                    audience="new",
                    max_wallet_age_days__isnull=False,
                    max_wallet_age_days__gte=1,
                    max_wallet_age_days__lte=MAX_DAYS,
                    plan="",
                )
                | (Q(audience="plan", max_wallet_age_days=None) & ~Q(plan="")),
                "The audience `new` has max_wallet_age_days, `plan` has plan, and no other has either.",
            ),
            _rule(
                "minimum_is_of_a_bonus",
                Q(minimum_purchase_minor=None, minimum_purchase_currency="")
                | (
                    Q(minimum_purchase_minor__isnull=False, minimum_purchase_minor__gte=1, bonus_percent__isnull=False)
                    & ~Q(minimum_purchase_currency="")
                ),
                "A minimum purchase has an amount and a currency, and belongs to a percentage.",
            ),
            _rule("exclusive_in_a_group", Q(is_stackable=True) | ~Q(group=""), "Name the group it is exclusive in."),
            _rule(
                "referral_has_both_amounts",
                Q(referrer=None, referrer_amount=None)
                | Q(referrer__isnull=False, referrer_amount__isnull=False, referrer_amount__gt=0, amount__isnull=False),
                "A referral code has amounts for both sides.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.code)

    @property
    def waits_for_purchase(self) -> bool:
        """Tell whether it gives nothing before the wallet's next purchase."""
        return self.bonus_percent is not None or self.referrer_id is not None


class ListedWallet(models.Model):
    """A wallet of the audience `listed`, by its reference: it need not be open yet."""

    code = models.ForeignKey(PromoCode, on_delete=models.CASCADE, related_name="listed", db_index=False)
    reference = ExactCharField(max_length=128)

    class Meta:
        default_permissions = ("view",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["code", "reference"], name="wallet_listed_once")]

    def __str__(self) -> str:
        return str(self.reference)
