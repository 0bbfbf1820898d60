"""What beat nudges for subscriptions: the work is rows that are due, so a missed turn only delays."""

from celery import shared_task

from . import services


@shared_task
def run_due_work() -> None:
    """Start periods and hand out allowances that are due; each further worker that comes shares the chunks."""
    services.run_due_work()
