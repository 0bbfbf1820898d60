"""The relay of the outbox: numbers events within their streams and hands them to their handlers, at least once.

Rows are found by their flags, never by the last id seen: a transaction that began early may commit late.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from celery import current_app
from django.db import transaction
from django.db.models import F

from core import clock, handlers, logs, rows
from core.models import Event, EventStream

BATCH = 1_000
CHUNK = 200
LONGEST_WAIT_SECONDS = 3_600
# The row that a relay locks while it numbers; no event can have this stream.
LOCK_STREAM = ""

NUMBERED = rows.Table(
    "core_event", (("id", "bigint"), ("stream_seq", "bigint"), ("in_order", "flag"), ("delivered_at", "instant"))
)
STREAMS = rows.Table("core_eventstream", (("stream", "text"), ("last_seq", "bigint")))

log = logs.get_logger(__name__)


def relay_events() -> int:
    """Number and deliver what is due; return how many steps that took. Safe to run twice at once."""
    steps = 0
    while numbered := number_events():
        steps += numbered
    steps += deliver_batches()
    steps += sum(_deliver_stream(stream) for stream in _streams_with_work())
    # Last, because without a broker it raises.
    return steps + wake_tasks()


def number_events() -> int:
    """Give the oldest events without a number the next ones of their streams; return how many there were.

    One relay numbers at a time; events that nobody reacts to are delivered by this.
    """
    if not Event.objects.filter(delivered_at=None, stream_seq=None).exists():
        return 0
    EventStream.objects.get_or_create(stream=LOCK_STREAM)
    with transaction.atomic():
        if not EventStream.objects.select_for_update(skip_locked=True).filter(stream=LOCK_STREAM):
            return 0
        unnumbered = Event.objects.filter(delivered_at=None, stream_seq=None).order_by("id")
        found = list(unnumbered.values_list("id", "stream", "name")[:BATCH])
        _number(found)
    return len(found)


def _number(found: list[tuple[int, str, str]]) -> None:
    at = clock.now()
    last = dict(EventStream.objects.filter(stream__in={stream for _, stream, _ in found}).values_list())
    numbered = []
    for event_id, stream, name in found:
        last[stream] = last.get(stream, 0) + 1
        is_in_order = bool(handlers.in_order(name) or handlers.in_batches(name))
        numbered.append((event_id, last[stream], is_in_order, None if handlers.has_any(name) else at))
    rows.write([rows.Change("update", NUMBERED, numbered), rows.Change("upsert", STREAMS, list(last.items()))])


def deliver_batches() -> int:
    """Deliver events whose handlers all take batches, many streams at once; return how many.

    A batch that fails is left to the delivery one by one, where the event at fault stops only its own stream.
    """
    total = 0
    while delivered := sum(map(_deliver_batch, _pages())):
        total += delivered
    return total


def _pages() -> Iterator[list[Event]]:
    """Give the undelivered events of all streams in pages; of the last stream of a page perhaps only the first."""
    work = Event.objects.filter(delivered_at=None, in_order=True, stream_seq__isnull=False)
    ordered = work.order_by("stream", "stream_seq")
    page = list(ordered[:BATCH])
    while page:
        yield page
        page = list(ordered.filter(stream__gt=page[-1].stream)[:BATCH])


def _deliver_batch(page: Sequence[Event]) -> int:
    """Run the batch handlers of what stands first in its stream, and mark it, in one transaction; return how many."""
    heads = _heads(page, lambda event: event.attempts == 0 and handlers.takes_only_batches(event.name))
    try:
        with transaction.atomic():
            free = Event.objects.select_for_update(skip_locked=True).filter(delivered_at=None)
            locked = set(free.filter(id__in=[event.id for event in heads]).values_list("id", flat=True))
            # Who cannot have the first event of a stream must not have the second.
            events = _heads(heads, lambda event: event.id in locked)
            _handle_batch(events)
            Event.objects.filter(id__in=[event.id for event in events]).update(delivered_at=clock.now())
    except Exception as error:
        log.warning("event_batch_failed", events=len(heads), exc_info=error)
        return 0
    return len(events)


def _heads(page: Sequence[Event], suits: Callable[[Event], bool]) -> list[Event]:
    """Return of each stream the events before the first that does not suit."""
    stopped: set[str] = set()
    heads = []
    for event in page:
        if event.stream not in stopped and suits(event):
            heads.append(event)
        else:
            stopped.add(event.stream)
    return heads


def _handle_batch(events: Sequence[Event]) -> None:
    for handler in dict.fromkeys(handler for event in events for handler in handlers.in_batches(event.name)):
        handler([event for event in events if handler in handlers.in_batches(event.name)])
    for event in events:
        _send_tasks(event.id, event.name)


def wake_tasks() -> int:
    """Send the tasks of events that have no handlers in order; return for how many events."""
    total = 0
    while woken := _wake_batch():
        total += woken
    return total


@transaction.atomic
def _wake_batch() -> int:
    waiting = Event.objects.filter(delivered_at=None, in_order=False, stream_seq__isnull=False)
    events = list(waiting.select_for_update(skip_locked=True).values_list("id", "name")[:BATCH])
    for event_id, name in events:
        _send_tasks(event_id, name)
    Event.objects.filter(id__in=[event_id for event_id, _ in events]).update(delivered_at=clock.now())
    return len(events)


def _send_tasks(event_id: int, name: str) -> None:
    for task in handlers.wake_ups(name):
        current_app.send_task(task, args=(event_id,))


def _streams_with_work() -> Iterator[str]:
    """Give each stream with undelivered events once, in the order of their names, a page at a time."""
    work = Event.objects.filter(delivered_at=None, in_order=True, stream_seq__isnull=False)
    names = work.order_by("stream").values_list("stream", flat=True).distinct()
    page = list(names[:CHUNK])
    while page:
        yield from page
        page = list(names.filter(stream__gt=page[-1])[:CHUNK])


def _deliver_stream(stream: str) -> int:
    """Deliver a stream's events in order until one fails, waits or belongs to another relay; return how many."""
    pending = Event.objects.filter(delivered_at=None, in_order=True, stream=stream, stream_seq__isnull=False)
    delivered = 0
    for event in pending.order_by("stream_seq")[:BATCH]:
        if (event.next_attempt_at and event.next_attempt_at > clock.now()) or not _deliver(event):
            break
        delivered += 1
    return delivered


def _deliver(event: Event) -> bool:
    """Run an event's handlers and mark it in the same transaction; tell whether the stream may go on.

    The marking comes first and holds the row: another relay waits, finds it marked, and leaves the stream.
    """
    try:
        with transaction.atomic():
            if not Event.objects.filter(id=event.id, delivered_at=None).update(delivered_at=clock.now()):
                return False
            for handler in handlers.in_order(event.name):
                handler(event)
            _handle_batch([event])
    except Exception as error:
        _note_failure(event, error)
        return False
    return True


def _note_failure(event: Event, error: Exception) -> None:
    log.error("event_failed", event_id=event.id, name=event.name, stream=event.stream, exc_info=error)
    wait = timedelta(seconds=min(2 ** min(event.attempts, 12), LONGEST_WAIT_SECONDS))
    Event.objects.filter(id=event.id).update(
        attempts=F("attempts") + 1,
        next_attempt_at=clock.now() + wait,
        last_error=f"{type(error).__name__}: {error}"[:500].replace("\0", ""),
    )
