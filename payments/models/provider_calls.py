"""What we asked of a provider."""

from typing import ClassVar

from django.db import models

from core.clock import now
from core.ids import uuid7

from .payments import Payment


class ProviderCall(models.Model):
    """One call of ours, written after its answer; no key, no body and no personal data stand in it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.CharField(max_length=20)
    call = models.CharField(max_length=40)
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="provider_calls")
    outcome = models.CharField(max_length=12, help_text="done, refused, declined or unreachable")
    code = models.CharField(max_length=80, blank=True, default="")
    error = models.CharField(max_length=300, blank=True, default="")
    milliseconds = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["payment", "created_at"], name="provider_call_of_payment")]

    def __str__(self) -> str:
        return f"{self.provider} {self.call} {self.outcome}"
