"""What rooms above the ledger let it know of a wallet."""

from typing import Any

from ..exceptions import WalletNotFound
from ..models import Wallet, WalletFact


def state_fact(*, reference: str, name: str, value: Any) -> None:
    """Write the fact `name` of a wallet into the caller's transaction, None takes it away; raise WalletNotFound."""
    wallet = Wallet.objects.filter(reference=reference).only("pk").first()
    if wallet is None:
        raise WalletNotFound()
    if value is None:
        WalletFact.objects.filter(wallet=wallet, name=name).delete()
        return
    WalletFact.objects.update_or_create(wallet=wallet, name=name, defaults={"value": value})
