"""What is known of a wallet from the rooms above the ledger."""

from typing import Any

from ..models import WalletFact


def facts_of(reference: str) -> dict[str, Any]:
    """Return the facts of a wallet by name; an unknown wallet has none."""
    return dict(WalletFact.objects.filter(wallet__reference=reference).values_list("name", "value"))
