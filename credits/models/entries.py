"""The statement: append-only, chained by hash, each line balanced against a contra account."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.fields import CreditsField, ExactCharField, JSONTextField
from core.ids import uuid7

from ..engine.kinds import KINDS, MAY_BE_ZERO, MOVES_NOTHING
from .grants import Grant
from .holds import Hold
from .wallets import Wallet


class LedgerEntry(models.Model):
    """A line of a wallet's statement. Text columns are NULL where nothing was said, or after erasing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="entries", db_index=False)
    sequence = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in KINDS])
    contra = models.CharField(max_length=16, null=True)  # noqa: DJ001  kinds that move nothing have no other side
    amount = CreditsField()
    held_change = CreditsField()
    debt_change = CreditsField()
    balance_after = CreditsField()
    held_after = CreditsField()
    debt_after = CreditsField()
    effective_at = models.DateTimeField()
    created_at = models.DateTimeField()
    idempotency_key = ExactCharField(max_length=255, null=True)
    principal = models.CharField(max_length=8, null=True)  # noqa: DJ001  NULL on entries without a command
    fingerprint = models.CharField(max_length=64, null=True)  # noqa: DJ001
    request_id = ExactCharField(max_length=64, null=True)
    caused_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="caused", db_index=False)
    grant = models.ForeignKey(Grant, null=True, on_delete=models.PROTECT, related_name="entries", db_index=False)
    hold = models.ForeignKey(Hold, null=True, on_delete=models.PROTECT, related_name="entries", db_index=False)
    reverses = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="reversals", db_index=False)
    shortfall = CreditsField(default=0)
    actor = models.CharField(max_length=64)
    description = models.TextField(null=True)  # noqa: DJ001
    metadata = JSONTextField(null=True)
    text_salt = models.CharField(max_length=32, null=True)  # noqa: DJ001
    text_hash = models.CharField(max_length=64, null=True)  # noqa: DJ001
    terms = models.TextField(null=True)  # noqa: DJ001
    hash = models.CharField(max_length=64)
    hash_version = models.SmallIntegerField()

    class Meta:
        verbose_name_plural = "ledger entries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["wallet", "sequence"], name="entry_sequence_unique_in_wallet"),
            models.UniqueConstraint(
                fields=["wallet", "principal", "idempotency_key"], name="entry_key_unique_in_wallet_and_principal"
            ),
            models.CheckConstraint(
                condition=Q(balance_after__gte=0, held_after__gte=0, debt_after__gte=0),
                name="entry_running_sums_not_negative",
            ),
            models.CheckConstraint(condition=Q(shortfall__gte=0), name="entry_shortfall_not_negative"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="entry_sequence_starts_at_one"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="entry_kind_known"),
            models.CheckConstraint(
                condition=Q(kind__in=MOVES_NOTHING, amount=0)
                | Q(kind__in=MAY_BE_ZERO)
                | (~Q(kind__in=[*MOVES_NOTHING, *MAY_BE_ZERO]) & ~Q(amount=0)),
                name="entry_amount_fits_its_kind",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["reverses"], condition=Q(reverses__isnull=False), name="entry_reversals"),
            models.Index(fields=["caused_by"], condition=Q(caused_by__isnull=False), name="entry_causes"),
            models.Index(fields=["wallet", "effective_at"], name="entry_effective_in_wallet"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount.normalize():f}"


class GrantAllocation(models.Model):
    """How much an entry put into a grant (+) or took from it (-)."""

    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="allocations", db_index=False)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="allocations")
    amount = CreditsField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "grant"], name="allocation_unique_per_entry_and_grant"),
            models.CheckConstraint(condition=~Q(amount=0), name="allocation_amount_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"
