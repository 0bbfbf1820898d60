"""What a call uses, recorded where it happens: `record_usage` finds the call that it works for by a context variable.

The variable holds the call's own recorder, so that coroutines, threads, background tasks and streams that the call
starts, which all get copies of the context, write to one place, and no other call ever does.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from typing import Any

from core.amounts import from_micros, parse_amount

from .pricing import QUANTITIES
from .services import Usage

# What marks a use as counted by ourselves.
COUNTED: Mapping[str, Any] = {"counted": True}


class NoMeteredCall(RuntimeError):
    """Usage was recorded where no metered call is being worked for, so nobody would pay for it."""


class Recorder:
    """What one call has used and was not yet charged for; after `close` each use goes to `on_late`. Safe for threads.

    What we `count` ourselves stands in until the code of the call records something: then that alone is true.
    """

    def __init__(self, operation: str, on_late: Callable[[Usage], None]) -> None:
        self.operation = operation
        self.is_reported = False
        self._on_late = on_late
        self._lock = threading.Lock()
        self._usages: list[Usage] = []
        self._counted = Decimal(0)
        self._is_closed = False

    def add(self, usage: Usage) -> None:
        """Keep a use until the call is settled; post it by itself if that has happened."""
        with self._lock:
            if not self._is_closed:
                self._usages.append(usage)
                self.is_reported, self._counted = True, Decimal(0)
                return
        self._on_late(usage)

    def count(self, amount: Decimal) -> None:
        """Count credits by our own measure, as long as nothing is recorded."""
        with self._lock:
            if not self.is_reported:
                self._counted += amount

    def pending(self) -> list[Usage]:
        """Return what is kept."""
        with self._lock:
            return self._pending()

    def take(self) -> list[Usage]:
        """Return what is kept, and forget it."""
        with self._lock:
            taken = self._pending()
            self._usages, self._counted = [], Decimal(0)
        return taken

    def close(self) -> list[Usage]:
        """Return what is kept, and keep nothing more."""
        with self._lock:
            self._is_closed = True
        return self.take()

    def _pending(self) -> list[Usage]:
        counted = Usage("", operation=self.operation, amount=self._counted, metadata=COUNTED)
        return [*self._usages, *([counted] if self._counted else [])]


_recorder: ContextVar[Recorder | None] = ContextVar("metered_call", default=None)


@contextmanager
def recording(recorder: Recorder | None) -> Iterator[None]:
    """Let what is recorded in the block, and in all that it starts, go to `recorder`; None: where it went before."""
    if recorder is None:
        yield
        return
    token = _recorder.set(recorder)
    try:
        yield
    finally:
        _recorder.reset(token)


def record_usage(
    *,
    cost: Decimal | int | str | None = None,
    tokens: int | Mapping[str, int | Decimal] | None = None,
    model: str = "",
    provider: str = "",
    operation: str = "",
    metadata: Mapping[str, Any] | None = None,
) -> None:
    """Charge the metered call that this code works for: `cost` in credits, or `tokens`, which the model's rate prices.

    `tokens` is a total, or a quantity for each name of `usage.pricing.QUANTITIES`. After the call is settled the use
    is posted by itself. Raises NoMeteredCall, and ValueError for an amount that is none.
    """
    recorder = _recorder.get()
    if recorder is None:
        raise NoMeteredCall("Record usage inside a metered request, or inside a function that is @metered.")
    if (cost is None) == (tokens is None):
        raise ValueError("Give either cost, in credits, or tokens.")
    quantities = {"tokens": tokens} if isinstance(tokens, int) else dict(tokens or {})
    _refuse_bad_quantities(quantities)
    amount = None if cost is None else from_micros(parse_amount(cost, positive=False))
    operation = operation or recorder.operation
    recorder.add(Usage(model, quantities, provider, operation, amount=amount, metadata=metadata))


def _refuse_bad_quantities(quantities: Mapping[str, int | Decimal]) -> None:
    for name, units in quantities.items():
        if name not in QUANTITIES:
            raise ValueError(f"{name} is no quantity; there are {', '.join(QUANTITIES)}.")
        if units < 0:
            raise ValueError(f"{name} must not be negative.")
