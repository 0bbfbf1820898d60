"""Codes that were generated together."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.clock import now
from core.ids import uuid7

from ..code_text import MAX_PREFIX, validate_prefix

MOST_CODES = 100_000


class CodeBatch(models.Model):
    """A run of the generator; revoking it switches off all its codes for good."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.CharField(max_length=64)
    prefix = models.CharField(max_length=MAX_PREFIX, blank=True, default="", validators=[validate_prefix])
    count = models.PositiveIntegerField(help_text="How many codes it has.")
    created_by = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "code batches"
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(count__gte=1, count__lte=MOST_CODES), name="batch_count_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.created_at:%Y-%m-%d %H:%M}"
