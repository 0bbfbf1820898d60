"""Any number of schedulers and workers, some of them killed: each wallet gets each day once."""

import multiprocessing.process
import os
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from credits import services as credits
from credits.models import Grant, LedgerEntry, Wallet
from credits.store import open_wallets
from subscriptions.models import AllowanceChunk, AllowanceRun, Period
from tests.concurrency import nursery
from tests.concurrency.conftest import processes, race  # noqa: F401  fixtures
from tests.concurrency.crew import Race
from tests.subscriptions.concurrency import workers
from tests.subscriptions.stories import allowance, balance, instant, move, now_of, plan, start, wallet

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("moving_clock")]
KILLS = 20
# The figure of the issue is 100,000: KILL_TEST_WALLETS=100000 runs it by hand.
WALLETS = int(os.environ.get("KILL_TEST_WALLETS", "1500"))
MIDNIGHT = instant("2027-01-02T00:00")


@pytest.fixture(autouse=True)
def _morning(moving_clock: None, transactional_db: None) -> None:
    move("2027-01-01T10:00")


def test_four_beats_and_four_workers_at_once_grant_once(race: Race) -> None:  # noqa: F811
    plan("pro", 100, period_unit="day", validity_days=30)
    subscriptions = [start("pro", wallet(f"w{number}")) for number in range(30)]
    allowance()
    move(MIDNIGHT + timedelta(hours=11))
    outcomes = race(workers.work_at, [(MIDNIGHT,)] * 16)
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    workers.work_at(MIDNIGHT)
    assert Grant.objects.filter(source="allowance").count() == 30
    assert Period.objects.count() == 60
    assert {balance(f"w{number}") for number in range(30)} == {205}
    assert {now_of(one).last_number for one in subscriptions} == {2}


def test_r38_a_consumption_that_races_the_allowance_loses_nothing(race: Race) -> None:  # noqa: F811
    credits.issue_grant(reference="ann", amount=Decimal(100))
    allowance()
    move(MIDNIGHT + timedelta(seconds=5))
    outcomes = race(workers.work_or_consume, [("ann", 50), ("", 0), ("ann", 10), ("", 0)] * 2)
    assert sum(outcome.succeeded for outcome in outcomes) >= 6
    workers.work_at(MIDNIGHT)
    used = -sum(LedgerEntry.objects.filter(kind="consumed").values_list("amount", flat=True))
    assert used in (70, 100, 110, 60)
    assert balance("ann") == 105 - used


def test_a_worker_that_is_killed_twenty_times_leaves_each_wallet_its_day_once() -> None:
    _open_wallets(WALLETS)
    allowance()
    move(MIDNIGHT + timedelta(seconds=5))
    chunk = max(WALLETS // 100, 1)
    for number in range(KILLS):
        with _workers(1 + number % 2, chunk) as running:
            _wait_for_progress(running)
            time.sleep(random.random() * 0.05)
    assert not AllowanceRun.objects.filter(finished_at__isnull=False), "nobody was killed in the middle"
    workers.work_at(MIDNIGHT)
    run = AllowanceRun.objects.get()
    assert (run.wallets, run.grants, run.credits) == (WALLETS, WALLETS, 5 * WALLETS)
    granted = LedgerEntry.objects.filter(contra="allowances")
    assert granted.count() == granted.values("wallet").distinct().count() == WALLETS


@contextmanager
def _workers(count: int, chunk: int) -> Iterator[list[Any]]:
    """Let processes work, and kill them at the end with SIGKILL."""
    context, database = nursery.context(), str(connection.settings_dict["NAME"])
    with ExitStack() as stack:
        running = []
        for _ in range(count):
            process = context.Process(target=workers.work_for_ever, args=(database, chunk), daemon=True)
            process.start()
            stack.callback(_kill, process)
            running.append(process)
        yield running


def _kill(process: multiprocessing.process.BaseProcess) -> None:
    process.kill()
    process.join()


def _wait_for_progress(running: list[Any]) -> None:
    """Wait until a chunk more is done."""
    before, until = _done(), time.monotonic() + 60
    while _done() == before and not AllowanceRun.objects.filter(finished_at__isnull=False).exists():
        assert time.monotonic() < until, "no worker does anything"
        assert all(process.is_alive() for process in running)
        time.sleep(0.005)


def _done() -> int:
    return AllowanceChunk.objects.filter(is_open=False).count()


def _open_wallets(count: int) -> None:
    for first in range(0, count, 1000):
        open_wallets([f"k{number}" for number in range(first, min(first + 1000, count))])
    assert Wallet.objects.count() == count
