"""One metered call: hold before, settle after. Every rule about what is charged, and when, stands here.

The rules are steps that yield what they ask of the server, so a thread and an event loop follow the same ones.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from .amounts import amount_text, read_amount
from .calls import Call, Described, Members
from .config import MeteringConfig
from .context import Recorder, Usage
from .problems import HoldNotActive, Problem, ScripError, ValidationFailed
from .transport import Steps

CONSUMED, AVAILABLE = "X-Credits-Consumed", "X-Credits-Available"
ASK = Described()
log = logging.getLogger("scrip_client")


@dataclass(frozen=True, slots=True)
class Offer:
    """What is known before a call runs: whose it is, what it does, how many credits it may use."""

    reference: str
    operation: str
    amount: Decimal


class Metering:
    """Holds before a call, and settles it once, whoever comes first: its end, its failure, or its cancellation."""

    def __init__(self, offer: Offer, config: MeteringConfig, run_late: Callable[[Steps[None]], object]) -> None:
        self.offer, self.config = offer, config
        self.recorder = Recorder(offer.operation, lambda usage: self._record_late(usage, run_late))
        self.consumed = self._covered = self._shortfall = Decimal(0)
        self.available: str | None = None
        self.is_out = False
        self._hold: str | None = None
        self._has_failed = False
        self._end = threading.Lock()
        self._key, self._steps = f"scrip-client:{uuid4()}", count(1)
        self._captured_at = time.monotonic()

    def place(self) -> Steps[None]:
        """Set the estimate aside. Raises InsufficientCredits, WalletFrozen, BudgetExceeded …"""
        offer, life = self.offer, self.config.hold_seconds
        metadata, key = {"operation": offer.operation}, self._step()
        answer = yield ASK.place_hold(
            offer.reference, offer.amount, expires_in_seconds=life, metadata=metadata, idempotency_key=key
        )
        self._hold, self._covered = answer["hold"]["id"], offer.amount
        self._note(answer)

    def charge(self) -> Steps[None]:
        """End the call with what was recorded; with nothing, free the hold and tell of it."""
        if not self._end.acquire(blocking=False):
            return
        usages = self.recorder.take(close=True)
        if not usages and not self.consumed:
            self._tell("nothing_recorded")
        yield from self._post(usages, final=True)

    def release(self) -> Steps[None]:
        """End a call that failed: free what is held, and drop what was recorded and not yet captured."""
        if not self._end.acquire(blocking=False):
            return
        self._has_failed = True
        self.recorder.take(close=True)
        yield from self._free()

    def leave(self) -> Steps[None]:
        """End a call whose client went away, by the setting's policy."""
        return self.release() if self.config.client_gone == "released" else self.charge()

    def is_slice_due(self) -> bool:
        """Tell whether enough was recorded, or time has passed, since the last capture of a stream."""
        wait = min(self.config.slice_seconds, self.config.hold_seconds / 2)
        if time.monotonic() - self._captured_at > wait:
            return True
        used = sum((usage.cost or Decimal(0) for usage in self.recorder.pending()), Decimal(0))
        return bool(used) and used >= min(read_amount(self.config.slice_credits), self._covered)

    def capture_slice(self) -> Steps[None]:
        """Capture what a stream has used since the last slice, and cover the next; `is_out` if that is not possible."""
        yield from self._post(self.recorder.take(), final=False)
        can_pay = not self._shortfall and (yield from self._cover_next_slice())
        self.is_out, self._captured_at = not can_pay, time.monotonic()

    def headers(self) -> dict[str, str]:
        """Return what tells the client what was consumed so far and what the wallet has available now."""
        told = {CONSUMED: amount_text(self.consumed), AVAILABLE: self.available}
        return {name: value for name, value in told.items() if value is not None}

    def _post(self, usages: Sequence[Usage], *, final: bool) -> Steps[None]:
        """Charge usages, those with a cost in one capture, and free what is left of the hold."""
        postings = [usage for usage in usages if usage.cost is None]
        if total := _sum([usage for usage in usages if usage.cost]):
            postings.append(total)
        for number, usage in enumerate(postings, start=1):
            try:
                yield from self._charge(usage, final=final and number == len(postings))
            except Problem as problem:
                self._tell(problem.code, problem.detail)
            except ScripError as error:
                # It may have been captured, so nothing else is tried; else the hold ends by itself.
                self._tell("unreachable", str(error))
                return
        if final:
            yield from self._free()

    def _charge(self, usage: Usage, *, final: bool) -> Steps[None]:
        """Charge a use to the hold, or to the wallet if the hold has ended, and then under the same key."""
        key, metadata = self._step(), None
        try:
            if self._hold is not None:
                answer = yield self._ask(usage, self._hold, final, key)
                self._hold = None if final or answer.get("late") else self._hold
                self._note(answer)
                return
        except HoldNotActive as problem:
            self._hold = None
            metadata = {"late": True} if problem.members.get("hold_status") == "expired" else None
        except ValidationFailed:
            if usage.metadata is None:
                raise
            # What is told of a use may be too long; the use itself is charged all the same.
            yield from self._charge(replace(usage, metadata=None), final=final)
            return
        late = replace(usage, metadata={**(usage.metadata or {}), **metadata}) if metadata else usage
        self._note((yield self._ask(late, None, None, key)))

    def _ask(self, usage: Usage, hold: str | None, final: bool | None, key: str) -> Call:
        reference = self.offer.reference
        told: Members = {"overage": "up_to", "metadata": usage.metadata, "idempotency_key": key}
        if usage.cost is None:
            told |= {"provider": usage.provider, "operation": usage.operation}
            return ASK.record_event(reference, usage.model, usage.quantities, hold=hold, final=final, **told)
        if hold is None:
            return ASK.consume(reference, usage.cost, **told)
        return ASK.capture_hold(hold, usage.cost, final=final, **told)

    def _free(self) -> Steps[None]:
        """Release the hold, if there is one; one that has ended meanwhile is free already."""
        hold, self._hold = self._hold, None
        if hold is None:
            return
        try:
            self._note((yield ASK.release_hold(hold, idempotency_key=self._step())))
        except HoldNotActive:
            pass
        except ScripError as error:
            log.warning("hold_not_released hold=%s: %s; it expires by itself", hold, error)

    def _cover_next_slice(self) -> Steps[bool]:
        """Bring the cover up to one slice as far as credits go, and put off the end of the hold."""
        available = Decimal(self.available or 0)
        if self._hold is None:
            return available > 0
        missing = max(read_amount(self.config.slice_credits) - self._covered, Decimal(0))
        more, life = min(missing, available) or None, self.config.hold_seconds
        try:
            answer = yield ASK.extend_hold(
                self._hold, amount=more, expires_in_seconds=life, idempotency_key=self._step()
            )
        except HoldNotActive:
            self._hold = None
            return available > 0
        except ScripError as error:
            log.warning("hold_not_extended hold=%s: %s", self._hold, error)
            return self._covered > 0
        self._covered += more or Decimal(0)
        self._note(answer)
        return self._covered > 0

    def _record_late(self, usage: Usage, run_late: Callable[[Steps[None]], object]) -> None:
        """Charge what is recorded after the end by itself; a failed call stays free."""
        if self._has_failed:
            log.info("usage_of_failed_call_dropped call=%s", self._key)
        elif usage.cost != 0:
            run_late(self._post([usage], final=False))

    def _note(self, answer: Members) -> None:
        # A consumption is an entry; what else is answered has one, or none if nothing was posted.
        entry: Mapping[str, Any] = answer.get("entry", answer) or {}
        used = -Decimal(entry.get("amount", 0))
        self.consumed += used
        self._covered = max(self._covered - used, Decimal(0))
        self._shortfall = Decimal(entry.get("shortfall") or 0)
        self.available = answer["wallet"]["available"]

    def _tell(self, reason: str, detail: str = "") -> None:
        """Log that work was done and not charged."""
        offer = self.offer
        log.warning("usage_missing %s wallet=%s operation=%s %s", reason, offer.reference, offer.operation, detail)

    def _step(self) -> str:
        return f"{self._key}:{next(self._steps)}"


def _sum(usages: Sequence[Usage]) -> Usage | None:
    """Return one use that costs what these cost together; its metadata says all that was told of them."""
    told: Members = {}
    for usage in usages:
        names = {"model": usage.model, "provider": usage.provider, "operation": usage.operation}
        told |= {**(usage.metadata or {}), **{name: value for name, value in names.items() if value}}
    cost = sum((usage.cost or Decimal(0) for usage in usages), Decimal(0))
    return Usage(cost, metadata=told) if usages else None
