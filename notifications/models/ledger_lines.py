"""What stands in the ledger file, line by line."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.fields import ExactCharField, JSONTextField

TRANSACTION, ERROR, SYSTEM = "transaction", "error", "system"
EVENT_TYPES = (TRANSACTION, ERROR, SYSTEM)


class LedgerLine(models.Model):
    """A line of the ledger file; positions have no gap, and rise with the sequence of each wallet.

    `line_id` is that of the entry or the refusal. What a transaction says is read from its entry.
    """

    position = models.BigIntegerField(primary_key=True)
    line_id = models.UUIDField(unique=True)
    event_type = models.CharField(max_length=12, choices=[(name, name) for name in EVENT_TYPES])
    name = models.CharField(max_length=80)
    wallet = ExactCharField(max_length=128, blank=True)
    details = JSONTextField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["wallet", "position"], name="ledger_line_of_wallet")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(event_type__in=EVENT_TYPES), name="ledger_line_event_type_known"),
            models.CheckConstraint(condition=Q(position__gte=1), name="ledger_line_position_starts_at_one"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.name}"


class LedgerEnd(models.Model):
    """The position of the last line; one row, which whoever adds lines locks."""

    ONLY: ClassVar = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    position = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="ledger_end_is_one_row")]

    def __str__(self) -> str:
        return f"{self.position}"
