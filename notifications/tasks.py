"""What beat nudges for notifications; each task catches up with rows, so a missed turn only delays."""

from pathlib import Path

from celery import shared_task
from django.conf import settings

from core import clock

from . import ledger_file
from .services import deliveries, expiries

MOST_ROUNDS = 10


@shared_task
def send_deliveries() -> None:
    """Try what is due; the rest of a long queue is left to the next turns, so that other tasks get theirs."""
    for _ in range(MOST_ROUNDS):
        if not deliveries.send_deliveries():
            break


@shared_task
def write_ledger_file() -> None:
    """Append to the ledger file, if there is to be one."""
    if settings.LEDGER_FILE:
        ledger_file.write_ledger_file(Path(settings.LEDGER_FILE))


@shared_task
def warn_of_expiring_credits() -> None:
    """Tell owners what will expire soon."""
    expiries.warn_of_expiries(at=clock.now())


@shared_task
def purge_old_notifications() -> None:
    """Delete deliveries that arrived long since, and notes about grants that have ended."""
    at = clock.now()
    deliveries.purge_sent(at=at)
    expiries.forget_expiries(at=at)
