"""Webhooks that were verified, each stored once."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.clock import now
from core.fields import ExactCharField
from core.ids import uuid7

from .payments import Payment

STATUSES = ("received", "processed", "ignored", "unmatched", "dead")


class ProviderEvent(models.Model):
    """What a provider told us, with its body as it came; the work that it means is done after the answer.

    `unmatched` names no payment of ours, `ignored` is none of our business, `dead` failed too often and waits for an
    operator.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.CharField(max_length=20)
    event_id = ExactCharField(max_length=200)
    type = models.CharField(max_length=80)
    body = models.TextField()
    occurred_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(default=now)
    status = models.CharField(max_length=10, default="received", choices=[(word, word) for word in STATUSES])
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="provider_events")
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, default=now)
    last_error = models.CharField(max_length=500, blank=True, default="")
    processed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_stored_once"),
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="provider_event_status_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "next_attempt_at"], name="provider_event_due"),
            models.Index(fields=["provider", "received_at"], name="provider_event_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.type}"
