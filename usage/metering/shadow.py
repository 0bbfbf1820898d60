"""Shadow mode: what would be held and charged is computed and logged; nothing is refused, and nothing moves."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from core import logs
from core.amounts import from_micros, to_micros
from usage.services import Usage

from .ledger import Account, Standing
from .prices import price_of

log = logs.get_logger(__name__)


class ShadowLedger:
    """Answers as the ledger would, from what the wallet has now."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._covered = 0

    def place(self, amount: Decimal, basis: str, life: timedelta) -> Standing:
        """Log the hold, and whether it would be refused."""
        available = self.available()
        self._covered = to_micros(amount)
        self._log("shadow_hold", amount=amount, basis=basis, would_refuse=self._covered > available)
        return Standing(covered=self._covered, available=available)

    def charge(self, usages: Sequence[Usage], step: str, *, final: bool) -> Standing:
        """Log what would be consumed."""
        amount = sum(price_of(usage) or 0 for usage in usages)
        shortfall = max(amount - self._covered - self.available(), 0)
        self._covered = 0 if final else max(self._covered - amount, 0)
        self._log("shadow_charge", amount=from_micros(amount), shortfall=from_micros(shortfall), final=final)
        return Standing(covered=self._covered, available=self.available())

    def release(self) -> Standing:
        """Log that the hold would be free."""
        self._log("shadow_release", amount=from_micros(self._covered))
        return Standing(available=self.available())

    def extend(self, amount: Decimal | None, life: timedelta, step: str) -> Standing:
        """Cover more, in thought."""
        self._covered += to_micros(amount or Decimal(0))
        return Standing(covered=self._covered, available=self.available())

    def take_back(self, entry: str, step: str) -> Standing:
        """Return how things stand; a shadow posts no entry that could be taken back."""
        return Standing(covered=self._covered, available=self.available())

    def tell_missing(self, reason: str) -> None:
        """Log that nobody knows what the call used."""
        self._log("shadow_usage_missing", reason=reason)

    def available(self) -> int:
        """Return what the wallet has available."""
        return self.account.available()

    def _log(self, event: str, **members: object) -> None:
        account = self.account
        log.info(event, reference=account.reference, call=account.key, **account.metadata, **members)
