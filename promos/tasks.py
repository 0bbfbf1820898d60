"""What workers do for promos."""

from celery import shared_task

from . import services


@shared_task
def take_back_due() -> None:
    """Take back what holds covered when its purchase was refunded."""
    services.take_back_due()
