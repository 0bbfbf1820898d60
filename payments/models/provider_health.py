"""Whether a provider still talks to us."""

from typing import ClassVar

from django.db import models


class ProviderHealth(models.Model):
    """Per provider: forged webhooks by number only, and what the alarm about its silence needs."""

    provider = models.CharField(max_length=20, primary_key=True)
    refused_webhooks = models.BigIntegerField(default=0)
    last_event_at = models.DateTimeField(null=True)
    reconciled_at = models.DateTimeField(null=True)
    silent_since = models.DateTimeField(null=True, help_text="Set while the alarm about its silence stands.")

    class Meta:
        verbose_name_plural: ClassVar = "provider health"

    def __str__(self) -> str:
        return str(self.provider)
