"""Racers behind a barrier: threads of this process, or threads of several processes."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import connections

from core.problems import Problem
from tests.concurrency import nursery

PROCESSES, THREADS_IN_EACH = 8, 3
PATIENCE_SECONDS = 60

Job = Callable[..., Any]
Call = tuple[Any, ...]


class Outcome(NamedTuple):
    """What became of a call: its value, the code of its refusal, or the text of an error that should not be."""

    value: Any = None
    refusal: str | None = None
    error: str | None = None

    @property
    def succeeded(self) -> bool:
        return self.refusal is None and self.error is None


Race = Callable[[Job, Sequence[Call]], list[Outcome]]


def race_in_threads(job: Job, calls: Sequence[Call]) -> list[Outcome]:
    """Make all calls at once, by at most 24 threads."""
    return _race(job, calls, min(PROCESSES * THREADS_IN_EACH, len(calls)), lambda: None)


@contextmanager
def crew_of_processes(database: str) -> Iterator[Race]:
    """Start 8 processes that wait for races on the database of this name."""
    context = nursery.context()
    gate = context.Barrier(PROCESSES)
    with ProcessPoolExecutor(PROCESSES, context, _enter, (gate, database)) as pool:

        def race(job: Job, calls: Sequence[Call]) -> list[Outcome]:
            shares = [list(calls[number::PROCESSES]) for number in range(PROCESSES)]
            outcomes = [future.result() for future in [pool.submit(_race_in_process, job, share) for share in shares]]
            return [outcomes[number % PROCESSES][number // PROCESSES] for number in range(len(calls))]

        yield race


def _enter(gate: Any, database: str) -> None:
    nursery.use_database(database)
    _gates.append(gate)


_gates: list[Any] = []


def _race_in_process(job: Job, calls: Sequence[Call]) -> list[Outcome]:
    gate = _gates[0]
    if not calls:
        gate.wait(PATIENCE_SECONDS)
        return []
    return _race(job, calls, min(THREADS_IN_EACH, len(calls)), lambda: gate.wait(PATIENCE_SECONDS))


def _race(job: Job, calls: Sequence[Call], threads: int, meet_others: Callable[[], Any]) -> list[Outcome]:
    outcomes: list[Outcome] = [Outcome(error="never ran")] * len(calls)
    barrier = threading.Barrier(threads, meet_others, PATIENCE_SECONDS)

    def work(first: int) -> None:
        connections["default"].ensure_connection()
        barrier.wait()
        for index in range(first, len(calls), threads):
            outcomes[index] = _outcome(job, calls[index])
        connections.close_all()

    workers = [threading.Thread(target=work, args=(first,)) for first in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return outcomes


def _outcome(job: Job, call: Call) -> Outcome:
    try:
        return Outcome(job(*call))
    except Problem as problem:
        return Outcome(refusal=problem.code)
    except Exception as error:
        return Outcome(error=repr(error))
