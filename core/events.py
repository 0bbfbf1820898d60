"""The outbox: news for upper rooms, written in the transaction of what it tells about."""

from collections.abc import Mapping, Sequence

from core import clock, rows
from core.json_text import canonical

EVENTS = rows.Table(
    "core_event", (("stream", "text"), ("name", "text"), ("payload", "text"), ("created_at", "instant"))
)


def publish(name: str, *, stream: str, payload: Mapping[str, object]) -> None:
    """Write one event into the caller's transaction; the relay numbers and delivers it after the commit."""
    publish_many([(name, stream, payload)])


def publish_many(events: Sequence[tuple[str, str, Mapping[str, object]]]) -> None:
    """Write events of (name, stream, payload) in one statement, in their order, into the caller's transaction."""
    if events:
        at = clock.now()
        rows.insert(EVENTS, [(stream, name, canonical(payload), at) for name, stream, payload in events])
