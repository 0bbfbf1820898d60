"""A table of handlers for tests: what the relay hands out is written down in `core_test_seen`."""

from django.db import connection

from core.models import Event

IN_ORDER = {"order.*": ("tests.core.event_handlers.note",)}
WAKE_UPS = {"wake.*": ("tests.core.wake_up",), "order.loud": ("tests.core.wake_up",)}

CREATE = {
    "postgresql": "CREATE TABLE core_test_seen (id bigserial PRIMARY KEY, stream varchar(160), seq bigint, n bigint)",
    "sqlite": "CREATE TABLE core_test_seen"
    " (id integer PRIMARY KEY AUTOINCREMENT, stream varchar(160), seq bigint, n bigint)",
    "mysql": "CREATE TABLE core_test_seen"
    " (id bigint AUTO_INCREMENT PRIMARY KEY, stream varchar(160), seq bigint, n bigint)",
}
DROP = "DROP TABLE IF EXISTS core_test_seen"


def note(event: Event) -> None:
    """Write down an event, unless its payload says that this must fail."""
    if event.payload.get("fails"):
        raise RuntimeError("asked to fail")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_test_seen (stream, seq, n) VALUES (%s, %s, %s)",
            [event.stream, event.stream_seq, event.payload["n"]],
        )


def seen() -> list[tuple[str, int, int]]:
    """Return (stream, stream_seq, n) in the order in which the handler got them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stream, seq, n FROM core_test_seen ORDER BY id")
        return [(row[0], row[1], row[2]) for row in cursor.fetchall()]
