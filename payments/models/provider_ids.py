"""The names that a provider has for what belongs to one payment."""

from typing import ClassVar

from django.db import models

from core.fields import ExactCharField

from .payments import Payment


class ProviderId(models.Model):
    """One provider id (checkout, order, charge, dispute) by which an event may name a payment."""

    provider = models.CharField(max_length=20)
    value = ExactCharField(max_length=128)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="provider_ids")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "value"], name="provider_id_names_one_payment")
        ]

    def __str__(self) -> str:
        return str(self.value)
