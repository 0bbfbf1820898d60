"""The relay numbers, delivers in order per stream, and lets one failure stop one stream only."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.events import NUDGE_PAUSE_SECONDS, publish, publish_many
from core.models import Event, EventStream, IdempotentRequest
from core.relay import number_events, relay_events
from core.tasks import purge_old_rows
from tests.core.event_handlers import seen

pytestmark = pytest.mark.usefixtures("handlers")


@pytest.fixture(autouse=True)
def queue() -> Iterator[Any]:
    """The queue of Celery's messages, empty."""
    with current_app.connection_for_write() as broker:
        queue = broker.SimpleQueue(current_app.conf.task_default_queue)
        queue.clear()
        yield queue
        queue.clear()


def messages(queue: Any) -> list[tuple[str, list[Any]]]:
    found = []
    while len(queue):
        message = queue.get_nowait()
        found.append((message.headers["task"], message.payload[0]))
        message.ack()
    return found


def order(stream: str, n: int, **payload: object) -> tuple[str, str, dict[str, object]]:
    return ("order.placed", stream, {"n": n, **payload})


def test_events_are_numbered_from_one_in_each_stream() -> None:
    publish_many([order("a", 1), order("b", 1), order("a", 2)])
    publish_many([order("a", 3)])
    relay_events()
    assert sorted(seen()) == [("a", 1, 1), ("a", 2, 2), ("a", 3, 3), ("b", 1, 1)]
    assert dict(EventStream.objects.exclude(stream="").values_list("stream", "last_seq")) == {"a": 3, "b": 1}


def test_an_event_is_delivered_once_when_nothing_fails() -> None:
    publish_many([order("a", n) for n in range(1, 50)])
    relay_events()
    assert relay_events() == 0
    assert [n for _, _, n in seen()] == list(range(1, 50))


def test_an_event_that_nobody_reacts_to_is_numbered_and_done() -> None:
    publish("silence.kept", stream="a", payload={})
    relay_events()
    event = Event.objects.get()
    assert event.stream_seq == 1
    assert event.delivered_at is not None


def test_a_rolled_back_transaction_publishes_nothing() -> None:
    with transaction.atomic():
        publish("order.placed", stream="a", payload={"n": 1})
        transaction.set_rollback(True)
    relay_events()
    assert seen() == []


def test_a_failing_handler_stops_only_its_own_stream() -> None:
    publish_many([order("a", 1, fails=True), order("a", 2), order("b", 1)])
    relay_events()
    assert seen() == [("b", 1, 1)]
    failed = Event.objects.get(stream="a", stream_seq=1)
    assert (failed.attempts, failed.last_error) == (1, "RuntimeError: asked to fail")
    assert failed.next_attempt_at is not None


def test_a_failed_event_waits_longer_each_time_and_then_goes_on_in_order() -> None:
    publish_many([order("a", 1, fails=True), order("a", 2)])
    waits = []
    for _ in range(4):
        Event.objects.update(next_attempt_at=None)
        relay_events()
        failed = Event.objects.get(stream_seq=1)
        assert failed.next_attempt_at is not None
        waits.append(round((failed.next_attempt_at - timezone.now()).total_seconds()))
    assert waits == sorted(waits)
    assert waits[-1] >= 4
    assert relay_events() == 0, "a stream that waits was tried"
    Event.objects.filter(stream_seq=1).update(payload={"n": 1}, next_attempt_at=timezone.now() - timedelta(seconds=1))
    relay_events()
    assert seen() == [("a", 1, 1), ("a", 2, 2)]


def test_what_a_failed_handler_wrote_is_rolled_back(settings: Any) -> None:
    settings.EVENT_HANDLERS = "tests.core.broken_handlers"
    publish("order.placed", stream="a", payload={"n": 1})
    relay_events()
    assert seen() == []


def test_an_event_that_commits_late_is_found_although_its_id_is_lower() -> None:
    publish("order.placed", stream="late", payload={"n": 1})
    late = Event.objects.get()
    rescued = (late.stream, late.name, late.payload, late.created_at)
    late_id = late.id
    late.delete()
    publish("order.placed", stream="b", payload={"n": 1})
    relay_events()
    stream, name, payload, created_at = rescued
    Event.objects.create(id=late_id, stream=stream, name=name, payload=payload, created_at=created_at)
    relay_events()
    assert seen() == [("b", 1, 1), ("late", 1, 1)]


def test_tasks_of_unordered_consumers_get_the_event_id(queue: Any) -> None:
    publish_many([("wake.up", "a", {}), order("a", 2), ("order.loud", "a", {"n": 3})])
    relay_events()
    ids = dict(Event.objects.values_list("name", "id"))
    woken = [arguments for task, arguments in messages(queue) if task == "tests.core.wake_up"]
    assert sorted(woken) == sorted([[ids["wake.up"]], [ids["order.loud"]]])
    assert not Event.objects.filter(delivered_at=None).exists()


def test_commits_nudge_the_relay_once_and_not_once_per_event(queue: Any) -> None:
    time.sleep(NUDGE_PAUSE_SECONDS)
    for n in range(20):
        publish("order.placed", stream="a", payload={"n": n})
    publish("silence.kept", stream="a", payload={})
    sent = messages(queue)
    assert sent == [("core.tasks.relay_events", [])]


def test_publishing_any_number_of_events_is_one_statement(django_assert_num_queries: Any) -> None:
    for count in (1, 500):
        with django_assert_num_queries(1):
            publish_many([order("a", n) for n in range(count)])


def test_numbering_a_batch_costs_the_same_however_many_events() -> None:
    publish_many([order("a", 1)])
    number_events()
    counts = []
    for count in (1, 300):
        publish_many([order(f"s{n % 40}", n) for n in range(count)])
        with CaptureQueriesContext(connection) as statements:
            number_events()
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_old_delivered_events_and_answers_are_purged_and_nothing_else() -> None:
    publish_many([("silence.kept", "old", {}), ("silence.kept", "new", {}), order("waiting", 1, fails=True)])
    relay_events()
    old = timezone.now() - timedelta(days=31)
    Event.objects.filter(stream="old").update(delivered_at=old)
    Event.objects.filter(stream="waiting").update(created_at=old)
    for key, at in (("old", old), ("new", timezone.now())):
        IdempotentRequest.objects.create(scope="s", key=key, fingerprint="", created_at=at)
    purge_old_rows()
    assert set(Event.objects.values_list("stream", flat=True)) == {"new", "waiting"}
    assert [row.key for row in IdempotentRequest.objects.all()] == ["new"]
    publish("silence.kept", stream="old", payload={})
    relay_events()
    assert Event.objects.get(stream="old").stream_seq == 2
