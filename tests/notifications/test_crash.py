"""kill -9 of the worker, 20 times while 10,000 events are on their way: each arrives, and the ledger file is exact."""

import json
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

from core.models import Event
from core.tasks import relay_events
from credits import services
from notifications import tasks
from notifications.models import Delivery
from notifications.services.endpoints import open_endpoint
from tests.notifications.receiver import ReceiverProcess
from tests.notifications.telling import customer

EVENTS, KILLS, WALLETS, BATCH = 10_000, 20, 20, 250
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.run_once]


def work() -> None:
    """Be the worker and beat in one: run the tasks, for ever."""
    while True:
        relay_events()
        tasks.write_ledger_file()
        tasks.send_deliveries()
        time.sleep(0.01)


def start() -> BaseProcess:
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=work, daemon=True)
    process.start()
    return process


def kill(process: BaseProcess) -> None:
    assert process.is_alive(), "the worker ended by itself"
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()


def test_each_event_arrives_and_the_file_is_exact(
    receiver_process: ReceiverProcess, tmp_path: Path, settings: Any
) -> None:
    settings.LEDGER_FILE = str(tmp_path / "ledger.jsonl")
    settings.LEDGER_FILE_MAX_BYTES = 500_000
    # What a killed worker had taken is due again after four times this.
    settings.WEBHOOK_TIMEOUT_SECONDS = 0.5
    open_endpoint(reference="", url=receiver_process.url)
    wallets = [customer(f"c{number}@example.com") for number in range(WALLETS)]
    for wallet in wallets:
        services.issue_grant(reference=wallet, amount=100_000)
    items = [services.Consumption(wallets[n % WALLETS], 1) for n in range(BATCH)]
    dice, worker = random.Random(7), start()
    try:
        for _ in range(KILLS):
            for _ in range(EVENTS // BATCH // KILLS):
                services.consume_many(items=items)
            wait_for_more()
            time.sleep(dice.random() * 0.1)
            kill(worker)
            worker = start()
        wait_until(lambda: not Event.objects.filter(delivered_at=None).exists())
        wait_until(lambda: not Delivery.objects.exclude(status="sent").exists())
        wait_until(lambda: lines_of(tmp_path) >= Event.objects.count())
    finally:
        kill(worker)
    check_deliveries(receiver_process.received())
    call_command("check_ledger", "--file")


def wait_for_more() -> None:
    """Wait until the worker is in the middle of sending."""
    sent = Delivery.objects.filter(status="sent")
    enough = sent.count() + 50
    wait_until(lambda: sent.count() > enough)


def wait_until(holds: Any, seconds: float = 400) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not get that far"
        time.sleep(0.05)


def lines_of(folder: Path) -> int:
    return sum(file.read_bytes().count(b"\n") for file in folder.glob("*.jsonl"))


def check_deliveries(received: list[Any]) -> None:
    ids: dict[tuple[str, int], set[str]] = {}
    for _, headers, body in received:
        told = json.loads(body)
        ids.setdefault((told["stream"], told["stream_seq"]), set()).add(headers["webhook-id"])
    assert set(ids) == set(Event.objects.values_list("stream", "stream_seq"))
    assert len(ids) >= EVENTS
    assert Counter(map(len, ids.values())).keys() == {1}, "an event came under two ids"
    # Else no worker was killed between sending and writing that down, and this test would have shown little.
    assert len(received) > len(ids)
