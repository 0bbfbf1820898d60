"""What a customer agreed to be charged by itself."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.clock import now
from core.fields import CreditsField
from credits.models import Wallet

from .packs import CreditPack


class AutoTopUp(models.Model):
    """The customer's standing order: below `threshold` credits buy `pack`, within the monthly cap.

    The consent's text, giver and time are kept. After too many declines in a row it stops, and says since when.
    """

    wallet = models.OneToOneField(Wallet, on_delete=models.CASCADE, related_name="auto_top_up")
    is_enabled = models.BooleanField(default=False)
    threshold = CreditsField()
    pack = models.ForeignKey(CreditPack, on_delete=models.PROTECT, related_name="auto_top_ups")
    currency = models.CharField(max_length=3)
    monthly_cap_minor = models.BigIntegerField()
    consent_text = models.TextField()
    consent_by = models.CharField(max_length=100)
    consent_at = models.DateTimeField()
    declines = models.PositiveIntegerField(default=0, help_text="In a row.")
    stopped_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True, help_text="The end of the cool-down.")
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(threshold__gte=0), name="top_up_threshold_not_negative"),
            models.CheckConstraint(condition=Q(monthly_cap_minor__gt=0), name="top_up_cap_positive"),
            models.CheckConstraint(condition=~Q(consent_text=""), name="top_up_has_consent"),
        ]
        indexes: ClassVar = [models.Index(fields=["is_enabled", "next_try_at"], name="top_up_to_try")]

    def __str__(self) -> str:
        return f"{self.pack} below {self.threshold.normalize():f}"
