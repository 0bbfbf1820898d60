"""Webhook endpoints: opened, changed, tried, paused while they fail, and disabled when that goes on."""

import secrets as random_text
from base64 import b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from core import clock, events
from core.exceptions import NotFound, ValidationFailed
from credits.exceptions import WalletNotFound
from credits.models import Wallet
from credits.store.news import stream_of

from ..channels import Undelivered
from ..exceptions import EndpointDisabled, TooManyEndpoints
from ..models import Delivery, WebhookEndpoint
from ..models.deliveries import DEAD, WAITING, WEBHOOK
from ..outgoing import TargetRefused, target_of
from ..sealing import seal

MOST_ENDPOINTS = 10
SECRET_BYTES = 32
FAILING_LIFE = timedelta(days=5)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
DISABLED = "webhook_endpoint.disabled"


@dataclass(frozen=True, slots=True)
class OpenedEndpoint:
    """An endpoint with its secret, which is shown this once."""

    endpoint: WebhookEndpoint
    secret: str


@transaction.atomic
def open_endpoint(
    *, reference: str, url: str, event_types: Sequence[str] = (), description: str = ""
) -> OpenedEndpoint:
    """Open an endpoint for the events of one wallet, or of all for the reference "".

    Raises ValidationFailed for a URL that may not be called, WalletNotFound and TooManyEndpoints.
    """
    _check_url(url)
    # Locks the wallet, so that the number stays right.
    if reference and Wallet.objects.select_for_update().filter(reference=reference).first() is None:
        raise WalletNotFound
    if WebhookEndpoint.objects.filter(reference=reference).count() >= MOST_ENDPOINTS:
        raise TooManyEndpoints
    secret = new_secret()
    endpoint = WebhookEndpoint.objects.create(
        reference=reference, url=url, event_types=list(event_types), description=description, secret=seal(secret)
    )
    return OpenedEndpoint(endpoint, secret)


@transaction.atomic
def change_endpoint(
    *, endpoint_id: UUID, enabled: bool | None = None, rotate_secret: bool = False, **changes: Any
) -> OpenedEndpoint:
    """Change an endpoint; return its new secret if it was rotated, else "".

    The former secret signs beside the new one for a day. Enabling forgets the failures. Raises ValidationFailed.
    """
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=endpoint_id)
    if "url" in changes:
        _check_url(changes["url"])
    for name, value in changes.items():
        setattr(endpoint, name, value)
    secret = new_secret() if rotate_secret else ""
    if secret:
        endpoint.previous_secret, endpoint.secret, endpoint.rotated_at = endpoint.secret, seal(secret), clock.now()
    if enabled is True:
        endpoint.disabled_at, endpoint.disabled_because = None, ""
        endpoint.failing_since, endpoint.failures, endpoint.paused_until = None, 0, None
    endpoint.save()
    if enabled is False and endpoint.disabled_at is None:
        _disable(endpoint, "It was switched off", clock.now())
    return OpenedEndpoint(endpoint, secret)


def find_endpoint(*, endpoint_id: UUID, reference: str | None) -> WebhookEndpoint:
    """Return an endpoint; raise NotFound for one of another wallet than `reference`, if that is given."""
    found = WebhookEndpoint.objects.filter(pk=endpoint_id)
    endpoint = (found if reference is None else found.filter(reference=reference)).first()
    if endpoint is None:
        raise NotFound
    return endpoint


def list_endpoints(*, reference: str | None) -> QuerySet[WebhookEndpoint]:
    """Return the endpoints of a wallet, or all."""
    found = WebhookEndpoint.objects.all()
    return found if reference is None else found.filter(reference=reference)


def delete_endpoint(*, endpoint: WebhookEndpoint) -> None:
    """Delete an endpoint and its deliveries."""
    endpoint.delete()


def send_test(*, endpoint: WebhookEndpoint) -> Delivery:
    """Send an event `webhook_endpoint.tested` to an endpoint; raises EndpointDisabled."""
    if endpoint.disabled_at is not None:
        raise EndpointDisabled
    at = clock.now()
    body = {
        "type": "webhook_endpoint.tested",
        "timestamp": at.isoformat().replace("+00:00", "Z"),
        "stream": None,
        "stream_seq": None,
        "data": {"endpoint": str(endpoint.pk), "wallet": endpoint.reference or None},
    }
    return Delivery.objects.create(channel=WEBHOOK, endpoint=endpoint, name=str(body["type"]), payload=body)


def note_success(*, endpoints: Collection[WebhookEndpoint]) -> None:
    """Forget the failures of endpoints that have taken something."""
    recovered = [one.pk for one in endpoints if one.failures]
    WebhookEndpoint.objects.filter(pk__in=recovered).update(failing_since=None, failures=0, paused_until=None)


@transaction.atomic
def note_failure(*, endpoint_id: UUID, failure: Undelivered, at: datetime) -> None:
    """Pause an endpoint that asks for it or does not answer; disable one that is gone or has failed for five days."""
    endpoint = WebhookEndpoint.objects.select_for_update().filter(pk=endpoint_id, disabled_at=None).first()
    if endpoint is None:
        return
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or at
    pause = failure.pause
    if pause is None and failure.is_unreachable:
        pause = min(FIRST_PAUSE * 2 ** min(endpoint.failures - 1, 10), LONGEST_PAUSE)
    if pause is not None:
        endpoint.paused_until = at + pause
    endpoint.save(update_fields=["failures", "failing_since", "paused_until"])
    if failure.is_gone:
        _disable(endpoint, "It answered 410 Gone", at)
    elif at - endpoint.failing_since >= FAILING_LIFE:
        _disable(endpoint, "It has failed for five days", at)


def new_secret() -> str:
    """Return a secret in the form of Standard Webhooks."""
    return f"whsec_{b64encode(random_text.token_bytes(SECRET_BYTES)).decode()}"


def _disable(endpoint: WebhookEndpoint, reason: str, at: datetime) -> None:
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(disabled_at=at, disabled_because=reason)
    endpoint.disabled_at, endpoint.disabled_because = at, reason
    Delivery.objects.filter(endpoint=endpoint, status=WAITING).update(
        status=DEAD, next_attempt_at=None, ended_at=at, last_error=f"The endpoint was disabled: {reason}."
    )
    stream = stream_of(endpoint.reference) if endpoint.reference else f"webhook_endpoint:{endpoint.pk}"
    payload: dict[str, object] = {"endpoint": str(endpoint.pk), "url": endpoint.url, "reason": reason}
    if endpoint.reference:
        payload["wallet"] = endpoint.reference
    events.publish(DISABLED, stream=stream, payload=payload)


def _check_url(url: str) -> None:
    try:
        target_of(url)
    except TargetRefused as error:
        raise ValidationFailed([("url", str(error))]) from None
