"""What a wallet's owner, or the operators, should know."""

from typing import ClassVar

from django.db import models

from core.clock import now
from core.fields import CreditsField, ExactCharField, JSONTextField
from core.ids import uuid7


class Notice(models.Model):
    """A line of an inbox; `key` says what it tells of, so that nothing is told twice. No reference: the operators'."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = ExactCharField(max_length=128, blank=True, default="")
    name = models.CharField(max_length=80)
    key = ExactCharField(max_length=255, unique=True)
    title = models.CharField(max_length=200)
    text = models.TextField()
    data = JSONTextField(default=dict)
    created_at = models.DateTimeField(default=now)
    is_listed = models.BooleanField(default=True, help_text="Stands in the inbox.")
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["reference", "id"], name="notice_of_wallet")]

    def __str__(self) -> str:
        return self.title


class Preference(models.Model):
    """What a wallet's owner wants to know; an empty column stands for the installation's default."""

    reference = ExactCharField(max_length=128, unique=True)
    low_balance_amount = CreditsField(null=True, blank=True)  # type: ignore[misc]  # NULL is None
    low_balance_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    expiring_days = JSONTextField(null=True, blank=True)
    channels = JSONTextField(null=True, blank=True, help_text="For each channel the names that are wanted.")
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(low_balance_amount=None) | models.Q(low_balance_percent=None),
                name="preference_low_balance_is_amount_or_share",
            ),
            models.CheckConstraint(
                condition=models.Q(low_balance_percent=None) | models.Q(low_balance_percent__lte=100),
                name="preference_low_balance_share_within_hundred",
            ),
            models.CheckConstraint(
                condition=models.Q(low_balance_amount=None) | models.Q(low_balance_amount__gte=0),
                name="preference_low_balance_amount_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return str(self.reference)


class Alarm(models.Model):
    """A trouble that was told and not told again: it is up until the wallet succeeds, and quiet for a while."""

    reference = ExactCharField(max_length=128)
    name = models.CharField(max_length=80)
    subject = ExactCharField(max_length=100)
    is_up = models.BooleanField()
    told_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reference", "name", "subject"], name="alarm_unique_per_wallet_and_subject")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject}"
