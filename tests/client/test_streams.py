"""Metered streams against a remote server: their timing, interim captures, their early end, clients that go away."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

import httpx
import pytest

from tests.client.servers import COMMANDS
from tests.client.test_metering import wait_for
from tests.usage.metered import kinds, standing

pytestmark = [pytest.mark.django_db, pytest.mark.run_once]
SOURCES = [
    ("fastapi", "stream"),
    ("fastapi", "astream"),
    ("flask", "stream"),
    ("django-wsgi", "stream"),
    ("django-asgi", "astream"),
]
assert {name for name, _ in SOURCES} == COMMANDS.keys()
Read = Callable[..., list[str]]
Fill = Callable[..., str]


@pytest.fixture(params=SOURCES, ids="-".join)
def read(request: pytest.FixtureRequest, sites: Callable[[str], str]) -> Read:
    """Read a stream's lines, at most so many."""
    name, source = request.param
    base = sites(name)

    def lines(query: str, wallet: str, most: int = 10_000) -> list[str]:
        found: list[str] = []
        url, headers = f"{base}/m/{source}?{query}", {"X-Wallet": wallet}
        with suppress(httpx.RemoteProtocolError), httpx.stream("GET", url, headers=headers, timeout=30) as answer:
            for line in answer.iter_lines():
                found += [line, str(time.time())] if line else []
                if len(found) >= most * 2:
                    break
        return found

    return lines


def test_chunks_pass_as_they_come_and_are_captured_slice_by_slice(read: Read, fill: Fill) -> None:
    shop = fill(100)
    lines = read("chunks=7&cost=1&pause=0.1", shop)
    assert [line.split()[1] for line in lines[::2]] == list("0123456")
    first_arrived, last_made = float(lines[1]), float(lines[-2].split()[2])
    assert first_arrived < last_made - 0.3
    wait_for(lambda: standing(shop) == (93, 0))
    assert kinds(shop) == ["held", "consumed", "extended", "consumed", "extended", "consumed"]


def test_a_stream_ends_where_the_credits_do(read: Read, fill: Fill) -> None:
    shop = fill(11)
    lines = read("chunks=40&cost=1", shop)[::2]
    assert lines[-2] == "event: insufficient_credits"
    problem = json.loads(lines[-1].removeprefix("data: "))
    assert (problem["code"], problem["available"], problem["consumed"]) == ("insufficient_credits", "0", "11")
    assert 11 <= len(lines) - 2 <= 14
    assert standing(shop) == (0, 0)


def test_a_client_that_goes_away_pays_for_what_was_made(read: Read, fill: Fill) -> None:
    shop = fill(100)
    read("chunks=400&cost=0.1&pause=0.02", shop, 10)
    wait_for(lambda: standing(shop)[1] == 0)
    assert Decimal(90) < standing(shop)[0] <= Decimal("99.5")


def test_a_stream_that_breaks_costs_what_was_captured(read: Read, fill: Fill) -> None:
    shop = fill(100)
    read("chunks=9&cost=1&break=5", shop)
    wait_for(lambda: standing(shop) == (97, 0))
    assert kinds(shop)[-1] == "released"


def test_a_request_that_is_given_up_is_free(sites: Callable[[str], str], fill: Fill) -> None:
    """Django cancels its handler; Starlette lets it run to its end, so there it is charged as any other."""
    shop = fill(100)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{sites('django-asgi')}/m/slow?cost=5&seconds=20", headers={"X-Wallet": shop}, timeout=0.7)
    wait_for(lambda: kinds(shop) == ["held", "released"])
    assert standing(shop) == (100, 0)
