"""What is offered: a plan, and its terms in versions that never change."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from core.clock import now
from core.fields import CreditsField, ExactCharField, JSONTextField
from core.ids import uuid7

from ..engine.calendar import MAX_COUNT, UNITS

validate_code = RegexValidator(r"\A[a-z0-9][a-z0-9_-]{0,63}\Z", "Use 1 to 64 of the characters a-z 0-9 _ -")


class Plan(models.Model):
    """An offer; a wallet has at most one running subscription to the plans of a family."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = ExactCharField(max_length=64, unique=True, validators=[validate_code])
    family = ExactCharField(max_length=64, validators=[validate_code])
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True, help_text="Can be subscribed to.")
    is_public = models.BooleanField(default=True, help_text="Customers see it and may start it.")
    deleted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(is_active=False, is_public=False), name="plan_deleted_is_not_offered"
            )
        ]

    def __str__(self) -> str:
        return str(self.code)


class PlanVersion(models.Model):
    """The terms of a plan; triggers refuse to change them, so what somebody agreed to stays."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField(default=0, help_text="The price of a period, in the smallest unit of money.")
    currency = models.CharField(max_length=3, blank=True, default="")
    credits = CreditsField(help_text="Credits of each period.")
    period_unit = models.CharField(max_length=8, choices=[(unit, unit) for unit in UNITS])
    period_count = models.PositiveSmallIntegerField(default=1)
    validity_days = models.PositiveIntegerField(
        null=True, help_text="How long credits live; empty: until the period's end."
    )
    rollover = JSONTextField(null=True, help_text="A list: amount, percent, days, times.")
    trial_days = models.PositiveSmallIntegerField(default=0)
    trial_credits = CreditsField(default=0)
    priority = models.SmallIntegerField(default=50, help_text="Of the granted credits; lower is used first.")
    features = JSONTextField(default=dict)
    requests_per_minute = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number_unique"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="plan_price_not_negative"),
            models.CheckConstraint(condition=Q(amount_minor=0) | ~Q(currency=""), name="plan_price_has_currency"),
            models.CheckConstraint(condition=Q(credits__gte=0, trial_credits__gte=0), name="plan_credits_not_negative"),
            models.CheckConstraint(condition=Q(period_unit__in=UNITS), name="plan_period_unit_known"),
            models.CheckConstraint(
                condition=Q(period_count__gte=1, period_count__lte=MAX_COUNT), name="plan_period_count_in_range"
            ),
            models.CheckConstraint(condition=Q(priority__gte=0, priority__lte=100), name="plan_priority_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} v{self.number}"
