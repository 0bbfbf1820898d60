"""Money that is given back."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.clock import now
from core.fields import ExactCharField
from core.ids import uuid7

from .payments import Payment

# A status gives way only to a later one; `refused` is the end of a refund that the provider never made.
STATUSES = ("requested", "refused", "pending", "succeeded", "failed")
# These the provider has taken from our account.
TAKEN = ("pending", "succeeded")


class Refund(models.Model):
    """A refund that an operator asked for, or that was made at the provider itself.

    Its id is the provider's idempotency key, so a call that is sent again gives the money back once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    provider = models.CharField(max_length=20)
    provider_refund_id = ExactCharField(max_length=128, null=True)
    amount_minor = models.BigIntegerField()
    status = models.CharField(max_length=10, default="requested", choices=[(word, word) for word in STATUSES])
    reason = models.CharField(max_length=1000, blank=True, default="")
    requested_by = models.CharField(max_length=100)
    idempotency_key = ExactCharField(max_length=255, null=True)
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "provider_refund_id"], name="refund_unique_at_provider"),
            models.UniqueConstraint(fields=["requested_by", "idempotency_key"], name="refund_key_unique_of_requester"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="refund_status_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "next_attempt_at"], name="refund_to_send")]

    def __str__(self) -> str:
        return f"{self.status} {self.amount_minor}"
