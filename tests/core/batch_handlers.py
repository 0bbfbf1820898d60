"""A table of handlers for tests, in which most events come in lists."""

from collections.abc import Sequence

from core.models import Event
from tests.core.event_handlers import note

IN_ORDER = {"order.single": ("tests.core.event_handlers.note",)}
IN_BATCHES = {"order.*": ("tests.core.batch_handlers.note_all",), "order.single": ("tests.core.batch_handlers.count",)}
WAKE_UPS = {"order.loud": ("tests.core.wake_up",)}

sizes: list[int] = []


def note_all(events: Sequence[Event]) -> None:
    """Write down all events of a list; the ones that are delivered singly were written down already."""
    sizes.append(len(events))
    for event in events:
        if event.name != "order.single":
            note(event)


def count(events: Sequence[Event]) -> None:
    """Take what others take, too."""
