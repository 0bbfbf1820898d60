"""One use of a code by a wallet."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.clock import now
from core.fields import ExactCharField
from core.ids import uuid7
from credits.models import Grant, Wallet

from .codes import PromoCode


class RedemptionQuerySet(models.QuerySet["Redemption"]):
    def waiting(self) -> "RedemptionQuerySet":
        """Keep those that wait for a purchase; a revoked batch gives nothing any more."""
        return self.filter(granted_at=None, code__batch__revoked_at=None)


class Redemption(models.Model):
    """What a use gave: `grant` to the wallet, `referrer_grant` to who referred it; both are missing while it waits."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.ForeignKey(PromoCode, on_delete=models.PROTECT, related_name="redemptions", db_index=False)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="redemptions")
    ordinal = models.PositiveIntegerField(help_text="Which use of the code by this wallet it is.")
    grant = models.OneToOneField(Grant, null=True, on_delete=models.PROTECT, related_name="redemption")
    referrer_grant = models.OneToOneField(Grant, null=True, on_delete=models.PROTECT, related_name="referral")
    payment = ExactCharField(max_length=128, null=True, help_text="The purchase that it waited for.")
    actor = models.CharField(max_length=64)
    request_id = ExactCharField(max_length=64, null=True)
    created_at = models.DateTimeField(default=now)
    granted_at = models.DateTimeField(null=True)
    take_back_from = models.DateTimeField(
        null=True, db_index=True, help_text="The purchase was refunded then, and a hold still covers what it earned."
    )

    objects: ClassVar[models.Manager["Redemption"]] = RedemptionQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "wallet", "ordinal"], name="redemption_counted_once"),
            models.UniqueConstraint(fields=["code", "wallet", "payment"], name="redemption_once_per_purchase"),
            models.CheckConstraint(condition=Q(ordinal__gte=1), name="redemption_ordinal_starts_at_one"),
            models.CheckConstraint(
                condition=Q(grant=None, granted_at=None, referrer_grant=None)
                | Q(grant__isnull=False, granted_at__isnull=False),
                name="redemption_granted_has_a_grant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} by {self.wallet}"

    @property
    def status(self) -> str:
        return "waiting" if self.granted_at is None else "granted"


class GroupUse(models.Model):
    """Which codes of a group a wallet may still use: `code` alone if it is exclusive, the stackable ones if None."""

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="group_uses", db_index=False)
    # The word itself is reserved in SQL.
    group = ExactCharField(max_length=64, db_column="group_name")
    code = models.ForeignKey(PromoCode, null=True, on_delete=models.PROTECT, related_name="group_uses")

    class Meta:
        default_permissions = ("view",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["wallet", "group"], name="group_used_one_way")]

    def __str__(self) -> str:
        return f"{self.group} by {self.wallet}"
