"""A secret with which another program calls the API."""

from typing import ClassVar

from django.db import models

from core.clock import now
from core.ids import uuid7


class Scope(models.TextChoices):
    """What a key may do; each contains the ones before it."""

    READ = "read"
    SPEND = "spend"
    GRANT = "grant"
    ADMIN = "admin"


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self) -> "ApiKeyQuerySet":
        """Keep the keys that are neither revoked nor past their expiry."""
        return self.filter(revoked_at=None).exclude(expires_at__lte=now())


class ApiKey(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the whole key, hexadecimal.")
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.READ)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    created_by = models.CharField(max_length=64, editable=False, help_text="The caller: user:<uuid> or key:<prefix>.")
    created_at = models.DateTimeField(default=now, editable=False)

    objects: ClassVar[models.Manager["ApiKey"]] = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(condition=models.Q(scope__in=Scope.values), name="api_key_scope_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"
