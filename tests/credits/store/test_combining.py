"""Commands of concurrent threads share transactions, and nothing else."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.problems import Problem
from credits import services
from credits.engine import commands as c
from credits.models import LedgerEntry, Wallet
from credits.services import Origin
from credits.store.combining import execute_one

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 24


def at_once(job: Callable[[int], Any]) -> list[Any]:
    """Run a job in 24 threads behind a barrier and return what each returned or raised."""
    gate, found = threading.Barrier(THREADS), [None] * THREADS

    def work(number: int) -> None:
        gate.wait(30)
        try:
            found[number] = job(number)
        except Exception as error:
            found[number] = error
        connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def consume(amount: int, **origin: Any) -> services.Posted:
    return services.consume(reference="w", amount=Decimal(amount), origin=Origin("service", **origin))


def test_each_caller_gets_its_own_entry_under_its_own_name() -> None:
    services.issue_grant(reference="w", amount=Decimal(1000))
    posted = at_once(
        lambda number: consume(number + 1, actor=f"key:{number}", key=f"k{number}", request_id=f"r{number}")
    )
    for number, outcome in enumerate(posted):
        entry = outcome.entry
        assert (entry.amount, entry.actor) == (-(number + 1) * 1_000_000, f"key:{number}")
        assert (entry.idempotency_key, entry.request_id) == (f"k{number}", f"r{number}")


def test_a_refusal_touches_no_other_command() -> None:
    services.issue_grant(reference="w", amount=Decimal(12))
    outcomes = at_once(lambda number: consume(1 if number % 2 else 10_000))
    assert [isinstance(outcome, Problem) for outcome in outcomes] == [number % 2 == 0 for number in range(THREADS)]
    assert services.settle_wallets(["w"])["w"].balance == 0


def test_one_key_in_many_threads_is_one_effect() -> None:
    services.issue_grant(reference="w", amount=Decimal(100))
    outcomes = at_once(lambda number: consume(7, key="same"))
    assert len({outcome.entry.id for outcome in outcomes}) == 1
    assert sum(not outcome.replayed for outcome in outcomes) == 1
    assert LedgerEntry.objects.filter(kind="consumed").count() == 1


def test_waiting_commands_share_a_transaction() -> None:
    """The wallet is locked until all threads have asked: one waits in the database, the others for their turn."""
    services.issue_grant(reference="w", amount=Decimal(100))
    locked = threading.Event()

    def lock() -> None:
        with transaction.atomic():
            Wallet.objects.select_for_update().get(reference="w")
            locked.set()
            time.sleep(1.5)
        connection.close()

    holder = threading.Thread(target=lock)
    holder.start()
    locked.wait(10)
    at_once(lambda number: consume(1))
    holder.join()
    times = LedgerEntry.objects.filter(kind="consumed").values_list("created_at", flat=True)
    assert sorted(Counter(times).values()) == [1, THREADS - 1]


def test_a_command_that_breaks_the_database_breaks_no_other() -> None:
    """Its actor is longer than the column, of which SQLite takes no notice."""
    services.issue_grant(reference="w", amount=Decimal(100))
    too_long = "key:" + "x" * 100
    outcomes = at_once(lambda number: consume(1, actor=too_long if number == 5 else "key:a"))
    broken = [number for number, outcome in enumerate(outcomes) if isinstance(outcome, Exception)]
    assert broken == ([] if connection.vendor == "sqlite" else [5])


def test_a_call_inside_a_transaction_of_the_caller_is_never_combined() -> None:
    services.issue_grant(reference="w", amount=Decimal(100))
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        execute_one(c.Consume(reference="w", amount=1_000_000))
        assert connection.in_atomic_block
        transaction.set_rollback(True)
    assert queries
    assert services.settle_wallets(["w"])["w"].balance == 100_000_000
