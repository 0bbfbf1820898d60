"""Numbered receipts."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.clock import now
from core.fields import JSONTextField

from .payments import Payment


class ReceiptCounter(models.Model):
    """The last number given in a series; locked while the next one is taken, so that no number is left out."""

    series = models.CharField(max_length=20, primary_key=True)
    last_number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series}{self.last_number}"


class Receipt(models.Model):
    """The receipt of a paid payment; seller and tax are kept as they were on that day."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="receipt")
    series = models.CharField(max_length=20)
    number = models.BigIntegerField()
    seller = JSONTextField()
    tax_name = models.CharField(max_length=20, blank=True, default="")
    tax_basis_points = models.PositiveIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0, help_text="Contained in the payment's amount.")
    issued_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "number"], name="receipt_number_unique_in_series"),
            models.CheckConstraint(condition=Q(number__gte=1), name="receipt_number_starts_at_one"),
            models.CheckConstraint(condition=Q(tax_minor__gte=0), name="receipt_tax_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.series}{self.number:06d}"
