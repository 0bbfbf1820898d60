"""Hold, run, capture against a remote server, the same behind every framework."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import httpx
import pytest
from scrip_client import Client

from credits.models import Hold, LedgerEntry
from tests.client.servers import COMMANDS
from tests.usage.metered import kinds, last_hold, standing
from usage.models import UsageEvent

pytestmark = [pytest.mark.django_db, pytest.mark.run_once]
Ask = Callable[..., httpx.Response]
Fill = Callable[..., str]


@pytest.fixture(params=COMMANDS)
def base(request: pytest.FixtureRequest, sites: Callable[[str], str]) -> str:
    return sites(request.param)


@pytest.fixture
def ask(base: str) -> Ask:
    """Send a GET to the site in a wallet's name."""

    def get(path: str, wallet: str = "", **headers: str) -> httpx.Response:
        named = {"X-Wallet": wallet} if wallet else {}
        return httpx.get(base + path, headers={**named, **headers}, timeout=30)

    return get


def told(answer: httpx.Response) -> tuple[str, str]:
    return answer.headers["X-Credits-Consumed"], answer.headers["X-Credits-Available"]


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_what_is_recorded_is_captured_and_the_rest_is_freed(ask: Ask, fill: Fill) -> None:
    shop = fill(20)
    answer = ask("/m/record?cost=3.5", shop)
    assert (answer.status_code, answer.text, told(answer)) == (200, "done", ("3.5", "16.5"))
    assert standing(shop) == (Decimal("16.5"), 0)
    assert kinds(shop) == ["held", "consumed"]
    entry = LedgerEntry.objects.get(wallet__reference=shop, kind="consumed")
    assert entry.metadata == {"operation": "/m/", "note": "x"}


def test_a_model_is_priced_by_its_rate(ask: Ask, fill: Fill, client: Client) -> None:
    shop = fill(20)
    client._post("rates", "", model=shop, prices={"input_tokens": "1000000"})
    answer = ask(f"/m/record?model={shop}&tokens=2&cost=0.5", shop)
    assert told(answer) == ("2.5", "17.5")
    assert kinds(shop) == ["held", "consumed", "consumed"]
    [event] = UsageEvent.objects.filter(wallet__reference=shop, model=shop)
    assert (event.model, event.quantities, event.amount, event.operation) == (shop, {"input_tokens": 2}, 2, "/m/")


def test_one_event_ends_the_hold_by_itself(ask: Ask, fill: Fill, client: Client) -> None:
    shop = fill(20)
    client._post("rates", "", model=shop, prices={"input_tokens": "1000000"})
    assert told(ask(f"/m/record?model={shop}&tokens=2", shop)) == ("2", "18")
    assert kinds(shop) == ["held", "consumed"]


def test_a_model_without_a_rate_does_not_make_the_rest_free(ask: Ask, fill: Fill) -> None:
    shop = fill(20)
    assert told(ask("/m/record?model=unheard-of&tokens=2&cost=1", shop)) == ("1", "19")
    assert told(ask("/m/record?model=unheard-of&tokens=2", shop)) == ("0", "19")
    assert standing(shop) == (19, 0)


def test_the_header_of_the_answer_comes_before_its_body(ask: Ask, fill: Fill) -> None:
    shop = fill(20)
    assert told(ask("/m/answer?header=2&tokens=3000", shop)) == ("2", "18")
    assert told(ask("/m/answer?tokens=3001", shop)) == ("3.001", "14.999")


@pytest.mark.parametrize("query", ["", "?tokens=0", "?header=nan", "?tokens=-4", '?tokens="7e3"', "?tokens=1e3"])
def test_where_nothing_is_found_nothing_is_charged(ask: Ask, fill: Fill, query: str) -> None:
    shop = fill(20)
    assert told(ask(f"/m/answer{query}", shop)) == ("0", "20")
    assert kinds(shop) == ["held", "released"]


def test_nobody_to_pay_is_401(ask: Ask, key: str) -> None:
    answer = ask("/m/record?cost=1")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_too_little_is_402_and_tells_what_would_be_enough(ask: Ask, fill: Fill, server: str) -> None:
    shop = fill("9.5")
    answer = ask("/m/record?cost=1", shop)
    assert (answer.status_code, answer.headers["Content-Type"]) == (402, "application/problem+json")
    body = answer.json()
    assert (body["code"], body["available"], body["required"]) == ("insufficient_credits", "9.5", "10")
    assert (body["instance"], body["type"]) == ("/m/record", f"{server}/problems#insufficient-credits")
    assert kinds(shop) == []


def test_the_payer_is_looked_for_before_the_estimate_is_read(ask: Ask, fill: Fill) -> None:
    assert ask("/m/record", **{"X-Estimated-Tokens": "nan"}).status_code == 401
    assert ask("/m/record", fill(1), **{"X-Estimated-Tokens": "nan"}).status_code == 400


def test_an_unknown_wallet_is_402(ask: Ask, key: str) -> None:
    assert ask("/m/record?cost=1", "nobody").status_code == 402


def test_a_reference_that_is_none_is_400(ask: Ask, key: str) -> None:
    answer = ask("/m/record?cost=1", "a b")
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")


def test_a_frozen_wallet_is_403(ask: Ask, fill: Fill, client: Client) -> None:
    shop = fill(20)
    client._post(f"wallets/{shop}/freeze", "", reason="a trial")
    assert ask("/m/record?cost=1", shop).status_code == 403


@pytest.mark.parametrize("query", ["cost=5&status=500", "cost=5&status=503", "cost=5&raise=1", "cost=5&status=422"])
def test_defects_and_refusals_are_free(ask: Ask, fill: Fill, query: str) -> None:
    shop = fill(20)
    assert ask(f"/m/record?{query}", shop).status_code >= 400
    assert (kinds(shop), standing(shop)) == (["held", "released"], (20, 0))


def test_more_than_was_held_is_taken_as_far_as_it_goes(ask: Ask, fill: Fill) -> None:
    shop = fill(12)
    assert told(ask("/m/record?cost=15", shop)) == ("12", "0")
    assert LedgerEntry.objects.get(wallet__reference=shop, kind="consumed").shortfall == 3


def test_a_client_may_raise_the_hold_and_never_lower_it(ask: Ask, fill: Fill) -> None:
    shop = fill(100)
    for tokens, held in (("1", 10), ("50000", 50)):
        ask("/m/record?cost=1", shop, **{"X-Estimated-Tokens": tokens})
        assert last_hold().amount == held
    ask("/m/small?cost=1", shop)
    assert last_hold().amount == 3


def test_what_is_not_metered_is_free(ask: Ask, key: str) -> None:
    assert ask("/m/free/up").text == ask("/up").text == "up"


def test_metadata_that_is_too_long_does_not_make_a_call_free(ask: Ask, fill: Fill) -> None:
    assert told(ask("/m/record?cost=2&long=5000", fill(20))) == ("2", "18")


def test_a_hold_that_was_ended_by_hand_does_not_make_a_call_free(ask: Ask, fill: Fill, client: Client) -> None:
    shop = fill(20)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(ask, "/m/record?cost=4&seconds=1.5", shop)
        wait_for(lambda: Hold.objects.filter(wallet__reference=shop, status="active").exists())
        client.release_hold(str(last_hold().pk))
        assert told(answer.result()) == ("4", "16")
    assert kinds(shop) == ["held", "released", "consumed"]


def test_what_is_recorded_after_the_end_is_a_consumption_of_its_own(ask: Ask, fill: Fill) -> None:
    shop = fill(20)
    assert told(ask("/m/record?cost=2&late=3", shop)) == ("2", "18")
    wait_for(lambda: standing(shop) == (15, 0))


def test_no_tenant_pays_for_another(ask: Ask, fill: Fill) -> None:
    shops = [fill(100) for _ in range(16)]
    with ThreadPoolExecutor(16) as pool:
        costs = [
            pool.submit(ask, f"/m/record?cost={number + 1}&seconds=0.05", shop) for number, shop in enumerate(shops)
        ]
        assert [told(cost.result())[0] for cost in costs] == [str(number + 1) for number in range(16)]
    assert [standing(shop) for shop in shops] == [(99 - number, 0) for number in range(16)]


def test_of_many_at_once_exactly_as_many_are_served_as_the_wallet_pays(ask: Ask, fill: Fill) -> None:
    shop = fill(15)
    with ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(ask, "/m/small?cost=3", shop) for _ in range(20)]
        statuses = sorted(answer.result().status_code for answer in answers)
    assert statuses == [200] * 5 + [402] * 15
    assert standing(shop) == (0, 0)
