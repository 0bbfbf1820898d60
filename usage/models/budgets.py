"""How much may be spent in a window, and how much was."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import ApiKey
from core.clock import now
from core.fields import CreditsField, ExactCharField
from core.ids import uuid7
from credits.models import Wallet

WINDOWS = ("day", "month", "rolling")
BUCKETS = 60
MAX_WINDOW_SECONDS = 366 * 86_400


class Budget(models.Model):
    """A limit on what a wallet, an API key, an operation or all together spend in a window.

    Calendar windows follow the wallet's time zone, UTC where no wallet is named.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    wallet = models.ForeignKey(Wallet, null=True, blank=True, on_delete=models.CASCADE, related_name="budgets")
    api_key = models.ForeignKey(ApiKey, null=True, blank=True, on_delete=models.CASCADE, related_name="budgets")
    operation = ExactCharField(max_length=64, blank=True, help_text="Empty: any operation.")
    window = models.CharField(max_length=8, choices=[(window, window) for window in WINDOWS])
    window_seconds = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of a rolling window: a multiple of 60, counted in 60 buckets."
    )
    limit = CreditsField()
    hard = models.BooleanField(default=True, help_text="A soft budget refuses nothing, and tells what it reaches.")
    alerted_percent = models.PositiveSmallIntegerField(default=0, editable=False)
    alerted_since = models.DateTimeField(null=True, editable=False)
    created_by = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    updated_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(limit__gte=0), name="budget_limit_not_negative"),
            models.CheckConstraint(condition=Q(window__in=WINDOWS), name="budget_window_known"),
            models.CheckConstraint(
                condition=Q(wallet=None) | Q(api_key=None), name="budget_is_of_a_wallet_or_of_a_key"
            ),
            models.CheckConstraint(
                condition=Q(window="rolling", window_seconds__gte=BUCKETS, window_seconds__lte=MAX_WINDOW_SECONDS)
                | (~Q(window="rolling") & Q(window_seconds=None)),
                name="budget_has_seconds_when_it_rolls",
            ),
        ]

    def __str__(self) -> str:
        of = self.wallet or self.api_key or "all"
        return f"{self.limit.normalize():f} a {self.window} for {of}{f', {self.operation}' if self.operation else ''}"


class BudgetCounter(models.Model):
    """What was spent and is held in a calendar window, or in one bucket of a rolling one."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="counters", db_index=False)
    starts_at = models.DateTimeField()
    consumed = CreditsField(default=0)
    held = CreditsField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["budget", "starts_at"], name="counter_unique_in_budget"),
            models.CheckConstraint(condition=Q(consumed__gte=0, held__gte=0), name="counter_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} {self.consumed.normalize():f}"
