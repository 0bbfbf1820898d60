"""What the ledger must know of the rooms above it; they write it in their own transactions."""

from typing import ClassVar

from django.db import models

from core.fields import JSONTextField

from .wallets import Wallet


class WalletFact(models.Model):
    """One fact of a wallet: its plan, its first purchase, its requests per minute."""

    wallet = models.ForeignKey(Wallet, on_delete=models.CASCADE, related_name="facts")
    name = models.CharField(max_length=64)
    value = JSONTextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["wallet", "name"], name="fact_name_unique_in_wallet")]

    def __str__(self) -> str:
        return self.name
