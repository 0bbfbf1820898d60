"""Money on its way to credits."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from core.clock import now
from core.fields import CreditsField, ExactCharField
from core.ids import uuid7
from credits.models import Grant, Wallet

from ..currencies import LARGEST_MINOR
from .packs import CreditPack

# Before money comes, in the order in which one gives way to the next; then what can follow once it came.
UNPAID = ("created", "pending", "failed", "cancelled", "expired")
PAID = ("paid", "partially_refunded", "refunded", "disputed")
STATUSES = (*UNPAID, *PAID)
PURPOSES = ("purchase", "top_up", "subscription")


class Payment(models.Model):
    """One amount of money for one amount of credits; its id is the reference that the provider repeats.

    `charge_id` is the provider's id of the money that paid it: set by what the provider says, before the credit.
    `email`, `customer_id` and `method_id` are what the provider is told: a call repeated under one key says the same.
    `refunded_minor` is the provider's highest cumulative total. `reversed_minor` and `reversed_credits` are what the
    ledger has taken back so far, and nothing else says how much that is.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=20)
    is_live = models.BooleanField()
    purpose = models.CharField(max_length=12, default="purchase", choices=[(word, word) for word in PURPOSES])
    status = models.CharField(max_length=20, default="created", choices=[(word, word) for word in STATUSES])
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    credits = CreditsField()
    pack = models.ForeignKey(CreditPack, null=True, on_delete=models.PROTECT, related_name="payments")
    quantity = models.PositiveIntegerField(default=1)
    expires_in_days = models.PositiveIntegerField(null=True)
    title = models.CharField(max_length=120)
    return_url = models.CharField(max_length=500, blank=True, default="")
    checkout_id = ExactCharField(max_length=128, null=True)
    checkout_url = models.TextField(blank=True, default="")
    charge_id = ExactCharField(max_length=128, null=True)
    grant = models.OneToOneField(Grant, null=True, on_delete=models.PROTECT, related_name="payment")
    refunded_minor = models.BigIntegerField(default=0)
    reversed_minor = models.BigIntegerField(default=0)
    reversed_credits = CreditsField(default=0)
    first = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="again")
    keeps_method = models.BooleanField(default=False)
    email = models.CharField(max_length=254, blank=True, default="")
    customer_id = ExactCharField(max_length=128, blank=True, default="")
    method_id = ExactCharField(max_length=128, blank=True, default="")
    top_up_of = models.OneToOneField(Wallet, null=True, on_delete=models.PROTECT, related_name="open_top_up")
    is_settled = models.BooleanField(default=True, help_text="Whether the ledger has all that the provider said.")
    alarm = models.CharField(max_length=300, blank=True, default="")
    requested_by = models.CharField(max_length=100)
    idempotency_key = ExactCharField(max_length=255, null=True)
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)
    paid_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True, help_text="When the provider was last asked about it.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "checkout_id"], name="payment_checkout_unique_at_provider"),
            models.UniqueConstraint(fields=["provider", "charge_id"], name="payment_charge_unique_at_provider"),
            models.UniqueConstraint(fields=["requested_by", "idempotency_key"], name="payment_key_unique_of_requester"),
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="payment_status_known"),
            models.CheckConstraint(condition=Q(purpose__in=PURPOSES), name="payment_purpose_known"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, amount_minor__lte=LARGEST_MINOR), name="payment_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(credits__gt=0) | Q(purpose="subscription", credits=0), name="payment_buys_credits"
            ),
            models.CheckConstraint(
                condition=Q(reversed_minor__gte=0, reversed_minor__lte=F("amount_minor")),
                name="payment_reversed_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(reversed_credits__gte=0, reversed_credits__lte=F("credits")),
                name="payment_reversed_within_credits",
            ),
            models.CheckConstraint(
                condition=Q(status__in=PAID, charge_id__isnull=False, paid_at__isnull=False)
                | Q(status__in=UNPAID, paid_at=None, grant=None),
                name="payment_paid_with_its_charge",
            ),
            models.CheckConstraint(
                condition=Q(status__in=UNPAID) | Q(credits=0) | Q(grant__isnull=False),
                name="payment_paid_with_its_grant",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["wallet", "-created_at"], name="payment_of_wallet"),
            models.Index(fields=["status", "created_at"], name="payment_by_status"),
            models.Index(fields=["is_settled", "updated_at"], name="payment_to_settle"),
        ]
        permissions: ClassVar = [("refund_payment", "Can refund payments")]

    def __str__(self) -> str:
        return f"{self.title} ({self.status})"

    @property
    def is_paid(self) -> bool:
        return self.status in PAID
