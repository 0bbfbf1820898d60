"""Metering behind real servers: concurrency, the timing of streams, kills, disconnects, tenants side by side."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from decimal import Decimal

import httpx
import pytest

from credits.models import Hold, Wallet
from credits.services import settle_wallets
from tests.usage.metered import WALLET, fill, last_hold, standing
from tests.usage.servers import COMMANDS, Site, serve, serve_to_kill

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.run_once]
on_loops = pytest.mark.parametrize("site", ["uvicorn", "granian-asgi"], indirect=True)
MEMBERS = {"estimate": "tests.usage.site.views.hold_of", "slice_credits": "3"}


@pytest.fixture(scope="module", params=COMMANDS)
def site(request: pytest.FixtureRequest, django_db_setup: None) -> Iterator[Site]:
    """The site behind each server in turn."""
    with serve(request.param, **MEMBERS) as running:
        yield running


def ask_at_once(site: Site, path_of: Callable[[int], str], wallets: list[str]) -> list[httpx.Response]:
    """Send a request for each wallet, all at the same time."""

    async def main() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=len(wallets))
        async with httpx.AsyncClient(base_url=site.base, timeout=120, limits=limits) as client:
            calls = [client.get(path_of(n), headers={"X-Wallet": wallet}) for n, wallet in enumerate(wallets)]
            return await asyncio.gather(*calls)

    return asyncio.run(main())


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_of_200_requests_at_once_exactly_as_many_are_served_as_the_wallet_pays(site: Site) -> None:
    fill(50)
    answers = ask_at_once(site, lambda number: "/m/record?cost=1&hold=1", [WALLET] * 200)
    assert sorted(answer.status_code for answer in answers) == [200] * 50 + [402] * 150
    assert standing() == (0, 0)


@on_loops
def test_no_tenant_pays_for_another(site: Site) -> None:
    tenants = [f"tenant{number}" for number in range(60)]
    for tenant in tenants:
        fill(1000, tenant)
    answers = ask_at_once(site, lambda number: f"/m/threads?cost={number + 1}&hold=300", tenants)
    assert {answer.status_code for answer in answers} == {200}
    left = dict(Wallet.objects.values_list("reference", "balance"))
    assert left == {tenant: 1000 - 5 * (number + 1) for number, tenant in enumerate(tenants)}


@pytest.mark.parametrize("source", ["stream", "astream"])
def test_the_first_chunk_arrives_before_the_last_is_made(site: Site, source: str) -> None:
    fill(100)
    arrivals = read_events(site, f"/m/{source}?chunks=5&cost=1&pause=0.2&hold=2")
    assert [number for number, _, _ in arrivals] == [0, 1, 2, 3, 4]
    first_arrived, last_made = arrivals[0][2], arrivals[-1][1]
    assert first_arrived < last_made - 0.4
    wait_for(lambda: standing() == (95, 0))


def read_events(site: Site, path: str) -> list[tuple[int, float, float]]:
    """Return the number of each chunk with the instants when it was made and when it arrived."""
    found = []
    with httpx.stream("GET", site.base + path, headers={"X-Wallet": WALLET}, timeout=30) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: "):
                number, made = line.removeprefix("data: ").split()
                found.append((int(number), float(made), time.time()))
    return found


@pytest.mark.parametrize("chunk", range(12))
def test_killed_at_any_chunk_at_most_one_slice_is_unbilled(chunk: int) -> None:
    fill(100)
    with serve_to_kill(estimate="3", slice_credits="3", hold_seconds=2) as site:
        received = 0
        with (
            contextlib.suppress(httpx.TransportError),
            httpx.stream(
                "GET", f"{site.base}/m/astream?chunks=12&cost=1&pause=0.03", headers={"X-Wallet": WALLET}, timeout=30
            ) as answer,
        ):
            for line in answer.iter_lines():
                if line.startswith("data: "):
                    received += 1
                    if received == chunk + 1:
                        site.kill()
    balance, held = standing()
    assert received - 3 < 100 - balance <= 12
    assert held > 0 or chunk == 11, "the call was still open when its process was killed"
    time.sleep(2.2)
    settle_wallets([WALLET])
    assert standing() == (balance, 0), "what a killed process held is free again by itself"


@pytest.mark.parametrize("source", ["stream", "astream"])
def test_a_client_that_goes_away_pays_for_what_was_made(site: Site, source: str) -> None:
    fill(100)
    with httpx.stream(
        "GET", f"{site.base}/m/{source}?chunks=400&cost=0.1&pause=0.02&hold=4", headers={"X-Wallet": WALLET}, timeout=30
    ) as answer:
        for number, _ in enumerate(answer.iter_lines()):
            if number == 10:
                break
    wait_for(lambda: last_hold().status == "captured")
    balance, held = standing()
    assert held == 0
    assert Decimal(90) < balance <= Decimal("99.5")


@on_loops
def test_a_request_that_is_given_up_is_free(site: Site) -> None:
    fill(100)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{site.base}/m/slow?cost=5&seconds=20", headers={"X-Wallet": WALLET}, timeout=0.7)
    wait_for(lambda: last_hold().status == "released", 10)
    assert standing() == (100, 0)


@on_loops
def test_the_handler_stays_on_the_event_loop(site: Site) -> None:
    fill(100)
    assert site.get("/m/loop").json() == {"on_main_thread": True}


@on_loops
def test_what_is_recorded_after_the_end_is_a_consumption_of_its_own(site: Site) -> None:
    fill(100)
    assert site.get("/m/background?cost=2&late=3&seconds=0.1").headers["X-Credits-Consumed"] == "2"
    wait_for(lambda: standing() == (95, 0))
    assert not Hold.objects.filter(status="active").exists()
