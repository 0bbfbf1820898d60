"""Who agreed to what: a subscription, and every step that it took."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.clock import now
from core.fields import ExactCharField, JSONTextField
from core.ids import uuid7
from credits.models import Wallet

from ..engine.states import STATES
from .plans import Plan, PlanVersion


class Subscription(models.Model):
    """An agreement; `due_at` is when time alone changes it next.

    Dates are counted from `anchor_at`. `is_live` is NULL once it has ended, so that the unique constraint
    counts only what has not; it holds on every database, other than a conditional one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="subscriptions", db_index=False)
    family = ExactCharField(max_length=64)
    is_live = models.BooleanField(null=True, default=True)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="subscriptions")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="subscriptions")
    next_version = models.ForeignKey(
        PlanVersion,
        null=True,
        on_delete=models.PROTECT,
        related_name="awaited_by",
        help_text="From the next period on.",
    )
    status = models.CharField(max_length=9, choices=[(state, state) for state in STATES])
    is_billed = models.BooleanField(default=False, help_text="Each period with a price starts when it is paid.")
    auto_renew = models.BooleanField(default=True)
    time_zone = models.CharField(max_length=64)
    anchor_at = models.DateTimeField()
    since_anchor = models.IntegerField(default=0, help_text="Periods between the anchor and the one that runs.")
    last_number = models.PositiveIntegerField(default=0, help_text="The number of the latest period.")
    period_ends_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    grace_ends_at = models.DateTimeField(null=True)
    trial_ends_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=16, blank=True, default="")
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["wallet", "family", "is_live"], name="subscription_one_live_per_wallet_and_family"
            ),
            models.CheckConstraint(condition=Q(status__in=STATES), name="subscription_status_known"),
            models.CheckConstraint(
                condition=Q(status="ended", is_live=None, due_at=None, ended_at__isnull=False)
                | (~Q(status="ended") & Q(is_live=True, ended_at=None)),
                name="subscription_live_until_it_ended",
            ),
            models.CheckConstraint(condition=~Q(is_live=False), name="subscription_live_is_true_or_null"),
        ]
        indexes: ClassVar = [models.Index(fields=["due_at", "id"], name="subscription_due")]

    def __str__(self) -> str:
        return f"{self.wallet} {self.plan}"


class Transition(models.Model):
    """One step of a subscription: the line of its timeline."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="transitions")
    step = models.CharField(max_length=16)
    from_status = models.CharField(max_length=9, blank=True)
    to_status = models.CharField(max_length=9)
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    detail = JSONTextField(default=dict)
    actor = models.CharField(max_length=64)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.step}: {self.from_status or 'new'} to {self.to_status}"
