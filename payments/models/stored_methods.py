"""Means of payment that a customer let us charge again."""

from typing import ClassVar

from django.db import models

from core.clock import now
from core.fields import ExactCharField
from credits.models import Wallet


class StoredMethod(models.Model):
    """The provider's names of a customer and of his means of payment; card data never comes here."""

    wallet = models.ForeignKey(Wallet, on_delete=models.CASCADE, related_name="stored_methods")
    provider = models.CharField(max_length=20)
    is_live = models.BooleanField()
    customer_id = ExactCharField(max_length=128)
    method_id = ExactCharField(max_length=128, blank=True, default="")
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["wallet", "provider", "is_live"], name="stored_method_one_per_provider")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.customer_id}"
