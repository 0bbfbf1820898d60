"""The outbox: news for upper rooms, written in the transaction of what it tells about."""

from collections.abc import Mapping, Sequence

from core import clock, rows
from core.json_text import canonical

News = tuple[str, str, Mapping[str, object]]
"""Name, stream, payload."""

EVENTS = rows.Table(
    "core_event", (("stream", "text"), ("name", "text"), ("payload", "text"), ("created_at", "instant"))
)


def publish(name: str, *, stream: str, payload: Mapping[str, object]) -> None:
    """Write one event into the caller's transaction; the relay numbers and delivers it after the commit."""
    publish_many([(name, stream, payload)])


def publish_many(events: Sequence[News]) -> None:
    """Write events of (name, stream, payload) in one statement, in their order, into the caller's transaction."""
    rows.write([change_of(events)])


def change_of(events: Sequence[News]) -> rows.Change:
    """Return the rows of events, for a caller that writes them together with its own."""
    at = clock.now()
    table_rows = [(stream, name, canonical(payload), at) for name, stream, payload in events]
    return rows.Change("insert", EVENTS, table_rows)
