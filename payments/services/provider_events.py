"""Webhooks: verify and store at once, and do later what they mean."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import F

from core import clock, logs

from ..exceptions import ProviderUnknown, WebhookRefused
from ..models import ProviderEvent, ProviderHealth
from ..news import tell_of_provider
from ..providers import registry
from ..providers.protocol import BadSignature
from .notices import NotOurs, Unmatched, Unusable, act_on

MOST_ATTEMPTS = 10
# An event may come before the one that names its payment; after these attempts it is nobody's.
UNMATCHED_ATTEMPTS = 5
FIRST_WAIT_SECONDS = 5
LONGEST_WAIT_SECONDS = 3_600
PROCESS = "payments.tasks.process_provider_event"

log = logs.get_logger(__name__)


def receive_webhook(*, provider: str, body: bytes, headers: Mapping[str, str], at: datetime) -> ProviderEvent:
    """Verify and store a webhook, once however often it comes; raise WebhookRefused, which leaves a counter only."""
    try:
        company = registry.provider(provider)
        event_id = company.verify_webhook(body, headers, at)
    except (BadSignature, ProviderUnknown):
        _count_refused(provider)
        raise WebhookRefused from None
    notice = company.read_event(body, event_id)
    event = ProviderEvent(
        provider=provider,
        event_id=event_id[:200],
        type=notice.type[:80],
        body=body.decode("utf-8", "replace"),
        occurred_at=notice.occurred_at,
        received_at=at,
        next_attempt_at=at,
    )
    return _store(event)


def process_event(*, event_id: UUID) -> ProviderEvent:
    """Do what a stored event means, and mark it; a failure is tried again, and after 10 waits for an operator.

    Safe to run twice at once: whatever an event means is done under the payment's lock, and found done.
    """
    event = ProviderEvent.objects.get(pk=event_id)
    if event.status != "received":
        return event
    try:
        notice = registry.provider(event.provider).read_event(event.body.encode(), event.event_id)
        payment = act_on(event.provider, notice)
    except NotOurs:
        return _close(event, "ignored")
    except Unmatched:
        return _wait(event, "names no payment of ours so far", UNMATCHED_ATTEMPTS, "unmatched")
    except Unusable as error:
        return _bury(event, str(error))
    except Exception as error:
        log.error("provider_event_failed", provider_event=str(event.pk), provider=event.provider, exc_info=error)
        return _wait(event, f"{type(error).__name__}: {error}", MOST_ATTEMPTS, "dead")
    event.payment = payment
    return _close(event, "processed")


def replay_event(*, event_id: UUID) -> None:
    """Let an event that was given up be processed again from the start."""
    fresh = {"status": "received", "attempts": 0, "next_attempt_at": clock.now(), "last_error": ""}
    if ProviderEvent.objects.filter(pk=event_id).exclude(status="received").update(**fresh):
        wake(event_id)


def process_due_events() -> int:
    """Process the events whose turn has come, oldest first; return how many."""
    due = ProviderEvent.objects.filter(status="received", next_attempt_at__lte=clock.now()).order_by("received_at")
    ids = list(due.values_list("pk", flat=True)[:500])
    for event_id in ids:
        process_event(event_id=event_id)
    return len(ids)


def wake(event_id: UUID) -> None:
    """Have a worker look at an event soon; without a broker the sweep finds it."""
    try:
        current_app.send_task(PROCESS, args=(str(event_id),), retry=False)
    except Exception as error:
        log.warning("provider_event_not_sent", provider_event=str(event_id), exc_info=error)


def _store(event: ProviderEvent) -> ProviderEvent:
    try:
        with transaction.atomic():
            event.save(force_insert=True)
            _note_contact(event)
            transaction.on_commit(lambda: wake(event.pk))
    except IntegrityError:
        return ProviderEvent.objects.get(provider=event.provider, event_id=event.event_id)
    return event


def _note_contact(event: ProviderEvent) -> None:
    talks = {"last_event_at": event.received_at, "silent_since": None}
    ProviderHealth.objects.update_or_create(provider=event.provider, defaults=talks)


def _count_refused(provider: str) -> None:
    """Count a forgery of a provider that we know; nothing else of it is kept."""
    if provider in registry.CLASSES:
        ProviderHealth.objects.get_or_create(provider=provider)
        ProviderHealth.objects.filter(provider=provider).update(refused_webhooks=F("refused_webhooks") + 1)


def _wait(event: ProviderEvent, error: str, most: int, end: str) -> ProviderEvent:
    event.attempts += 1
    event.last_error = error[:500].replace("\0", "")
    if event.attempts >= most:
        return _bury(event, event.last_error) if end == "dead" else _close(event, end)
    seconds = min(FIRST_WAIT_SECONDS * 4**event.attempts, LONGEST_WAIT_SECONDS)
    event.next_attempt_at = clock.now() + timedelta(seconds=seconds)
    event.save(update_fields=["attempts", "last_error", "next_attempt_at"])
    return event


@transaction.atomic
def _bury(event: ProviderEvent, error: str) -> ProviderEvent:
    event.last_error = error[:500].replace("\0", "")
    tell_of_provider(
        "provider_event.died", event.provider, event=str(event.pk), type=event.type, detail=event.last_error
    )
    return _close(event, "dead")


def _close(event: ProviderEvent, status: str) -> ProviderEvent:
    event.status, event.processed_at, event.next_attempt_at = status, clock.now(), None
    event.save(update_fields=["status", "processed_at", "next_attempt_at", "last_error", "attempts", "payment"])
    return event
