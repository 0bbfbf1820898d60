"""What beat starts for core; each task may run twice, and what a lost one missed the next one does."""

from datetime import timedelta

from celery import shared_task

from core import clock, relay
from core.models import Event, IdempotentRequest

KEPT_DAYS = 30
CHUNK = 5_000


@shared_task
def relay_events() -> None:
    """Number and deliver what is in the outbox."""
    relay.relay_events()


@shared_task
def purge_old_rows() -> None:
    """Delete delivered events, and answers kept for repeated writes, that are older than 30 days."""
    before = clock.now() - timedelta(days=KEPT_DAYS)
    while ids := list(Event.objects.filter(delivered_at__lt=before).values_list("id", flat=True)[:CHUNK]):
        Event.objects.filter(id__in=ids).delete()
    while ids := list(IdempotentRequest.objects.filter(created_at__lt=before).values_list("id", flat=True)[:CHUNK]):
        IdempotentRequest.objects.filter(id__in=ids).delete()
