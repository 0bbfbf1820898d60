"""What is sold."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from core.clock import now
from core.fields import CreditsField, ExactCharField, JSONTextField
from core.ids import uuid7

from .. import currencies

validate_code = RegexValidator(r"\A[a-z0-9][a-z0-9-]{0,39}\Z", "Use 1 to 40 of the characters a-z 0-9 -")
LARGEST_BONUS_PERCENT = 1_000


def validate_tiers(value: Any) -> None:
    """Raise ValidationError unless the value is a list of {from_quantity, bonus_percent}, both whole numbers."""
    hint = 'Write a list such as [{"from_quantity": 5, "bonus_percent": 10}].'
    if not isinstance(value, list) or not all(isinstance(tier, dict) for tier in value):
        raise ValidationError(hint)
    for tier in value:
        quantity, percent = tier.get("from_quantity"), tier.get("bonus_percent")
        whole = type(quantity) is int and type(percent) is int and set(tier) == {"from_quantity", "bonus_percent"}
        if not whole or quantity < 1 or not 0 < percent <= LARGEST_BONUS_PERCENT:
            raise ValidationError(hint)


def validate_currency(value: str) -> None:
    """Raise ValidationError for what is no currency."""
    if value not in currencies.known():
        raise ValidationError("Name a currency by its three letters, such as EUR.")


class CreditPack(models.Model):
    """Credits at a price; who buys several at once gets the bonus of the highest tier that he reaches."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = ExactCharField(max_length=40, unique=True, validators=[validate_code])
    name = models.CharField(max_length=100)
    credits = CreditsField()
    bonus_tiers = JSONTextField(
        default=list, blank=True, validators=[validate_tiers], help_text="A list of from_quantity and bonus_percent."
    )
    expires_in_days = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: the credits never expire.")
    is_active = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering: ClassVar = ["position", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(credits__gt=0), name="pack_credits_positive"),
            models.CheckConstraint(
                condition=Q(expires_in_days=None) | Q(expires_in_days__gt=0), name="pack_expires_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


class PackPrice(models.Model):
    """The price of one pack in one currency, in its smallest unit."""

    pack = models.ForeignKey(CreditPack, on_delete=models.CASCADE, related_name="prices")
    currency = models.CharField(max_length=3, validators=[validate_currency])
    amount_minor = models.BigIntegerField()

    class Meta:
        ordering: ClassVar = ["currency"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pack", "currency"], name="pack_price_unique_in_currency"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, amount_minor__lte=currencies.LARGEST_MINOR),
                name="pack_price_positive",
            ),
        ]

    def __str__(self) -> str:
        return currencies.write(self.amount_minor, self.currency)
