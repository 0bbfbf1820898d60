"""Answers that fail, are lost, or come too slowly: each is one of our words, and no deed is done twice."""

import threading
import time

import pytest

from payments.providers.config import ProviderConfig
from payments.providers.messages import Checkout, RefundOrder
from payments.providers.protocol import Declined, ProviderRefused, ProviderUnreachable
from payments.providers.razorpay import Razorpay
from payments.providers.stripe import Stripe
from tests.payments.counterparts.running import Running

from . import orders

REFUND = {"stripe": "POST /v1/refunds", "razorpay": "POST /v1/payments/pay_"}


@pytest.fixture(params=["stripe", "razorpay"])
def provider(request: pytest.FixtureRequest) -> Stripe | Razorpay:
    return request.getfixturevalue(str(request.param))


def _bought(provider: Stripe | Razorpay, stubs: Running) -> tuple[str, RefundOrder]:
    page = provider.create_checkout(orders.checkout(currency="INR"))
    if provider.name == "stripe":
        stubs("stripe", "pay_session", session=page.id)
    else:
        stubs("razorpay", "pay_link", link=page.id)
    return page.id, orders.refund(provider.fetch(page.id).charges[0].id, 500, currency="INR")


def _refunds(provider: Stripe | Razorpay, checkout_id: str) -> list[int]:
    return [refund.amount_minor for refund in provider.fetch(checkout_id).charges[0].refunds]


@pytest.mark.parametrize("fault", ["drop", "slow"])
def test_a_refund_whose_answer_was_lost_is_not_made_again(
    provider: Stripe | Razorpay, stubs: Running, fault: str
) -> None:
    id, order = _bought(provider, stubs)
    stubs(provider.name, "fault", kind=fault, match=REFUND[provider.name], seconds=3.0)
    with pytest.raises(ProviderUnreachable):
        provider.refund(order)
    if fault == "slow":
        time.sleep(1.2)
    assert provider.refund(order).amount_minor == 500
    assert _refunds(provider, id) == [500]


@pytest.mark.parametrize("fault", ["drop", "reset", "garbage", "status", "slow", "drip"])
def test_an_answer_that_fails_in_any_way_is_unreachable(
    provider: Stripe | Razorpay, stubs: Running, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = provider.create_checkout(orders.checkout(currency="INR"))
    stubs(provider.name, "fault", kind=fault, match="GET", seconds=8.0)
    began = time.monotonic()
    with pytest.raises(ProviderUnreachable):
        provider.fetch(page.id)
    assert time.monotonic() - began < 6.0, "an answer in drips was waited for to its end"
    assert provider.fetch(page.id).checkout_id == page.id
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, ProviderRefused),
        (404, ProviderRefused),
        (409, ProviderUnreachable),
        (429, ProviderUnreachable),
        (500, ProviderUnreachable),
        (503, ProviderUnreachable),
        (302, ProviderUnreachable),
    ],
)
def test_a_status_says_whether_to_ask_again(
    provider: Stripe | Razorpay, stubs: Running, status: int, error: type[Exception]
) -> None:
    stubs(provider.name, "fault", kind="status", match="GET", status=status)
    with pytest.raises(error) as raised:
        provider.fetch("pi_1" if provider.name == "stripe" else "order_1")
    assert raised.type is error


def test_a_card_error_is_a_decline(stripe: Stripe, stubs: Running) -> None:
    stubs("stripe", "fault", kind="status", match="POST", status=402)
    with pytest.raises(Declined):
        stripe.charge(orders.consented("cus_1", "pm_1"))


def test_a_twin_at_work_makes_the_second_call_wait(stripe: Stripe, stubs: Running) -> None:
    """Pages have no list to look at first, so both calls reach Stripe under one key."""
    order = orders.checkout()
    stubs("stripe", "fault", kind="slow", match="POST", seconds=1.0)
    pages: list[Checkout] = []
    first = threading.Thread(target=lambda: pages.append(stripe.create_checkout(order)))
    first.start()
    time.sleep(0.3)
    with pytest.raises(ProviderUnreachable):
        stripe.create_checkout(order)
    first.join()
    assert stripe.create_checkout(order) == pages[0]


def test_no_one_listens(provider: Stripe | Razorpay) -> None:
    config = ProviderConfig(provider.name, key="k", secret="s", base_url="http://127.0.0.1:9", timeout_seconds=1)
    with pytest.raises(ProviderUnreachable):
        type(provider)(config).fetch("x")


def test_threads_have_clients_of_their_own(provider: Stripe | Razorpay) -> None:
    page = provider.create_checkout(orders.checkout(currency="INR"))
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(provider.fetch(page.id).checkout_id)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [page.id] * 8
