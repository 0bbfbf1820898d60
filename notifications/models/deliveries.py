"""What is on its way to somebody outside."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.clock import now
from core.fields import JSONTextField
from core.ids import uuid7

from .endpoints import EndpointQuerySet, WebhookEndpoint
from .notices import Notice

WAITING, SENT, DEAD = "waiting", "sent", "dead"
STATUSES = (WAITING, SENT, DEAD)
WEBHOOK = "webhook"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, at: datetime) -> "DeliveryQuerySet":
        """Keep those to be tried at `at`, whose endpoint may be called."""
        free = EndpointQuerySet(WebhookEndpoint).free(at)
        return self.filter(Q(endpoint=None) | Q(endpoint__in=free), next_attempt_at__lte=at)


class Delivery(models.Model):
    """One message to one place: a notice by a channel, or an event to an endpoint. Its id is that of all attempts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.CharField(max_length=32)
    endpoint = models.ForeignKey(
        WebhookEndpoint, null=True, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    notice = models.ForeignKey(Notice, null=True, on_delete=models.CASCADE, related_name="deliveries")
    name = models.CharField(max_length=80)
    payload = JSONTextField(null=True, help_text="The body of a webhook.")
    status = models.CharField(max_length=8, default=WAITING, choices=[(status, status) for status in STATUSES])
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, default=now)
    last_error = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Delivery"]] = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes: ClassVar = [
            models.Index(fields=["next_attempt_at"], name="delivery_due"),
            models.Index(fields=["endpoint", "id"], name="delivery_of_endpoint"),
            models.Index(fields=["status", "ended_at"], name="delivery_ended"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="delivery_status_known"),
            models.CheckConstraint(
                condition=Q(status=WAITING, next_attempt_at__isnull=False, ended_at=None)
                | (~Q(status=WAITING) & Q(next_attempt_at=None, ended_at__isnull=False)),
                name="delivery_waits_until_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(channel=WEBHOOK, endpoint__isnull=False, notice=None)
                | (~Q(channel=WEBHOOK) & Q(endpoint=None, notice__isnull=False)),
                name="delivery_is_of_an_endpoint_or_a_notice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} by {self.channel}"
