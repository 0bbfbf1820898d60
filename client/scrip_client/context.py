"""What a call uses, recorded where it happens: `record_usage` finds the call that it works for by a context variable.

Coroutines, threads, background tasks and streams that the call starts get copies of the context, so all of them write
to the call's own recorder, and no other call ever does.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .amounts import Amount, read_amount
from .calls import Quantities

QUANTITIES = (
    "input_tokens",
    "output_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "input_audio_tokens",
    "output_audio_tokens",
    "tokens",
    "characters",
    "requests",
    "seconds",
    "images",
    "pages",
    "searches",
)


class NoMeteredCall(RuntimeError):
    """Usage was recorded where no metered call is being worked for, so nobody would pay for it."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used: `cost` in credits, or quantities, which the server prices by the model's rate."""

    cost: Decimal | None = None
    model: str = ""
    quantities: Quantities = field(default_factory=dict)
    provider: str = ""
    operation: str = ""
    metadata: Mapping[str, Any] | None = None


class Recorder:
    """What one call has used and was not yet charged for, safe for threads; once closed, each use goes to `on_late`."""

    def __init__(self, operation: str, on_late: Callable[[Usage], None]) -> None:
        self.operation = operation
        self._on_late = on_late
        self._lock = threading.Lock()
        self._usages: list[Usage] = []
        self._is_closed = False

    def add(self, usage: Usage) -> None:
        """Keep a use until the call is settled; hand it on by itself if that has happened."""
        with self._lock:
            if not self._is_closed:
                self._usages.append(usage)
                return
        self._on_late(usage)

    def pending(self) -> list[Usage]:
        """Return what is kept."""
        with self._lock:
            return list(self._usages)

    def take(self, *, close: bool = False) -> list[Usage]:
        """Return what is kept, and forget it; with `close` nothing more is kept."""
        with self._lock:
            taken, self._usages = self._usages, []
            self._is_closed = self._is_closed or close
        return taken


_recorder: ContextVar[Recorder | None] = ContextVar("scrip_metered_call", default=None)


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """Let what is recorded in the block, and in all that it starts, go to `recorder`."""
    token = _recorder.set(recorder)
    try:
        yield
    finally:
        _recorder.reset(token)


def record_usage(
    *,
    cost: Amount | None = None,
    tokens: int | Quantities | None = None,
    model: str = "",
    provider: str = "",
    operation: str = "",
    metadata: Mapping[str, Any] | None = None,
) -> None:
    """Charge the metered call that this code works for: `cost` in credits, or `tokens` of a `model`, by its rate.

    `tokens` is a total, or a quantity for each name of QUANTITIES. After the call is settled the use is charged by
    itself. Raises NoMeteredCall, and ValueError for an amount that is none.
    """
    recorder = _recorder.get()
    if recorder is None:
        raise NoMeteredCall("Record usage inside a request that the middleware meters.")
    if (cost is None) == (tokens is None):
        raise ValueError("Give either cost, in credits, or tokens.")
    if tokens is not None and not model:
        raise ValueError("Name the model whose rate prices the tokens.")
    quantities = {"tokens": tokens} if isinstance(tokens, int) else dict(tokens or {})
    _refuse_bad_quantities(quantities)
    amount = None if cost is None else read_amount(cost)
    recorder.add(Usage(amount, model, quantities, provider, operation or recorder.operation, metadata))


def _refuse_bad_quantities(quantities: Quantities) -> None:
    for name, units in quantities.items():
        if name not in QUANTITIES:
            raise ValueError(f"{name} is no quantity; there are {', '.join(QUANTITIES)}.")
        if units < 0:
            raise ValueError(f"{name} must not be negative.")
