"""What a campaign brought: how often its codes were used, and what became of the credits that they gave."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

from core import clock
from core.exceptions import NotFound
from credits.models import Grant, GrantAllocation, Wallet
from credits.services import settle_wallets

from ..models import PromoCode, Redemption

SETTLED_AT_ONCE = 200
# From a grant to the use of a code that gave it: to who redeemed, and to who referred.
PATHS = ("redemption", "referral")
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class CampaignStats:
    """Counts of codes and uses, and credits: what was given is consumed, expired, remaining or taken back."""

    campaign: str
    codes: int
    active: int
    redeemed: int
    waiting: int
    given: Decimal
    consumed: Decimal
    expired: Decimal
    remaining: Decimal

    @property
    def taken_back(self) -> Decimal:
        """Return what was voided, reset or transferred."""
        return self.given - self.consumed - self.expired - self.remaining


def campaign_stats(*, campaign: str) -> CampaignStats:
    """Add up a campaign from the ledger, at present; raise NotFound for one without codes."""
    codes = PromoCode.objects.filter(campaign=campaign)
    if not codes.exists():
        raise NotFound("No code belongs to this campaign; check how its name is written.")
    _settle(campaign)
    redemptions = Redemption.objects.filter(code__campaign=campaign)
    moved = _moved(campaign)
    return CampaignStats(
        campaign=campaign,
        codes=codes.count(),
        active=codes.filter(is_active=True).count(),
        redeemed=redemptions.count(),
        waiting=redemptions.filter(granted_at=None).count(),
        given=_sum(campaign, "amount"),
        # What was reversed is not consumed.
        consumed=-moved.get("consumed", NOTHING) - moved.get("reversed", NOTHING),
        expired=-moved.get("expired", NOTHING),
        remaining=_sum(campaign, "remaining"),
    )


def _settle(campaign: str) -> None:
    """Post what is due in the campaign's wallets, so that what has ended counts as expired."""
    of_campaign = Q(redemptions__code__campaign=campaign) | Q(referral_code__campaign=campaign)
    due = Wallet.objects.filter(of_campaign, next_change_at__lte=clock.now()).distinct()
    references = list(due.values_list("reference", flat=True))
    for start in range(0, len(references), SETTLED_AT_ONCE):
        settle_wallets(references[start : start + SETTLED_AT_ONCE])


def _sum(campaign: str, column: str) -> Decimal:
    sums = (
        Grant.objects.filter(**{f"{path}__code__campaign": campaign}).aggregate(total=Sum(column))["total"]
        for path in PATHS
    )
    return sum((total or NOTHING for total in sums), NOTHING)


def _moved(campaign: str) -> dict[str, Decimal]:
    """Return what entries of each kind put into the campaign's grants (+) or took from them (-)."""
    moved: dict[str, Decimal] = {}
    for path in PATHS:
        parts = GrantAllocation.objects.filter(**{f"grant__{path}__code__campaign": campaign})
        for kind, total in parts.order_by().values_list("entry__kind").annotate(total=Sum("amount")):
            moved[kind] = moved.get(kind, NOTHING) + total
    return moved
