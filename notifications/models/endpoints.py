"""Where outgoing webhooks go."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from core.clock import now
from core.fields import ExactCharField, JSONTextField
from core.ids import uuid7


class EndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    def active(self) -> "EndpointQuerySet":
        """Keep those that get events."""
        return self.filter(disabled_at=None)

    def free(self, at: datetime) -> "EndpointQuerySet":
        """Keep those that may be called at `at`."""
        return self.active().filter(models.Q(paused_until=None) | models.Q(paused_until__lte=at))


class WebhookEndpoint(models.Model):
    """An address that gets events: of one wallet, or of all if it has no reference. Secrets are stored sealed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = ExactCharField(max_length=128, blank=True, default="")
    url = models.CharField(max_length=500)
    description = models.CharField(max_length=200, blank=True, default="")
    event_types = JSONTextField(default=list, help_text="Names, or beginnings that end in `*`; none: all events.")
    secret = models.TextField()
    previous_secret = models.TextField(blank=True, default="")
    rotated_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0, help_text="Failed attempts since the last that succeeded.")
    paused_until = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_because = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(default=now)

    objects: ClassVar[models.Manager["WebhookEndpoint"]] = EndpointQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["reference", "id"], name="endpoint_of_wallet")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(disabled_at=None) | ~models.Q(disabled_because=""),
                name="endpoint_disabled_with_reason",
            )
        ]

    def __str__(self) -> str:
        return self.url
