"""A parcel of credits with its own source, priority and life."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Case, F, Q, Value, When

from core.amounts import MAX_MICROS
from core.clock import now
from core.fields import CreditsField, JSONTextField
from core.ids import uuid7

from ..engine.kinds import SOURCES
from .wallets import Wallet

MAX_CREDITS = MAX_MICROS // 1_000_000


class GrantQuerySet(models.QuerySet["Grant"]):
    def open(self) -> "GrantQuerySet":
        """Keep grants that have credits left or are yet to begin."""
        return self.filter(is_open=True)

    def spendable(self, at: datetime) -> "GrantQuerySet":
        """Keep grants that can pay at `at`."""
        begun = self.filter(remaining__gt=F("held"), effective_at__lte=at)
        return begun.filter(Q(expires_at=None) | Q(expires_at__gt=at))

    def in_order_of_use(self) -> "GrantQuerySet":
        """Sort as the engine uses them (`credits.engine.state.order_of_use`)."""
        paid_last = Case(When(source="purchase", then=Value(1)), default=Value(0))
        return self.order_by(
            "priority", F("expires_at").asc(nulls_last=True), paid_last, "effective_at", "sequence", "id"
        )


class Grant(models.Model):
    """Credits given at once; `sequence` is the number of the entry that posted it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="grants", db_index=False)
    sequence = models.BigIntegerField()
    amount = CreditsField()
    remaining = CreditsField(default=0)
    held = CreditsField(default=0)
    is_open = models.BooleanField(default=True)
    source = models.CharField(max_length=16, choices=[(source, source) for source in SOURCES])
    priority = models.SmallIntegerField(default=50)
    effective_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    rollover = JSONTextField(null=True, help_text="A list: amount, percent, days, times.")
    voided_at = models.DateTimeField(null=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children", db_index=False)
    origin = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="family", db_index=False)
    cost_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, null=True)  # noqa: DJ001  a grant without a cost has no currency
    refunded = CreditsField(default=0)
    lost = CreditsField(default=0)
    claimed = CreditsField(default=0)
    description = models.TextField(null=True)  # noqa: DJ001  NULL is what erasing leaves
    metadata = JSONTextField(null=True)
    created_at = models.DateTimeField(default=now)

    objects: ClassVar[models.Manager["Grant"]] = GrantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="grant_amount_positive"),
            models.CheckConstraint(condition=Q(amount__lte=MAX_CREDITS), name="grant_amount_within_largest"),
            models.CheckConstraint(condition=Q(held__gte=0), name="grant_held_not_negative"),
            models.CheckConstraint(condition=Q(held__lte=F("remaining")), name="grant_held_within_remaining"),
            models.CheckConstraint(condition=Q(remaining__lte=F("amount")), name="grant_remaining_within_amount"),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(effective_at__lt=F("expires_at")), name="grant_expires_after_it_begins"
            ),
            models.CheckConstraint(condition=Q(priority__gte=0, priority__lte=100), name="grant_priority_in_range"),
            models.CheckConstraint(condition=Q(source__in=SOURCES), name="grant_source_known"),
            models.CheckConstraint(
                condition=Q(is_open=True, remaining__gt=0)
                | Q(is_open=True, activated_at=None, voided_at=None)
                | Q(is_open=False, remaining=0),
                name="grant_open_while_it_has_credits",
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("amount"), lost__gte=0, claimed__gte=0),
                name="grant_refunds_within_amount",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["wallet", "is_open"], name="grant_open_of_wallet"),
            models.Index(fields=["wallet", "id"], name="grant_of_wallet"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.amount.normalize():f}"
