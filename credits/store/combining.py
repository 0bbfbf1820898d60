"""Run the single commands of concurrent threads in one transaction: who finds the store free runs all that wait.

It makes one busy wallet as fast as many, because a COMMIT serves all who waited for the one before it (decision
record 0003). Nobody waits when the store is idle, a refusal stays with its command, and after an error each command of
the batch is run by itself, so that no command can fail another one.
"""

import threading
from collections import deque
from dataclasses import dataclass, field

from django.db import InterfaceError, OperationalError, connection

from core import logs

from ..engine import Result
from ..engine import commands as c
from ..engine.state import Wallet
from .executing import Execution, execute

MOST_AT_ONCE = 64

# SQLSTATE of a lock timeout and of a cancelled statement; MariaDB's code is 1205.
LOCK_NOT_GOT = ("55P03", "57014")

log = logs.get_logger(__name__)

Outcome = tuple[Result, Wallet | None]


@dataclass(slots=True, eq=False)
class _Ticket:
    command: c.Command
    called: threading.Event = field(default_factory=threading.Event)
    outcome: Outcome | None = None
    error: BaseException | None = None


class _Counter:
    """Where threads queue; at most one of them is being served."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[_Ticket] = deque()
        self._is_busy = False

    def run(self, command: c.Command) -> Outcome:
        """Run a command, alone or together with those that wait; raise its own error only."""
        ticket = _Ticket(command)
        if not self._take_place(ticket):
            ticket.called.wait()
        if ticket.outcome is None and ticket.error is None:
            self._serve(ticket)
        if ticket.error is not None:
            raise ticket.error
        assert ticket.outcome is not None  # noqa: S101  served tickets have one or the other
        return ticket.outcome

    def _take_place(self, ticket: _Ticket) -> bool:
        """Queue a ticket and tell whether it is its thread that serves."""
        with self._lock:
            if self._is_busy:
                self._waiting.append(ticket)
                return False
            self._is_busy = True
            return True

    def _serve(self, own: _Ticket) -> None:
        with self._lock:
            others = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE - 1))]
        batch = [own, *others]
        try:
            _run_together(batch)
        except BaseException as error:
            for ticket in batch:
                ticket.error = error
            if not isinstance(error, Exception):
                raise
        finally:
            self._leave(others)

    def _leave(self, served: list[_Ticket]) -> None:
        """Hand the turn to the next one who waits, then wake those who were served."""
        with self._lock:
            successor = self._waiting.popleft() if self._waiting else None
            self._is_busy = successor is not None
        for ticket in [successor, *served]:
            if ticket is not None:
                ticket.called.set()


_counter = _Counter()


def execute_one(command: c.Command) -> Outcome:
    """Run one command and return its result and its wallet; inside a caller's transaction it is never combined."""
    if connection.in_atomic_block:
        return _outcome(execute([command]), 0)
    return _counter.run(command)


def _run_together(batch: list[_Ticket]) -> None:
    """Run a batch; where an error has surely undone it, run each command by itself.

    After a lost connection nobody knows whether it was committed: a command without a key must not be run again.
    """
    try:
        execution = execute([ticket.command for ticket in batch])
    except Exception as error:
        if len(batch) == 1 or not _is_surely_undone(error):
            raise
        log.warning("combined_commands_run_singly", commands=len(batch), exc_info=error)
        _run_singly(batch)
        return
    for number, ticket in enumerate(batch):
        ticket.outcome = _outcome(execution, number)


def _is_surely_undone(error: Exception) -> bool:
    if isinstance(error, OperationalError):
        return getattr(error.__cause__, "sqlstate", None) in LOCK_NOT_GOT or error.args[:1] == (1205,)
    return not isinstance(error, InterfaceError)


def _run_singly(batch: list[_Ticket]) -> None:
    for ticket in batch:
        try:
            ticket.outcome = _outcome(execute([ticket.command]), 0)
        except Exception as error:
            ticket.error = error


def _outcome(execution: Execution, number: int) -> Outcome:
    result = execution.results[number]
    return result, execution.wallets.get(result.command.reference)
