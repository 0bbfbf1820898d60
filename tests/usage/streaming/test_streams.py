"""What a stream costs, chunk by chunk, as a thread and as an event loop serve it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from credits.models import LedgerEntry
from tests.usage.metered import WALLET, events, fill, kinds, last_hold, standing
from tests.usage.site import streams
from usage.models import UsageEvent

pytestmark = pytest.mark.django_db(transaction=True)
HEADERS = {"X-Wallet": WALLET}
Read = Callable[..., list[bytes]]


def read_in_thread(path: str, most: int | None = None) -> list[bytes]:
    """Return the chunks of a stream, at most so many, and hang up."""
    response: Any = Client().get(path, headers=HEADERS)
    assert response.status_code == 200, response.content
    chunks = [chunk for _, chunk in zip(range(most or 10**6), response.streaming_content, strict=False)]
    response.close()
    return chunks


@async_to_sync
async def read_on_loop(path: str, most: int | None = None) -> list[bytes]:
    """Return the same on an event loop, where Django closes the response in a thread."""
    from asgiref.sync import sync_to_async

    response: Any = await AsyncClient().get(path, headers=HEADERS)
    assert response.status_code == 200, response.content
    chunks: list[bytes] = []
    async for chunk in response.streaming_content:
        chunks.append(chunk)
        if len(chunks) == most:
            break
    await sync_to_async(response.close)()
    return chunks


@pytest.fixture(params=[read_in_thread, read_on_loop], ids=["thread", "loop"])
def read(request: pytest.FixtureRequest, meter: Any) -> Read:
    meter(estimate="2", slice_credits="2")
    streams.made.clear()
    streams.closed.clear()
    found: Read = request.param
    return found


sources = pytest.mark.parametrize("source", ["stream", "astream"])


@sources
def test_each_slice_is_captured_and_the_next_is_covered(read: Read, source: str) -> None:
    fill(100)
    chunks = read(f"/m/{source}?chunks=5&cost=1")
    assert len(chunks) == 5
    assert standing() == (95, 0)
    assert kinds() == ["held", "consumed", "extended", "consumed", "extended", "consumed"]
    assert sum(event.amount for event in UsageEvent.objects.all()) == 5
    assert len(streams.closed) == 1


@sources
def test_when_credits_run_out_the_stream_says_so_and_ends(read: Read, source: str) -> None:
    fill(5)
    chunks = read(f"/m/{source}?chunks=12&cost=1")
    assert len(chunks) == 6
    last = chunks[-1].decode()
    assert last.startswith("event: insufficient_credits\ndata: {")
    assert '"available": "0"' in last
    assert streams.made == [0, 1, 2, 3, 4], "nothing is made that nobody can pay"
    assert standing() == (0, 0)
    assert len(streams.closed) == 1


def test_json_lines_end_with_a_line_and_other_forms_are_broken_off(read: Read) -> None:
    fill(5)
    chunks = read("/m/stream?chunks=12&cost=2.5&type=application/x-ndjson")
    assert b'"code": "insufficient_credits"' in chunks[-1]
    fill(5)
    with pytest.raises(ConnectionError, match="credits ran out"):
        read("/m/stream?chunks=12&cost=2.5&type=text/plain")
    assert standing() == (0, 0)


@sources
def test_the_used_part_is_captured_when_the_client_goes_away(read: Read, source: str) -> None:
    fill(100)
    assert len(read(f"/m/{source}?chunks=12&cost=1&pause=0.01", most=3)) == 3
    assert streams.closed == ["plain" if source == "stream" else "asynchronous"], "the source is closed"
    assert standing() == (97, 0)
    assert last_hold().status == "captured"


@sources
def test_by_policy_what_was_not_yet_captured_is_free_when_the_client_goes_away(
    read: Read, source: str, meter: Any
) -> None:
    meter(client_gone="released", slice_credits="2")
    fill(100)
    read(f"/m/{source}?chunks=12&cost=1&pause=0.01", most=3)
    assert standing() == (98, 0)
    assert last_hold().status == "released"


def test_by_policy_the_source_runs_on_until_it_reports(read: Read, meter: Any) -> None:
    meter(client_gone="reported")
    fill(100)
    assert len(read("/m/source?chunks=6&cost=7&pause=0.01", most=2)) == 2
    assert standing() == (93, 0)


def test_our_count_stands_in_until_the_source_reports(read: Read, meter: Any) -> None:
    meter(credits_per_chunk="1", slice_credits="2")
    fill(100)
    read("/m/source?chunks=7&cost=3.5&pause=0.001")
    assert standing() == (96.5, 0)
    assert "reversed" in kinds()
    assert sum(event.amount for event in UsageEvent.objects.all()) == Decimal("3.5")


def test_our_count_is_charged_where_the_source_never_reports(read: Read, meter: Any) -> None:
    meter(credits_per_chunk="0.3", slice_credits="1")
    fill(100)
    read("/m/source?chunks=7&pause=0.001")
    assert standing() == (Decimal("97.9"), 0)
    assert events("usage.missing") == []


@sources
def test_a_source_that_breaks_costs_what_was_captured(read: Read, source: str) -> None:
    fill(100)
    with pytest.raises(RuntimeError, match="broke"):
        read(f"/m/{source}?chunks=12&cost=1&break=5")
    assert standing() == (96, 0)
    assert last_hold().status == "released"


def test_a_stream_that_uses_nothing_is_free_and_told(read: Read) -> None:
    fill(100)
    read("/m/stream?chunks=3")
    assert standing() == (100, 0)
    assert len(events("usage.missing")) == 1


def test_what_passes_the_credits_in_one_chunk_is_recorded_as_shortfall(read: Read) -> None:
    fill(3)
    chunks = read("/m/stream?chunks=5&cost=10")
    assert len(chunks) == 2
    assert LedgerEntry.objects.filter(kind="consumed").get().shortfall == 7


def test_seconds_make_a_slice_too(read: Read, meter: Any) -> None:
    meter(estimate="50", slice_credits="50", slice_seconds=1)
    fill(100)
    read("/m/astream?chunks=4&cost=0.5&pause=0.4")
    assert kinds().count("consumed") == 2
    assert standing() == (98, 0)


def test_a_hold_that_expired_leaves_the_stream_to_what_is_free(read: Read, meter: Any) -> None:
    meter(estimate="5", slice_credits="5", hold_seconds=1, slice_seconds=3600)
    fill(100)
    read("/m/astream?chunks=2&cost=2&pause=0.8")
    assert standing() == (96, 0)
