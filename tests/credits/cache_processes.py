"""Other processes that read and spend on the test database with the balance cache on."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

# Long enough that no value dies of age while a test on a busy machine looks for a stale one.
LIFE_SECONDS = 12.0
CONTEXT = multiprocessing.get_context("spawn")


class Peer:
    """A process that does what it is told: read, consume, or die right after the COMMIT of a consumption."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def ask(self, *order: Any) -> Any:
        """Send an order and return the answer."""
        self._pipe.send(order)
        assert self._pipe.poll(30), "the peer did not answer"
        return self._pipe.recv()

    def tell(self, *order: Any) -> None:
        """Send an order and wait for no answer."""
        self._pipe.send(order)

    def answer(self) -> Any:
        """Return the answer to an order that was told."""
        assert self._pipe.poll(30), "the peer did not answer"
        return self._pipe.recv()


@contextmanager
def peer(database: str, cache_url: str) -> Iterator[Peer]:
    """Start a process on the database of this name; it ends with the block."""
    here, there = CONTEXT.Pipe()
    process = CONTEXT.Process(target=_serve, args=(there, database, cache_url))
    process.start()
    try:
        yield Peer(here)
    finally:
        process.kill()
        process.join()


def _serve(pipe: Connection, database: str, cache_url: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django
    from django.conf import settings
    from django.db import connections

    django.setup()
    connections.settings["default"]["NAME"] = database
    settings.BALANCE_CACHE_URL, settings.BALANCE_CACHE_SECONDS = cache_url, LIFE_SECONDS
    while True:
        name, *arguments = pipe.recv()
        pipe.send(_ORDERS[name](*arguments))


def _read(reference: str) -> int:
    from credits import selectors

    return selectors.read_wallet(reference).sequence


def _consume(reference: str) -> int:
    from decimal import Decimal

    from credits import services

    return services.consume(reference=reference, amount=Decimal(1)).entry.sequence


def _consume_and_die(reference: str) -> int:
    """Spend and be killed between COMMIT and the write to the cache: hooks run in their order."""
    from django.db import transaction

    with transaction.atomic():
        transaction.on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))
        return _consume(reference)


_ORDERS = {"read": _read, "consume": _consume, "consume and die": _consume_and_die}
