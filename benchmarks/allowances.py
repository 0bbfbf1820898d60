"""P9: the daily credits of many wallets, handed out by one process, and by two that share the chunks."""

import multiprocessing
import resource
import time
from datetime import time as clock_time
from decimal import Decimal
from typing import Any

from django.db import connection

from benchmarks.rig import Figure
from core import clock
from credits.models import LedgerEntry
from credits.store import open_wallets
from subscriptions.models import Allowance
from subscriptions.services import create_allowance, run_due_work

TARGET = 10_000
MEGABYTES = 300
OPENED_AT_ONCE = 5_000


def measure_allowances(wallets: int) -> list[Figure]:
    """Hand out two rules to the same wallets, one with one process and one with two."""
    _open(wallets)
    alone, memory = _hand_out("one process", wallets, processes=1)
    shared, _ = _hand_out("two processes", wallets, processes=2)
    what = f"a daily allowance for {wallets:,} wallets"
    return [
        Figure("P9", f"{what}, one process ÷ {TARGET:,}/s", "wallets/s", alone, TARGET, 1.0),
        Figure("P9", f"{what}, two processes ÷ {TARGET:,}/s", "wallets/s", shared, TARGET, 1.0),
        Figure("P9", f"peak memory of a worker ÷ {MEGABYTES} MB", "MB", memory, MEGABYTES, 1.0, at_most=True),
    ]


def _open(wallets: int) -> None:
    for first in range(0, wallets, OPENED_AT_ONCE):
        open_wallets([f"p9:{number}" for number in range(first, min(first + OPENED_AT_ONCE, wallets))])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE credits_wallet")


def _hand_out(name: str, wallets: int, *, processes: int) -> tuple[float, float]:
    """Return wallets a second and the largest memory of a process in MB; every wallet must have got its credits."""
    rule = create_allowance(name=name, amount=Decimal(5), time=clock_time(0), reference_prefix="p9:")
    Allowance.objects.filter(pk=rule.pk).update(next_due_at=clock.now())
    before = LedgerEntry.objects.filter(contra="allowances").count()
    connection.close()
    context = multiprocessing.get_context("fork")
    sizes = context.Queue()
    workers = [context.Process(target=_work, args=(sizes,)) for _ in range(processes)]
    began = time.monotonic()
    for worker in workers:
        worker.start()
    largest = max(sizes.get() for _ in workers)
    for worker in workers:
        worker.join()
    seconds = time.monotonic() - began
    granted = LedgerEntry.objects.filter(contra="allowances").count() - before
    assert granted == wallets, f"{granted} of {wallets} wallets got their credits"
    return wallets / seconds, largest


def _work(sizes: Any) -> None:
    run_due_work()
    sizes.put(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
