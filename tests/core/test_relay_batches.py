"""Handlers that take lists get the events of many streams at once, and lose nothing of order and isolation."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.events import publish_many
from core.models import Event
from core.relay import BATCH, deliver_batches, number_events, relay_events
from tests.concurrency.crew import race_in_threads
from tests.core import batch_handlers
from tests.core.event_handlers import seen


@pytest.fixture(autouse=True)
def _takes_batches(handlers: None, settings: Any) -> None:
    settings.EVENT_HANDLERS = "tests.core.batch_handlers"
    batch_handlers.sizes.clear()


def order(stream: str, n: int, name: str = "order.placed", **payload: object) -> tuple[str, str, dict[str, object]]:
    return (name, stream, {"n": n, **payload})


def by_stream() -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for stream, _, n in seen():
        found.setdefault(stream, []).append(n)
    return found


def test_events_of_many_streams_come_in_one_list_each_stream_in_its_order() -> None:
    publish_many([order(f"s{n % 7}", n) for n in range(70)])
    relay_events()
    assert batch_handlers.sizes == [70]
    assert by_stream() == {f"s{k}": list(range(k, 70, 7)) for k in range(7)}
    assert not Event.objects.filter(delivered_at=None).exists()


def test_a_list_costs_the_same_statements_however_long_it_is() -> None:
    counts = []
    for size in (1, 50):
        publish_many([order(f"s{n}", n, "order.quiet") for n in range(size)])
        number_events()
        with CaptureQueriesContext(connection) as statements:
            deliver_batches()
        # The handler of this test writes each event down by itself.
        counts.append(sum("core_test_seen" not in one["sql"] for one in statements))
    assert counts[0] == counts[1]


def test_an_event_that_fails_stops_only_its_own_stream() -> None:
    publish_many([order("a", 1), order("a", 2, fails=True), order("a", 3), order("b", 1), order("c", 1)])
    relay_events()
    assert by_stream() == {"a": [1], "b": [1], "c": [1]}
    Event.objects.filter(stream_seq=2).update(payload={"n": 2}, next_attempt_at=None)
    relay_events()
    assert by_stream()["a"] == [1, 2, 3]


def test_events_that_are_handled_singly_keep_their_place_among_the_others() -> None:
    publish_many([order("a", 1), order("a", 2, "order.single"), order("a", 3), order("a", 4), order("b", 1)])
    relay_events()
    assert by_stream() == {"a": [1, 2, 3, 4], "b": [1]}


def test_a_page_that_ends_within_a_stream_leaves_out_nothing() -> None:
    each = BATCH * 2 // 3
    publish_many([order(stream, n) for stream in ("a", "b", "c") for n in range(each)])
    relay_events()
    assert by_stream() == {stream: list(range(each)) for stream in ("a", "b", "c")}


def test_relays_that_deliver_at_once_hand_out_each_event_once_and_in_order() -> None:
    publish_many([order(f"s{n % 20}", n) for n in range(600)])
    while number_events():
        pass
    outcomes = race_in_threads(relay_events, [()] * 12)
    assert [outcome.error for outcome in outcomes] == [None] * 12
    relay_events()
    assert by_stream() == {f"s{k}": list(range(k, 600, 20)) for k in range(20)}
