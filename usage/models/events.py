"""What was used, with the version of the rate that priced it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.clock import now
from core.fields import CreditsField, ExactCharField, JSONTextField
from core.ids import uuid7
from credits.models import LedgerEntry, Wallet

from .rates import Rate


class UsageEvent(models.Model):
    """A metered fact. One that `corrects` another carries the differences: of the amount and of the tokens.

    `entry` is what was posted for it, NULL where nothing was to be taken; several events may share one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="usage", db_index=False)
    provider = ExactCharField(max_length=64, blank=True)
    model = ExactCharField(max_length=128)
    operation = ExactCharField(max_length=64, blank=True)
    quantities = JSONTextField(default=dict)
    input_tokens = models.BigIntegerField(default=0, help_text="Of all kinds.")
    output_tokens = models.BigIntegerField(default=0, help_text="Of all kinds.")
    rate = models.ForeignKey(Rate, null=True, on_delete=models.PROTECT, related_name="events", db_index=False)
    amount = CreditsField()
    occurred_at = models.DateTimeField()
    late = models.BooleanField(default=False, help_text="Told after its hold had expired.")
    entry = models.ForeignKey(LedgerEntry, null=True, on_delete=models.PROTECT, related_name="usage")
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    revision = models.PositiveIntegerField(default=0)
    principal = models.CharField(max_length=8)
    idempotency_key = ExactCharField(max_length=255, null=True)
    fingerprint = models.CharField(max_length=64)
    parts = models.PositiveSmallIntegerField(default=1, help_text="How many events the charge has, this one included.")
    actor = models.CharField(max_length=64)
    request_id = ExactCharField(max_length=64, null=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["wallet", "principal", "idempotency_key"], name="usage_key_unique_in_wallet_and_principal"
            ),
            models.UniqueConstraint(fields=["corrects", "revision"], name="usage_corrected_once_in_a_revision"),
            models.CheckConstraint(
                condition=Q(corrects=None, revision=0, amount__gte=0) | Q(corrects__isnull=False, revision__gte=1),
                name="usage_is_negative_only_in_a_correction",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["wallet", "occurred_at"], name="usage_of_wallet_by_time"),
            models.Index(fields=["occurred_at"], name="usage_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.amount.normalize():f}"
