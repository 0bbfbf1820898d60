"""One metered call: hold before, settle after. Every rule about what is charged, and when, stands here."""

import threading
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from core import logs, request_ids
from core.amounts import from_micros, to_micros
from core.ids import uuid7
from core.problems import Problem
from credits.exceptions import InvalidOperation
from usage.context import COUNTED, Recorder
from usage.estimator import observe
from usage.exceptions import ModelUnknown, QuantityUnpriced
from usage.services import Usage

from .config import MeteringSettings
from .ledger import Account, Ledger, Standing
from .pool import run_soon
from .prices import price_of
from .shadow import ShadowLedger

log = logs.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is known before a call runs: whose it is, what it does, how many credits it may use and who says so.

    `price` is a flat one, for the call itself; what is recorded comes on top. `base` is the estimate that the adaptive
    estimator learns from, 0 for none.
    """

    reference: str
    operation: str
    amount: Decimal
    basis: str
    price: Decimal = Decimal(0)
    base: Decimal = Decimal(0)
    api_key: str = ""
    model: str = ""
    request_id: str = field(default_factory=request_ids.current)

    @property
    def metadata(self) -> dict[str, str]:
        """Return what budgets look at."""
        return {"operation": self.operation, **({"api_key": self.api_key} if self.api_key else {})}


class Metering:
    """Holds before a call, and settles it once, whoever comes first: its end, its failure, or its cancellation.

    All methods may block, and are safe for threads; an event loop calls them through the pool.
    """

    def __init__(self, terms: Terms, settings: MeteringSettings) -> None:
        self.terms, self.settings = terms, settings
        self.recorder = Recorder(terms.operation, self._post_late)
        self.standing = Standing()
        self.consumed = 0
        account = Account(terms.reference, f"meter:{uuid7()}", terms.metadata, terms.request_id)
        self._ledger = ShadowLedger(account) if settings.shadow else Ledger(account)
        self._lock = threading.RLock()
        self._is_over = self._has_failed = False
        self._counted: list[str] = []
        self._steps = 0

    def place(self) -> None:
        """Set the estimate aside. Raises InsufficientCredits, WalletFrozen, BudgetExceeded."""
        self.standing = self._ledger.place(self.terms.amount, self.terms.basis, self._life)

    def charge(self, *, with_price: bool = True) -> None:
        """End the call with its price and what was recorded; with nothing of both, free the hold and tell of it."""
        with self._lock:
            if self._is_over:
                return
            self._is_over = True
            usages = self.recorder.close()
            if with_price and self.terms.price:
                usages.append(Usage("", {"requests": 1}, operation=self.terms.operation, amount=self.terms.price))
            self._take_back_counted()
            if not usages and not self.consumed:
                self._ledger.tell_missing("nothing_recorded")
            self._post(usages, final=True)
            self._learn()

    def release(self) -> None:
        """End a call that failed: free what is held, and drop what was recorded and not yet captured."""
        with self._lock:
            if self._is_over:
                return
            self._is_over = self._has_failed = True
            self.recorder.close()
            self._note(self._ledger.release())

    def capture_slice(self) -> bool:
        """Capture what was recorded since the last slice, cover the next; tell whether the wallet can go on."""
        with self._lock:
            if self._is_over:
                return False
            self._take_back_counted()
            if usages := self.recorder.take():
                self._post(usages, final=False)
                self._counted += [entry for entry in [self.standing.entry] if entry and usages[0].metadata is COUNTED]
            can_pay = not self.standing.shortfall and self._cover_next_slice()
            return can_pay or self.settings.shadow

    def weigh(self) -> int:
        """Return the millionths that what was recorded since the last slice costs."""
        return sum(price_of(usage) or 0 for usage in self.recorder.pending())

    def _post(self, usages: list[Usage], *, final: bool) -> None:
        """Charge usages, or free the hold if there are none; where one has no price, charge the others and tell."""
        try:
            if usages:
                self._note(self._ledger.charge(usages, self._step(), final=final))
            elif final:
                self._note(self._ledger.release())
        except (ModelUnknown, QuantityUnpriced) as problem:
            self._ledger.tell_missing(problem.code)
            self._post([usage for usage in usages if price_of(usage) is not None], final=final)
        except Problem as problem:
            self._post_after(problem, usages, final=final)

    def _post_after(self, problem: Problem, usages: list[Usage], *, final: bool) -> None:
        """Charge without what was told of the use, if that was too long; else the work stays unpaid, which is told.

        A frozen wallet pays nothing beyond its hold; the answer is not withheld for that.
        """
        if isinstance(problem, InvalidOperation) and any(usage.metadata for usage in usages):
            self._post([replace(usage, metadata=None) for usage in usages], final=final)
        else:
            log.warning("usage_not_charged", code=problem.code, detail=problem.detail, call=self._ledger.account.key)
            self._ledger.tell_missing(problem.code)

    def _post_late(self, usage: Usage) -> None:
        """Post what is recorded after the end as a consumption of its own; a failed call stays free."""
        if self._has_failed:
            log.info("usage_of_failed_call_dropped", call=self._ledger.account.key)
        else:
            run_soon(self._charge_late, usage)

    def _charge_late(self, usage: Usage) -> None:
        with self._lock:
            self._post([usage], final=True)

    def _cover_next_slice(self) -> bool:
        """Bring the cover up to one slice as far as credits go, and put off the end of the hold."""
        standing = self.standing
        missing = max(to_micros(self.settings.slice_credits) - standing.covered, 0)
        more = min(missing, standing.available or 0)
        try:
            extended = self._ledger.extend(from_micros(more) if more else None, self._life, self._step())
        except Problem as problem:
            log.info("hold_not_extended", code=problem.code, call=self._ledger.account.key)
            return standing.covered > 0
        if extended is None:  # it has expired: what comes is consumed without a hold
            return (standing.available or 0) > 0
        self._note(extended)
        return extended.covered > 0

    def _take_back_counted(self) -> None:
        """Give back what was captured by our own count, once the source itself has said what it used."""
        while self.recorder.is_reported and self._counted:
            self._note(self._ledger.take_back(self._counted.pop(), self._step()))

    def _learn(self) -> None:
        """Let the adaptive estimator know what the call cost, where it has cost anything."""
        terms = self.terms
        if terms.base and self.consumed:
            observe(terms.base, from_micros(self.consumed), operation=terms.operation, model=terms.model)

    def _note(self, standing: Standing) -> None:
        self.standing = standing
        self.consumed += standing.consumed

    def _step(self) -> str:
        self._steps += 1
        return str(self._steps)

    @property
    def _life(self) -> timedelta:
        return timedelta(seconds=self.settings.hold_seconds)
