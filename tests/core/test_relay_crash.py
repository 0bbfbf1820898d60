"""Events survive kill -9: relays and the writer die 20 times in 10,000 events, and nobody misses or reorders one."""

import multiprocessing
import os
import random
import signal
import time
from collections import defaultdict
from multiprocessing.process import BaseProcess

import pytest
from django.db import connections, transaction

from core.events import publish_many
from core.models import Event, EventStream
from core.relay import relay_events
from tests.core.event_handlers import seen

EVENTS = 10_000
KILLS = 20
STREAMS = 40
BURST = 10
BACKLOG = 500

pytestmark = pytest.mark.usefixtures("handlers")


def write(target: int) -> None:
    """Be the web: publish bursts, each continuing its stream's own count, until the table holds `target` events."""
    dice = random.Random(os.getpid())
    while Event.objects.count() < target:
        while Event.objects.filter(delivered_at=None).count() > BACKLOG:
            time.sleep(0.005)
        stream = f"wallet:{dice.randrange(STREAMS)}"
        with transaction.atomic():
            # The writer's own lock, as a wallet's row is one.
            list(EventStream.objects.select_for_update().filter(stream=f"lock:{stream}"))
            last = Event.objects.filter(stream=stream).count()
            publish_many([("order.placed", stream, {"n": last + n}) for n in range(1, BURST + 1)])


def relay() -> None:
    """Be a relay for ever."""
    while True:
        if not relay_events():
            time.sleep(0.02)


def start(work: object, *args: object) -> BaseProcess:
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=work, args=args, daemon=True)
    process.start()
    return process


def kill(process: BaseProcess) -> bool:
    """Kill a process as power loss would; tell whether it was still at work."""
    alive = process.is_alive()
    if alive:
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    return alive


def delivered() -> int:
    return Event.objects.exclude(delivered_at=None).count()


def wait_until_delivered(count: int) -> None:
    deadline = time.monotonic() + 120
    while delivered() < count:
        assert time.monotonic() < deadline, f"only {delivered()} of {count} events were delivered"
        time.sleep(0.05)


def test_no_event_is_lost_or_out_of_order_when_web_and_relays_are_killed_20_times() -> None:
    EventStream.objects.bulk_create(EventStream(stream=f"lock:wallet:{n}") for n in range(STREAMS))
    dice = random.Random(7)
    writer, relays = start(write, EVENTS), [start(relay), start(relay)]
    try:
        for kills in range(1, KILLS + 1):
            # Each kill comes while events are on their way, a random moment after the last one's work is seen.
            wait_until_delivered(kills * EVENTS // (KILLS + 2))
            time.sleep(dice.random() * 0.02)
            victim = dice.randrange(2)
            assert kill(relays[victim]), "a relay ended by itself"
            relays[victim] = start(relay)
            assert kill(writer), "the writer ended by itself"
            writer = start(write, EVENTS)
        wait_until_delivered(EVENTS)
        writer.join()
        wait_until_delivered(Event.objects.count())
    finally:
        for process in (writer, *relays):
            kill(process)
    check_everything_arrived()


def check_everything_arrived() -> None:
    got: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for stream, seq, n in seen():
        got[stream].append((seq, n))
    for stream, pairs in got.items():
        written = Event.objects.filter(stream=stream).count()
        assert pairs == [(n, n) for n in range(1, written + 1)], f"{stream} is not complete and in order"
    assert sum(map(len, got.values())) == Event.objects.count() >= EVENTS
    assert not Event.objects.filter(delivered_at=None).exists()
