"""The outbox: news for upper rooms, written in the transaction of what it tells about."""

import time
from collections.abc import Mapping, Sequence

from celery import current_app
from django.db import transaction

from core import clock, handlers, logs, rows
from core.json_text import canonical

News = tuple[str, str, Mapping[str, object]]
"""Name, stream, payload."""

EVENTS = rows.Table(
    "core_event", (("stream", "text"), ("name", "text"), ("payload", "text"), ("created_at", "instant"))
)
NUDGE_PAUSE_SECONDS = 0.5
PAUSE_WITHOUT_BROKER_SECONDS = 30

log = logs.get_logger(__name__)
_next_nudge_at = 0.0


def publish(name: str, *, stream: str, payload: Mapping[str, object]) -> None:
    """Write one event into the caller's transaction; the relay numbers and delivers it after the commit."""
    publish_many([(name, stream, payload)])


def publish_many(events: Sequence[News]) -> None:
    """Write events of (name, stream, payload) in one statement, in their order, into the caller's transaction."""
    rows.write([change_of(events)])


def change_of(events: Sequence[News]) -> rows.Change:
    """Return the rows of events, for a caller that writes them together with its own in one transaction."""
    if any(handlers.has_any(name) for name, _, _ in events):
        transaction.on_commit(_nudge_relay)
    at = clock.now()
    table_rows = [(stream, name, canonical(payload), at) for name, stream, payload in events]
    return rows.Change("insert", EVENTS, table_rows)


def _nudge_relay() -> None:
    """Wake the relay before beat does, at most twice a second in a process; without a broker, beat's turn will do."""
    global _next_nudge_at
    if time.monotonic() < _next_nudge_at:
        return
    _next_nudge_at = time.monotonic() + NUDGE_PAUSE_SECONDS
    try:
        current_app.send_task("core.tasks.relay_events", expires=60, retry=False)
    except Exception as error:
        _next_nudge_at = time.monotonic() + PAUSE_WITHOUT_BROKER_SECONDS
        log.warning("relay_not_nudged", exc_info=error)
