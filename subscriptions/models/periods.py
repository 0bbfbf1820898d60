"""The cycles of a subscription, with the grant of each, and what is to be paid for them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.fields import CreditsField
from core.ids import uuid7
from credits.models import Grant

from .plans import PlanVersion
from .subscriptions import Subscription

CHARGE_STATES = ("open", "failed", "paid", "void")


class Period(models.Model):
    """One cycle, or the rest of one after an upgrade; a row is unique by its number, and so its grant comes once.

    `whole_credits` and `whole_amount_minor` are what it adds for a whole window that began at `window_began_at`;
    `credits` is what was granted. `started_at` is later than `due_at` where the work was late.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="periods", db_index=False)
    number = models.PositiveIntegerField()
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    started_at = models.DateTimeField()
    window_began_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    whole_credits = CreditsField()
    whole_amount_minor = models.BigIntegerField(default=0)
    credits = CreditsField()
    grant = models.OneToOneField(Grant, null=True, on_delete=models.PROTECT, related_name="period")
    refusal = models.CharField(max_length=40, blank=True, default="", help_text="Why its credits were not granted.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "number"], name="period_number_unique_in_subscription"),
            models.CheckConstraint(condition=Q(due_at__lt=models.F("ends_at")), name="period_ends_after_it_is_due"),
            models.CheckConstraint(
                condition=Q(credits=0, grant=None) | Q(grant__isnull=False) | ~Q(refusal=""),
                name="period_with_credits_has_its_grant",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["subscription", "ends_at"], name="period_running")]

    def __str__(self) -> str:
        return f"period {self.number}"


class Charge(models.Model):
    """What has to be paid before the period of this number starts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="charges", db_index=False)
    number = models.PositiveIntegerField()
    is_live = models.BooleanField(null=True, default=True, help_text="NULL once it is void.")
    step = models.CharField(max_length=16, help_text="What follows when it is paid: start, renew or change.")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=6, default="open", choices=[(state, state) for state in CHARGE_STATES])
    due_at = models.DateTimeField()
    payment = models.CharField(max_length=64, blank=True, default="")
    provider = models.CharField(max_length=20, blank=True, default="")
    return_url = models.CharField(max_length=500, blank=True, default="")
    checkout_url = models.CharField(max_length=2000, blank=True, default="")
    settled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "number", "is_live"], name="charge_one_live_per_period"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="charge_amount_positive"),
            models.CheckConstraint(condition=Q(status__in=CHARGE_STATES), name="charge_status_known"),
            models.CheckConstraint(
                condition=Q(status="void", is_live=None) | (~Q(status="void") & Q(is_live=True)),
                name="charge_live_until_void",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.amount_minor} {self.currency}"
