"""Money that a customer's bank demands back."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.clock import now
from core.fields import ExactCharField
from core.ids import uuid7

from .payments import Payment

# A status gives way only to a later one.
STATUSES = ("inquiry", "open", "lost", "won")
# While it stands so, the provider has taken the money from our account.
WITHDRAWN = ("open", "lost")


class Dispute(models.Model):
    """A dispute at the provider; an inquiry moves no money, a won one has given it back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    provider = models.CharField(max_length=20)
    provider_dispute_id = ExactCharField(max_length=128)
    amount_minor = models.BigIntegerField()
    status = models.CharField(max_length=8, choices=[(word, word) for word in STATUSES])
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "provider_dispute_id"], name="dispute_unique_at_provider"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="dispute_amount_not_negative"),
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="dispute_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.provider_dispute_id}"
