"""The seam through which a room above limits what is spent: the setting SPENDING_GUARD names its class, if any.

It decides under the wallets' locks and writes in the same transaction, so a limit is exact, for whoever spends
(docs/decisions/0019).
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from core.rows import Query

from ..engine import State
from ..engine import commands as c
from ..engine.journal import Journal
from ..engine.state import Wallet


class Guard(Protocol):
    """What stands at the door of one run of commands; it is made only where its probe finds a row."""

    def __init__(self, state: State, commands: Sequence[c.Command]) -> None: ...

    @staticmethod
    def probe() -> Query:
        """Return the query, without locks, that finds a row where there is anything to limit."""

    def admit(self, journal: Journal, wallet: Wallet, command: c.Command, at: datetime) -> None:
        """Raise a Problem for a command that would spend too much; the journal holds what was posted before it."""

    def write(self, journal: Journal) -> None:
        """Write what the run's entries count."""


def probe() -> Query | None:
    """Return the guard's probe, None where nothing is limited."""
    guard = _guard_class(settings.SPENDING_GUARD)
    return None if guard is None else guard.probe()


def open_guard(state: State, commands: Sequence[c.Command]) -> Guard | None:
    """Return the guard of a run on locked wallets, None where there is nothing to limit."""
    guard = _guard_class(settings.SPENDING_GUARD)
    return guard(state, commands) if guard is not None and state.is_guarded else None


@lru_cache
def _guard_class(name: str) -> type[Guard] | None:
    found: type[Guard] | None = import_string(name) if name else None
    return found
