"""Recurring free credits: the rule, one run for each of its days, and the chunks of wallets that workers share."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.amounts import MAX_MICROS
from core.clock import now
from core.fields import CreditsField, JSONTextField
from core.ids import uuid7

UNITS = ("day", "week", "month")
MODES = ("add", "top_up")
AUDIENCES = ("everyone", "subscribers", "non_subscribers")
CATCH_UPS = ("all", "latest")
MAX_CREDITS = MAX_MICROS // 1_000_000


class Terms(models.Model):
    """What each wallet gets; a run keeps the terms that held when it began."""

    amount = CreditsField(help_text="Credits for each wallet, or the level to top up to.")
    mode = models.CharField(max_length=6, default="add", choices=[(mode, mode) for mode in MODES])
    audience = models.CharField(max_length=16, default="everyone", choices=[(name, name) for name in AUDIENCES])
    plans = JSONTextField(default=list, blank=True, help_text="Codes of plans that an audience is limited to.")
    reference_prefix = models.CharField(max_length=128, blank=True, default="", help_text="How references begin.")
    priority = models.SmallIntegerField(default=50, help_text="Of the granted credits; lower is used first.")

    class Meta:
        abstract = True


class Allowance(Terms):
    """A rule; `next_due_at` is when its next run is due, NULL when none is."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120, unique=True)
    unit = models.CharField(max_length=5, default="day", choices=[(unit, unit) for unit in UNITS])
    time = models.TimeField(help_text="Of the day, in the time zone.")
    time_zone = models.CharField(max_length=64, default="UTC")
    validity_days = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: the credits never expire.")
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True, help_text="The first day without.")
    catch_up = models.CharField(max_length=6, default="all", choices=[(policy, policy) for policy in CATCH_UPS])
    is_active = models.BooleanField(default=True)
    last_date = models.DateField(null=True, help_text="The day of the latest run.")
    next_due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=MAX_CREDITS), name="allowance_amount_in_range"
            ),
            models.CheckConstraint(condition=Q(unit__in=UNITS), name="allowance_unit_known"),
            models.CheckConstraint(condition=Q(mode__in=MODES), name="allowance_mode_known"),
            models.CheckConstraint(condition=Q(audience__in=AUDIENCES), name="allowance_audience_known"),
            models.CheckConstraint(condition=Q(catch_up__in=CATCH_UPS), name="allowance_catch_up_known"),
            models.CheckConstraint(condition=Q(priority__gte=0, priority__lte=100), name="allowance_priority_in_range"),
            models.CheckConstraint(
                condition=Q(end_date=None) | Q(start_date__lt=models.F("end_date")),
                name="allowance_ends_after_it_starts",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["next_due_at", "id"], name="allowance_due")]

    def __str__(self) -> str:
        return self.name


class AllowanceRun(Terms):
    """What one day of a rule hands out; `cursor` is the last wallet that stands in a chunk."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    allowance = models.ForeignKey(Allowance, on_delete=models.CASCADE, related_name="runs", db_index=False)
    date = models.DateField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    cursor = models.UUIDField(null=True)
    is_cut = models.BooleanField(default=False, help_text="All wallets stand in chunks.")
    wallets = models.BigIntegerField(default=0, help_text="Wallets looked at.")
    grants = models.BigIntegerField(default=0)
    refusals = models.BigIntegerField(default=0)
    credits = models.DecimalField(max_digits=24, decimal_places=6, default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["allowance", "date"], name="allowance_run_once_a_day")]
        indexes: ClassVar = [models.Index(fields=["finished_at", "due_at"], name="allowance_run_open")]

    def __str__(self) -> str:
        return f"{self.allowance} {self.date}"


class AllowanceChunk(models.Model):
    """The wallets after `first` up to `last`; whoever locks an open one hands out to them, in one transaction."""

    run = models.ForeignKey(AllowanceRun, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    first = models.UUIDField(null=True, help_text="The wallet before; NULL for the beginning.")
    last = models.UUIDField()
    is_open = models.BooleanField(default=True)
    wallets = models.IntegerField(default=0)
    grants = models.IntegerField(default=0)
    refusals = models.IntegerField(default=0)
    credits = CreditsField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "last"], name="allowance_chunk_unique_in_run")]
        indexes: ClassVar = [models.Index(fields=["run", "is_open", "id"], name="allowance_chunk_open")]

    def __str__(self) -> str:
        return f"up to {self.last}"
