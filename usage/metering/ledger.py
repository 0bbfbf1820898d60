"""What a metered call asks of the ledger; keys of the principal `internal` never come over HTTP.

The actor is the metering itself: a customer's own token may change only holds that he placed, and so not these.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, transaction

from core import events, logs
from core.amounts import to_micros
from credits import selectors
from credits import services as credits_services
from credits.exceptions import HoldNotActive, WalletNotFound
from credits.services import Origin, Posted
from usage.services import Charge, Recorded, Usage, record_usage, take_back_usage

ACTOR = "metering"
# A database that was away for a moment must not make a call free.
PAUSES_SECONDS = (0.1, 0.4, 1.5)

T = TypeVar("T")
log = logs.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a call stands after a step, in millionths: what `entry` consumed, what is covered and available now."""

    consumed: int = 0
    covered: int = 0
    available: int | None = None
    shortfall: int = 0
    entry: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Whose credits a call uses: the wallet, the key of the call, what budgets look at, and the request's id."""

    reference: str
    key: str
    metadata: Mapping[str, Any]
    request_id: str

    def origin(self, step: str) -> Origin:
        """Return who acts, under the key of this step."""
        return Origin(actor=ACTOR, key=f"{self.key}:{step}", request_id=self.request_id)

    def available(self) -> int:
        """Return what the wallet has available; nothing if there is no such wallet."""
        try:
            return selectors.read_wallet(self.reference).available
        except WalletNotFound:
            return 0


class Ledger:
    """Moves the credits of one call."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._hold: str | None = None

    def place(self, amount: Decimal, basis: str, life: timedelta) -> Standing:
        """Set `amount` aside. Raises InsufficientCredits, WalletFrozen, BudgetExceeded."""
        account = self.account
        posted = credits_services.place_hold(
            reference=account.reference,
            amount=amount,
            expires_in=life,
            basis=basis,
            metadata=account.metadata,
            origin=account.origin("hold"),
        )
        self._hold = posted.hold.id if posted.hold else None
        return _standing(posted)

    def charge(self, usages: Sequence[Usage], step: str, *, final: bool) -> Standing:
        """Take what was used, from the hold first; what the wallet cannot pay is recorded as shortfall."""
        account = self.account
        charge = Charge(
            reference=account.reference,
            usages=tuple(usages),
            hold=self._hold,
            final=final,
            overage="up_to",
            metadata=account.metadata,
            origin=account.origin(step),
        )
        try:
            recorded = _patiently(lambda: record_usage(charge=charge))
        except HoldNotActive:
            # Somebody ended the hold by hand; the work was done all the same.
            self._hold = None
            return self.charge(usages, step, final=final)
        if final or recorded.late:
            self._hold = None
        return self._standing_after(recorded)

    def _standing_after(self, recorded: Recorded) -> Standing:
        """Return how things stand; of a repetition that was lost on its way only the amounts are known."""
        if recorded.posted is not None:
            return _standing(recorded.posted)
        return Standing(to_micros(recorded.amount), available=self.available())

    def release(self) -> Standing:
        """Free the hold, if there is one; one that has ended meanwhile is free already."""
        hold, self._hold = self._hold, None
        if hold is None:
            return Standing(available=self.available())
        origin = self.account.origin("release")
        try:
            return _standing(_patiently(lambda: credits_services.release_hold(hold=hold, origin=origin)))
        except HoldNotActive:
            return Standing(available=self.available())

    def extend(self, amount: Decimal | None, life: timedelta, step: str) -> Standing | None:
        """Let the hold live on and cover `amount` more; None where it has ended."""
        if self._hold is None:
            return None
        origin = self.account.origin(step)
        try:
            return _standing(
                credits_services.extend_hold(hold=self._hold, amount=amount, expires_in=life, origin=origin)
            )
        except HoldNotActive:
            self._hold = None
            return None

    def take_back(self, entry: str, step: str) -> Standing:
        """Reverse what one step consumed."""
        reason = "The source has reported what it used."
        return _standing(take_back_usage(entry=entry, reason=reason, origin=self.account.origin(step)))

    def available(self) -> int:
        """Return what the wallet has available."""
        return self.account.available()

    def tell_missing(self, reason: str) -> None:
        """Publish that a call ended well and nobody knows what it used."""
        payload = {"reference": self.account.reference, "call": self.account.key, "reason": reason}
        with transaction.atomic():
            events.publish("usage.missing", stream=self.account.reference, payload={**payload, **self.account.metadata})


def _standing(posted: Posted) -> Standing:
    covered = posted.hold.covered if posted.hold else 0
    return Standing(-posted.entry.amount, covered, posted.wallet.available, posted.entry.shortfall, posted.entry.id)


def _patiently(work: Callable[[], T]) -> T:
    """Run `work` again while the database is away; its idempotency key makes that harmless."""
    for pause in PAUSES_SECONDS:
        try:
            return work()
        except (OperationalError, InterfaceError) as error:
            log.warning("metering_tries_again", exc_info=error)
            time.sleep(pause)
            close_old_connections()
    return work()
