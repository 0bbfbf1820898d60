"""The clients themselves: answers that get lost, refusals, pauses, threads, event loops, and the words they share."""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from scrip_client import AsyncClient, Client, MeteringConfig, NoMeteredCall, ServerUnreachable, problems, record_usage
from scrip_client.amounts import amount_text
from scrip_client.context import QUANTITIES, Usage
from scrip_client.metering import Metering, Offer

from core.problems import Problem
from credits.models import LedgerEntry
from tests.client.lossy import Relay, relaying
from tests.usage.metered import kinds, standing
from usage.pricing import QUANTITIES as SERVER_QUANTITIES

pytestmark = [pytest.mark.django_db, pytest.mark.run_once]
Fill = Callable[..., str]


@pytest.fixture
def relay(server: str, key: str) -> Iterator[Relay]:
    with relaying(server) as relay:
        yield relay


@pytest.fixture(params=["thread", "loop"])
def lossy(request: pytest.FixtureRequest, relay: Relay, key: str) -> Callable[..., Any]:
    """Call a method of a client behind the relay, by its name."""
    terms: dict[str, Any] = {"base_url": relay.base, "api_key": key, "pause_seconds": 0.01}

    def call(name: str, *args: Any, **kwargs: Any) -> Any:
        if request.param == "thread":
            with Client(**terms) as client:
                return getattr(client, name)(*args, **kwargs)
        return asyncio.run(in_loop(name, *args, **kwargs))

    async def in_loop(name: str, *args: Any, **kwargs: Any) -> Any:
        async with AsyncClient(**terms) as client:
            return await getattr(client, name)(*args, **kwargs)

    return call


def test_a_lost_answer_is_asked_for_again_and_charges_once(lossy: Callable[..., Any], relay: Relay, fill: Fill) -> None:
    shop, relay.losses = fill(20), 3
    assert lossy("consume", shop, 5)["amount"] == "-5"
    assert len(relay.keys) == 4
    assert len(set(relay.keys)) == 1
    assert (kinds(shop), standing(shop)) == (["consumed"], (15, 0))


def test_each_step_of_a_hold_survives_lost_answers(lossy: Callable[..., Any], relay: Relay, fill: Fill) -> None:
    shop, relay.losses = fill(20), 2
    hold = lossy("place_hold", shop, "10")["hold"]["id"]
    relay.losses = 2
    lossy("capture_hold", hold, "1.5", final=False)
    relay.losses = 2
    lossy("capture_hold", hold, 30, overage="up_to")
    assert kinds(shop) == ["held", "consumed", "consumed"]
    assert standing(shop) == (0, 0)


def test_two_calls_without_a_key_are_two(lossy: Callable[..., Any], fill: Fill) -> None:
    shop = fill(20)
    lossy("consume", shop, 1)
    lossy("consume", shop, 1)
    assert kinds(shop) == ["consumed", "consumed"]


def test_retry_after_is_kept(lossy: Callable[..., Any], relay: Relay, fill: Fill) -> None:
    shop, relay.refusals, began = fill(20), 1, time.monotonic()
    lossy("consume", shop, 1)
    assert time.monotonic() - began >= 1
    assert len(relay.keys) == 2


def test_a_server_that_stays_away_is_told(lossy: Callable[..., Any], relay: Relay, fill: Fill) -> None:
    shop, relay.losses = fill(20), 100
    with pytest.raises(ServerUnreachable):
        lossy("consume", shop, 1)
    assert len(relay.keys) == 5


def test_a_refusal_is_an_exception_of_its_code_with_its_members(lossy: Callable[..., Any], fill: Fill) -> None:
    shop = fill(3)
    with pytest.raises(problems.InsufficientCredits) as refusal:
        lossy("place_hold", shop, 5)
    assert (refusal.value.status, refusal.value.available, refusal.value.required) == (402, "3", "5")
    with pytest.raises(AttributeError):
        refusal.value.colour  # noqa: B018
    with pytest.raises(problems.Problem) as unknown:
        lossy("release_hold", "not-an-id")
    assert unknown.value.status == 404


def test_a_key_that_is_none_is_refused(server: str, fill: Fill) -> None:
    with Client(server, "sk_unknown") as client, pytest.raises(problems.AuthenticationFailed):
        client.consume(fill(1), 1)


def test_one_client_serves_threads_and_loops(client: Client, server: str, key: str, fill: Fill) -> None:
    shop = fill(100)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.consume(shop, 1), range(24)))
    shared = AsyncClient(server, key)

    async def many() -> None:
        await asyncio.gather(*(shared.consume(shop, 1) for _ in range(8)))
        await shared.aclose()

    for _ in range(2):
        asyncio.run(many())
    assert standing(shop) == (60, 0)


def test_a_call_that_outlives_its_hold_is_charged_late(client: Client, fill: Fill) -> None:
    for usage in (Usage(Decimal(4)), Usage(model="m", quantities={"tokens": 4})):
        shop = fill(20)
        if usage.model:
            client._post("rates", "", model=shop, prices={"tokens": "1000000"})
            usage = Usage(model=shop, quantities=usage.quantities)
        metering = metered(client, shop, hold_seconds=1)
        client.run(metering.place())
        metering.recorder.add(usage)
        time.sleep(1.1)
        client.run(metering.charge())
        client.run(metering.charge())
        client.run(metering.release())
        assert standing(shop) == (16, 0)
        assert LedgerEntry.objects.get(wallet__reference=shop, kind="consumed").metadata["late"] is True


def test_a_capture_whose_answers_are_lost_charges_once(relay: Relay, key: str, fill: Fill) -> None:
    shop = fill(20)
    with Client(relay.base, key, pause_seconds=0.01) as client:
        metering = metered(client, shop)
        for steps in (metering.place, metering.charge):
            relay.losses = 2
            metering.recorder.add(Usage(Decimal(2)))
            client.run(steps())
    assert kinds(shop) == ["held", "consumed"]
    assert (metering.consumed, metering.available) == (4, "16")


def metered(client: Client, shop: str, **members: Any) -> Metering:
    config = MeteringConfig(paths=("/",), wallet=lambda request: shop, **members)
    return Metering(Offer(shop, "/", Decimal(10)), config, client.run)


def test_the_words_are_the_servers() -> None:
    codes = {problem.code for problem in _all_below(Problem)}
    assert {problem.code for problem in problems.Problem.__subclasses__()} <= codes
    assert set(QUANTITIES) == set(SERVER_QUANTITIES)


def _all_below(kind: type[Problem]) -> list[type[Problem]]:
    return [found for below in kind.__subclasses__() for found in [below, *_all_below(below)]]


@pytest.mark.parametrize("amount", [1.5, True, "1e3", "-1", Decimal("NaN"), "0.1234567", "", 10**10, None])
def test_what_is_no_amount_is_refused_before_it_travels(amount: Any) -> None:
    with pytest.raises(ValueError, match="amount"):
        amount_text(amount)


def test_amounts_have_one_form() -> None:
    texts = ["1.50", 100, Decimal("1E+2"), Decimal("0.000001"), "0"]
    assert [amount_text(value) for value in texts] == ["1.5", "100", "100", "0.000001", "0"]


def test_usage_belongs_to_a_call() -> None:
    with pytest.raises(NoMeteredCall):
        record_usage(cost=1)


@pytest.mark.parametrize(
    "members", [{"paths": "/m/"}, {"paths": ()}, {"estimate": 0}, {"estimate": {"/m/": 1}}, {"client_gone": "never"}]
)
def test_terms_that_cannot_work_are_refused(members: dict[str, Any]) -> None:
    known: dict[str, Any] = {"paths": ("/m/",), "wallet": lambda request: None}
    with pytest.raises(ValueError, match=r"\w"):
        MeteringConfig(**{**known, **members})
