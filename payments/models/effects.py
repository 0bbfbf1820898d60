"""What a payment did to the ledger."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.clock import now
from core.fields import CreditsField, ExactCharField
from core.ids import uuid7
from credits.models import Grant

from .payments import Payment

KINDS = ("credited", "clawed_back", "given_back")


class Effect(models.Model):
    """One step of a payment in the ledger, posted in the transaction of this row.

    The business key (provider, its payment id, effect) is unique: whatever tells of the money, however often and in
    whatever order, has each effect once. `credits` is what the step stands for, `posted` what the ledger moved.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="effects")
    provider = models.CharField(max_length=20)
    charge_id = ExactCharField(max_length=128)
    effect = models.CharField(max_length=24, help_text="credited, or clawed_back or given_back with its number.")
    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in KINDS])
    credits = CreditsField()
    posted = CreditsField()
    grant = models.ForeignKey(Grant, null=True, on_delete=models.PROTECT, related_name="+")
    entry_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "charge_id", "effect"], name="effect_unique_of_charge"),
            models.CheckConstraint(condition=Q(credits__gte=0, posted__gte=0), name="effect_not_negative"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="effect_kind_known"),
        ]

    def __str__(self) -> str:
        return self.effect
