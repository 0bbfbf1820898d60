"""The holder of credits."""

import re
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from core.amounts import MAX_MICROS
from core.clock import now
from core.fields import CreditsField, ExactCharField, JSONTextField
from core.ids import uuid7

validate_reference = RegexValidator(
    # A path with the step `.` or `..` is another path.
    re.compile(r"\A(?!\.{1,2}\Z)[A-Za-z0-9._:@-]{1,128}\Z"),
    "Use 1 to 128 of the characters A-Z a-z 0-9 . _ : @ -, and not only one or two dots.",
)


def refuse_me(value: str) -> None:
    """Raise ValidationError for `me`, which stands for the caller's own wallet in every path."""
    if value == "me":
        raise ValidationError("`me` stands for the caller's own wallet; choose another reference.")


class Wallet(models.Model):
    """A holder's credits; `reference` is the integrator's id of the customer."""

    ACTIVE, FROZEN = "active", "frozen"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = ExactCharField(max_length=128, unique=True, validators=[validate_reference, refuse_me])
    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="wallet"
    )
    status = models.CharField(max_length=8, default=ACTIVE, choices=[(ACTIVE, "active"), (FROZEN, "frozen")])
    balance = CreditsField(default=0)
    held = CreditsField(default=0)
    debt = CreditsField(default=0)
    sequence = models.BigIntegerField(default=0, help_text="The number of the last entry.")
    head_hash = models.CharField(max_length=64, blank=True, default="")
    last_effective_at = models.DateTimeField(null=True)
    next_change_at = models.DateTimeField(null=True, help_text="When time alone changes this wallet next.")
    refusals = models.PositiveIntegerField(default=0, help_text="Refusals told since refusals_since.")
    refusals_since = models.DateTimeField(null=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    attributes = JSONTextField(default=dict, blank=True)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(held__gte=0), name="wallet_held_not_negative"),
            models.CheckConstraint(condition=Q(held__lte=F("balance")), name="wallet_held_within_balance"),
            models.CheckConstraint(
                condition=Q(balance__lte=MAX_MICROS // 1_000_000), name="wallet_balance_within_largest"
            ),
            models.CheckConstraint(condition=Q(debt__gte=0), name="wallet_debt_not_negative"),
            models.CheckConstraint(condition=Q(sequence__gte=0), name="wallet_sequence_not_negative"),
            models.CheckConstraint(condition=Q(status__in=["active", "frozen"]), name="wallet_status_known"),
            models.CheckConstraint(
                condition=~Q(reference__in=["", "me", ".", ".."]), name="wallet_reference_fits_a_path"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["next_change_at"], name="wallet_next_change")]
        permissions: ClassVar = [
            ("grant_credits", "Can issue, void and reverse"),
            ("administer_ledger", "Can adjust, reset, freeze, transfer and forgive debt"),
        ]

    def __str__(self) -> str:
        return str(self.reference)
