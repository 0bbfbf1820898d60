"""Charges that a provider repeats by itself, for the subscriptions above."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.clock import now
from core.fields import ExactCharField
from credits.models import Wallet


class RecurringCharge(models.Model):
    """A provider's subscription; its id is that of our subscription, which the provider repeats in each notice."""

    id = models.UUIDField(primary_key=True)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="recurring_charges")
    provider = models.CharField(max_length=20)
    is_live = models.BooleanField()
    subscription_id = ExactCharField(max_length=128, null=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    title = models.CharField(max_length=120)
    checkout_url = models.TextField(blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "subscription_id"], name="recurring_charge_unique_at_provider"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="recurring_charge_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.provider})"
