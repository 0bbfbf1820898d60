"""How a wallet's standing order stands."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from core import clock
from credits.exceptions import WalletNotFound
from credits.models import Wallet

from ..models import AutoTopUp, Payment, StoredMethod
from ..providers.registry import configured

UNPAID_ENDS = ("failed", "cancelled", "expired")


@dataclass(frozen=True, slots=True)
class StandingOrder:
    top_up: AutoTopUp | None
    spent_minor: int
    has_method: bool


def standing_order(reference: str) -> StandingOrder:
    """Return a wallet's standing order with what it used of its cap; raise WalletNotFound."""
    wallet = Wallet.objects.filter(reference=reference).first()
    if wallet is None:
        raise WalletNotFound
    top_up = AutoTopUp.objects.filter(wallet=wallet).select_related("pack").first()
    methods = StoredMethod.objects.filter(wallet=wallet, provider__in=configured()).exclude(method_id="")
    spent = spent_this_month(wallet.pk, top_up.currency, clock.now()) if top_up is not None else 0
    return StandingOrder(top_up, spent, methods.exists())


def due_orders() -> QuerySet[AutoTopUp]:
    """Return the standing orders that may buy now, whatever their wallets have."""
    standing = AutoTopUp.objects.filter(is_enabled=True, stopped_at=None)
    return standing.filter(Q(next_try_at=None) | Q(next_try_at__lte=clock.now()))


def low_wallets(references: Collection[str]) -> list[str]:
    """Return which of these wallets have a standing order that may buy now and less than its threshold.

    This reads what is stored: credits that time took since are for the sweep to find.
    """
    low = due_orders().filter(wallet__balance__lt=F("threshold") + F("wallet__held"))
    return list(low.filter(wallet__reference__in=references).values_list("wallet__reference", flat=True))


def spent_this_month(wallet_id: UUID, currency: str, at: datetime) -> int:
    """Return what top-ups took, or may yet take, since the month (UTC) began."""
    begins = at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    made = Payment.objects.filter(wallet=wallet_id, purpose="top_up", currency=currency, created_at__gte=begins)
    return made.exclude(status__in=UNPAID_ENDS).aggregate(sum=Sum("amount_minor"))["sum"] or 0
