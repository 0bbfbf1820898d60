"""What beat nudges for subscriptions: the work is rows that are due, so a missed turn only delays."""

from celery import shared_task

from . import services
from .services.billing import open_checkouts, stop_billing


@shared_task
def run_due_work() -> None:
    """Start periods and hand out allowances that are due; each further worker that comes shares the chunks."""
    services.run_due_work()


@shared_task
def bill() -> None:
    """Open the pages on which customers agree to pay, and end what nobody shall pay any more."""
    open_checkouts()
    stop_billing()


@shared_task
def open_checkout(event_id: int) -> None:
    """Open the page for a new charge at once, should the request that asked for it not have."""
    open_checkouts()
