"""The sandbox's webhooks: signed, sent through the real endpoint, and sent again until they are taken."""

import json
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import requests
from celery import current_app
from django.conf import settings
from django.db import transaction

from core import clock, logs

from ..models import SandboxCheckout, SandboxWebhook
from . import signing
from .charges import Row
from .recurring import period_of
from .states import state_of, state_of_charge

DELIVER = "payments.tasks.deliver_sandbox_webhooks"
LONGEST_SECONDS = 5
MOST_ATTEMPTS = 12
MESSY_PAUSE_SECONDS = 2
SWEPT_SECONDS = 10
PATH = "/api/v1/webhooks/sandbox"

log = logs.get_logger(__name__)


def queue(checkout: SandboxCheckout, types: Sequence[str], *, messy: bool = False, charge: Row | None = None) -> None:
    """Store the webhooks of what happened, to be sent after the commit; `messy` sends each twice, the last one first.

    `charge` is the one that it happened to, where a subscription has several.
    """
    now = clock.now()
    rows = [SandboxWebhook(checkout=checkout, body=_body(checkout, type, charge), due_at=now) for type in types]
    if messy:
        rows = [SandboxWebhook(checkout=checkout, body=row.body) for row in reversed(rows) for _ in range(2)]
        for place, row in enumerate(rows):
            row.due_at = now + timedelta(seconds=MESSY_PAUSE_SECONDS * place)
    SandboxWebhook.objects.bulk_create(rows)
    transaction.on_commit(_wake)


def deliver_due() -> int:
    """Send the webhooks whose turn has come; return how many were taken."""
    due = SandboxWebhook.objects.filter(due_at__lte=clock.now()).order_by("due_at", "pk")
    return sum(_deliver(webhook) for webhook in due[:200])


def _deliver(webhook: SandboxWebhook) -> bool:
    webhook.attempts += 1
    webhook.last_status = _post(webhook.body.encode())
    taken = webhook.last_status is not None and 200 <= webhook.last_status < 300
    waits = timedelta(seconds=min(2**webhook.attempts, 7_200))
    gives_up = taken or webhook.attempts >= MOST_ATTEMPTS
    webhook.due_at = None if gives_up else clock.now() + waits
    webhook.save(update_fields=["attempts", "last_status", "due_at"])
    return taken


def _post(body: bytes) -> int | None:
    secret = settings.PAYMENT_PROVIDERS["sandbox"]["webhook_secrets"][0]
    headers = {signing.HEADER: signing.sign(body, secret, clock.now()), "Content-Type": "application/json"}
    try:
        answer = requests.post(
            f"{settings.SITE_URL}{PATH}", data=body, headers=headers, timeout=LONGEST_SECONDS, allow_redirects=False
        )
    except requests.RequestException as error:
        log.warning("sandbox_webhook_not_taken", error=type(error).__name__)
        return None
    return answer.status_code


def _body(checkout: SandboxCheckout, type: str, charge: Row | None) -> str:
    if checkout.recurs:
        data = state_of_charge(checkout, charge) if charge else _recurring_state(checkout, type)
    else:
        data = state_of(checkout)
    event = {"id": f"evt_sandbox_{secrets.token_hex(10)}", "type": type, "created": int(clock.now().timestamp())}
    return json.dumps({**event, "data": data})


def _recurring_state(checkout: SandboxCheckout, type: str) -> dict[str, Any]:
    state: dict[str, Any] = {"id": checkout.pk, "reference": checkout.order_key, "customer": checkout.customer_id}
    if type == "subscription.charged":
        begins, ends = period_of(checkout, checkout.recurs["periods"] - 1)
        state |= {"charge": checkout.recurs["charge"], "amount": checkout.amount_minor, "currency": checkout.currency}
        state |= {"period_start": int(begins.timestamp()), "period_end": int(ends.timestamp())}
    return state


def wake_for_next() -> None:
    """Have a worker come back for a webhook that is due within seconds, before the next sweep."""
    soon = clock.now() + timedelta(seconds=SWEPT_SECONDS)
    waiting = SandboxWebhook.objects.filter(due_at__lte=soon).order_by("due_at")
    due_at = waiting.values_list("due_at", flat=True).first()
    if due_at is not None:
        _wake(max(1.0, (due_at - clock.now()).total_seconds()))


def _wake(seconds: float = 0) -> None:
    try:
        current_app.send_task(DELIVER, retry=False, countdown=seconds)
    except Exception as error:
        log.warning("sandbox_webhooks_not_sent", exc_info=error)
