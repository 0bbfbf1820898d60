"""Work of usage that beat starts."""

from celery import shared_task

from core import clock

from .services.budgets import purge_counters


@shared_task
def purge_old_counters() -> int:
    """Delete what budgets counted in windows that are long over."""
    return purge_counters(at=clock.now())
