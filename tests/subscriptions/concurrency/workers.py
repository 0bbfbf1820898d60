"""Processes that do what is due: until it is done, or until they are killed."""

from datetime import datetime
from decimal import Decimal

from django.test import override_settings

from core import clock
from credits import services as credits
from subscriptions.services import run_due_work, runs
from tests.concurrency import nursery


def work_at(moment: datetime) -> None:
    """Do what is due, once."""
    with override_settings(TEST_CLOCK_ENABLED=True):
        clock.forget_offset()
        run_due_work()


def consume(reference: str, amount: int) -> str:
    return credits.consume(reference=reference, amount=Decimal(amount)).entry.id


def work_or_consume(reference: str, amount: int) -> None:
    """Do what is due, or take credits where there is a reference."""
    with override_settings(TEST_CLOCK_ENABLED=True):
        clock.forget_offset()
        if reference:
            consume(reference, amount)
        else:
            run_due_work()


def work_for_ever(database: str, chunk: int) -> None:
    """Do what is due, again and again, in small chunks."""
    nursery.use_database(database)
    runs.CHUNK = chunk
    with override_settings(TEST_CLOCK_ENABLED=True):
        while True:
            run_due_work()
