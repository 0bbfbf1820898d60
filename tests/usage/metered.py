"""A wallet, a site whose calls it pays for, and what is left in it."""

from decimal import Decimal
from typing import Any

from credits.models import Hold, LedgerEntry, Wallet
from credits.services import issue_grant

WALLET = "shop"
METERING = {"paths": ["/m/"], "skip_paths": ["/m/free/"], "wallet_header": "X-Wallet", "estimate": "10"}


def fill(amount: int | str, reference: str = WALLET) -> None:
    issue_grant(reference=reference, amount=Decimal(amount))


def standing(reference: str = WALLET) -> tuple[Decimal, Decimal]:
    """Return balance and held."""
    wallet = Wallet.objects.get(reference=reference)
    return wallet.balance, wallet.held


def kinds(reference: str = WALLET) -> list[str]:
    """Return the kinds of the wallet's entries, the grant's left out."""
    entries = LedgerEntry.objects.filter(wallet__reference=reference).order_by("sequence")
    return list(entries.values_list("kind", flat=True))[1:]


def last_hold() -> Hold:
    return Hold.objects.latest("placed_at")


def events(name: str) -> list[dict[str, Any]]:
    from core.models import Event

    return [event.payload for event in Event.objects.filter(name=name).order_by("pk")]
