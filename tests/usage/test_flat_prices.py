"""`@metered` and the permission with a flat price."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.tokens import issue_tokens
from credits.exceptions import InsufficientCredits
from tests.usage.metered import WALLET, fill, kinds, last_hold, standing
from usage.context import NoMeteredCall, record_usage
from usage.decorators import metered

pytestmark = pytest.mark.django_db(transaction=True)
HEADERS = {"X-Wallet": WALLET}


@metered(amount="2", wallet="payer")
def double(number: int, *, payer: str) -> int:
    return 2 * number


@metered(estimate=lambda cost, payer: Decimal(cost), wallet=lambda cost, payer: payer)
async def adouble(cost: str, payer: str) -> str:
    record_usage(cost=cost)
    return cost * 2


@metered(estimate=4, wallet="payer")
def letters(text: str, payer: str) -> Iterator[str]:
    for letter in text:
        record_usage(cost="0.5")
        yield letter


@metered(estimate=4, wallet="payer")
async def aletters(text: str, payer: str) -> AsyncIterator[str]:
    for letter in text:
        record_usage(cost="0.5")
        yield letter


def test_a_function_costs_its_amount() -> None:
    fill(5)
    assert double(3, payer=WALLET) == 6
    assert standing() == (3, 0)
    assert last_hold().metadata == {"operation": "double"}


def test_a_function_raises_the_refusal_and_is_not_run() -> None:
    fill(1)
    with pytest.raises(InsufficientCredits):
        double(3, payer=WALLET)
    assert standing() == (1, 0)


def test_a_function_that_fails_is_free() -> None:
    fill(5)
    with pytest.raises(TypeError):
        double(None, payer=WALLET)  # type: ignore[arg-type]
    assert standing() == (5, 0)


def test_a_coroutine_costs_what_it_records() -> None:
    fill(5)
    assert asyncio.run(adouble("1.5", WALLET)) == "1.51.5"
    assert standing() == (Decimal("3.5"), 0)


def test_generators_are_streams() -> None:
    fill(10)
    assert "".join(letters("abc", WALLET)) == "abc"

    async def read() -> str:
        return "".join([letter async for letter in aletters("abc", WALLET)])

    assert asyncio.run(read()) == "abc"
    assert standing() == (7, 0)
    some = letters("abc", WALLET)
    next(some)
    some.close()  # type: ignore[attr-defined]
    assert standing() == (Decimal("6.5"), 0)


def test_what_pays_must_be_known() -> None:
    with pytest.raises(TypeError, match="wallet"):
        metered(amount=1)(lambda: None)()
    with pytest.raises(TypeError, match="amount"):
        metered()
    with pytest.raises(NoMeteredCall):
        record_usage(cost=1)


@pytest.mark.parametrize("members", [{"cost": "-1"}, {"cost": "nan"}, {"tokens": {"sparks": 1}}, {"tokens": -1}, {}])
def test_what_is_no_use_is_refused_where_it_is_recorded(members: dict[str, Any]) -> None:
    @metered(amount=1, wallet="payer")
    def work(payer: str) -> None:
        record_usage(**members)

    fill(5)
    with pytest.raises(ValueError, match=r"\w"):
        work(WALLET)
    assert standing() == (5, 0)


@pytest.mark.parametrize(("path", "consumed"), [("decorated?cost=0.5", "2"), ("adecorated?status=404", "0")])
def test_a_decorated_view_costs_its_amount_and_what_it_records(meter: Any, path: str, consumed: str) -> None:
    fill(5)
    assert Client().get(f"/flat/{path}", headers=HEADERS)["X-Credits-Consumed"] == consumed
    assert Client().get("/flat/adecorated?estimate=50", headers=HEADERS).status_code == 402


def test_a_view_of_drf_costs_its_price_if_it_succeeds(meter: Any) -> None:
    meter(wallet_header="")
    user = User.objects.create_user("ada@example.com", "tide-lantern-42")
    reference = f"user:{user.pk}"
    fill(5, reference)
    client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {issue_tokens(user).access}"})
    answer = client.get("/flat/view")
    assert (answer["X-Credits-Consumed"], answer["X-Credits-Available"]) == ("2.5", "2.5")
    assert client.get("/flat/view?status=404")["X-Credits-Consumed"] == "0"
    assert client.get("/flat/view?raise=1").status_code == 500
    assert standing(reference) == (Decimal("2.5"), 0)
    client.get("/flat/view")
    refused = client.get("/flat/view")
    assert (refused.status_code, refused.json()["available"], refused.json()["required"]) == (402, "0", "2.5")
    assert Client().get("/flat/view").status_code == 401
    assert kinds(reference).count("consumed") == 2
