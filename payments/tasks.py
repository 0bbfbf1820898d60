"""What workers do for payments: each task takes ids, is safe to run twice, and has a row behind it that beat sweeps."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task

from core import clock

from .models import Payment
from .providers import registry
from .sandbox import books, webhooks
from .services import provider_events, reconciliation, refunds, settling, top_ups

LISTED_BACK = timedelta(days=2)
UNSETTLED_AFTER = timedelta(seconds=30)


@shared_task
def process_provider_event(event_id: str) -> None:
    """Do what one stored webhook means."""
    provider_events.process_event(event_id=UUID(event_id))


@shared_task
def sweep_payments() -> None:
    """Take up what a lost message or a crash left: due webhooks, facts without effect, refunds without an answer."""
    provider_events.process_due_events()
    unsettled = Payment.objects.filter(is_settled=False, updated_at__lt=clock.now() - UNSETTLED_AFTER)
    for payment_id in list(unsettled.values_list("pk", flat=True)[:200]):
        settling.settle_payment(payment_id=payment_id)
    refunds.send_due_refunds()
    if "sandbox" in registry.configured():
        deliver_sandbox_webhooks()


@shared_task
def reconcile_providers() -> None:
    """Compare the payments of the last two days with every provider."""
    reconciliation.reconcile_all(since=clock.now() - LISTED_BACK)


@shared_task
def top_up_wallet(reference: str) -> None:
    """Look at the standing order of a wallet."""
    top_ups.top_up_if_low(reference=reference)


@shared_task
def sweep_top_ups() -> None:
    """Look at every standing order."""
    top_ups.sweep_top_ups()


@shared_task
def deliver_sandbox_webhooks() -> None:
    """Let the sandbox charge what recurs, and send what it has to say."""
    books.charge_due(clock.now())
    webhooks.deliver_due()
    webhooks.wake_for_next()
