"""Processes that are killed while they spend: what was acknowledged is there once, and the books are right."""

import multiprocessing
import random
import time
from pathlib import Path

import pytest
from django.db import connection

from credits import services
from credits.models import LedgerEntry
from tests.concurrency import jobs, nursery, spender
from tests.credits.books import check_books, read_wallets

KILLS, SPENDERS, RICH = 20, 4, 1_000_000


@pytest.mark.django_db(transaction=True)
def test_whoever_is_killed_every_acknowledged_key_has_one_effect(tmp_path: Path) -> None:
    for number in range(spender.WALLETS):
        jobs.grant(f"w{number}", RICH)
    acknowledged = spend_and_kill(tmp_path)
    posted = list(LedgerEntry.objects.filter(kind="consumed").values_list("idempotency_key", flat=True))
    assert len(posted) == len(set(posted))
    assert acknowledged <= set(posted)
    # Else no process was killed between COMMIT and the answer, and this test would have shown nothing.
    assert set(posted) - acknowledged
    assert sum(wallet.balance for wallet in read_wallets().values()) == (RICH * spender.WALLETS - len(posted)) * 10**6
    check_books()
    for key in sorted(set(posted) - acknowledged):
        number = int(key.split("/")[1]) % spender.WALLETS
        assert jobs.consume(f"w{number}", 1, key)[1], "the retry of what was never answered is a replay"
    services.settle_wallets([f"w{number}" for number in range(spender.WALLETS)])


def spend_and_kill(folder: Path) -> set[str]:
    """Let four processes spend, kill one after the other at random instants, and return all acknowledged keys."""
    context = nursery.context()
    database = str(connection.settings_dict["NAME"])

    def start(number: int) -> multiprocessing.process.BaseProcess:
        name = f"s{number}"
        process = context.Process(target=spender.spend, args=(database, str(folder / name), name), daemon=True)
        process.start()
        return process

    running = [start(number) for number in range(SPENDERS)]
    for number in range(SPENDERS, SPENDERS + KILLS):
        victim = running.pop(0)
        _wait_until_it_spends(folder / f"s{number - SPENDERS}")
        time.sleep(random.random() / 5)
        victim.kill()
        victim.join()
        running.append(start(number))
    for process in running:
        process.kill()
        process.join()
    return {line for notes in folder.iterdir() for line in notes.read_text().split("\n") if line}


def _wait_until_it_spends(notes: Path) -> None:
    until = time.monotonic() + 60
    while not (notes.exists() and notes.read_text()):
        assert time.monotonic() < until, "a spender never spent"
        time.sleep(0.01)
