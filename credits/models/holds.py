"""Credits set aside for work that is being done."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.fields import CreditsField, JSONTextField
from core.ids import uuid7

from .grants import Grant
from .wallets import Wallet

STATUSES = ("active", "captured", "released", "expired")


class Hold(models.Model):
    """A hold ends once: captured, released or expired."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="holds", db_index=False)
    amount = CreditsField()
    captured = CreditsField(default=0)
    status = models.CharField(max_length=8, default="active", choices=[(status, status) for status in STATUSES])
    placed_by = models.CharField(max_length=64)
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    basis = models.CharField(max_length=64, null=True)  # noqa: DJ001  most holds name no estimate
    description = models.TextField(null=True)  # noqa: DJ001  NULL is what erasing leaves
    metadata = JSONTextField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="hold_amount_positive"),
            models.CheckConstraint(condition=Q(captured__gte=0), name="hold_captured_not_negative"),
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="hold_status_known"),
            models.CheckConstraint(
                condition=Q(status="active", ended_at=None) | (~Q(status="active") & Q(ended_at__isnull=False)),
                name="hold_ended_at_when_it_is_not_active",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["wallet", "status"], name="hold_active_of_wallet"),
            models.Index(fields=["wallet", "id"], name="hold_of_wallet"),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.amount.normalize():f}"


class HoldCover(models.Model):
    """How much of an active hold rests on a grant."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="covers", db_index=False)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="covers", db_index=False)
    amount = CreditsField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hold", "grant"], name="cover_unique_per_hold_and_grant"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cover_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"
