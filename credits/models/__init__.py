"""What the ledger stores; only `credits.store` writes a balance."""

from .entries import GrantAllocation, LedgerEntry
from .facts import WalletFact
from .grants import Grant
from .holds import Hold, HoldCover
from .wallets import Wallet

__all__ = ["Grant", "GrantAllocation", "Hold", "HoldCover", "LedgerEntry", "Wallet", "WalletFact"]
