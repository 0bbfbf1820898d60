"""Twenty orders of events, written by somebody who knew how providers' payloads trap one, and not our code.

Each buys 100 credits for 1,000 of the smallest unit and spends none, so what the wallet holds in the end says what was
granted and taken back. First everything happens at the provider, then it is told: `order` names events as they arrive,
`name:2` being the second of its name.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.payments.counterparts.running import Running

from .desk import FREE_AMOUNTS, Desk, Outcome, settings_of

Deed = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Story:
    name: str
    deeds: tuple[Deed, ...]
    order: tuple[str, ...]
    status: str
    balance: str
    grants: int = 1
    alarm: bool = False


def _do(deed: str, **values: Any) -> Deed:
    return deed, values


PAY, DELAY = _do("pay_session"), _do("pay_session", delayed=True)
STRIPE = (
    Story(
        "intent and session tell of one money, each twice",
        (PAY,),
        ("payment_intent.succeeded", "checkout.session.completed") * 2,
        "paid",
        "100",
    ),
    Story(
        "a delayed method is paid by its second half",
        (DELAY, _do("settle_session")),
        ("checkout.session.completed", "checkout.session.async_payment_succeeded"),
        "paid",
        "100",
    ),
    Story(
        "the second half beats the first",
        (DELAY, _do("settle_session")),
        ("checkout.session.async_payment_succeeded", "checkout.session.completed"),
        "paid",
        "100",
    ),
    Story(
        "a delayed method that fails grants nothing",
        (DELAY, _do("settle_session", succeeds=False)),
        ("checkout.session.completed", "checkout.session.async_payment_failed", "checkout.session.completed"),
        "failed",
        "0",
        grants=0,
    ),
    Story(
        "a session expires while its payment succeeds",
        (_do("expire_session"), PAY),
        ("checkout.session.expired", "checkout.session.completed", "checkout.session.expired"),
        "paid",
        "100",
    ),
    Story(
        "an intent fails before it succeeds, and the failure is told once more",
        (_do("fail_session"), PAY),
        ("payment_intent.payment_failed", "payment_intent.succeeded", "payment_intent.payment_failed"),
        "paid",
        "100",
    ),
    Story(
        "cumulative refunds arrive backwards",
        (PAY, _do("refund", amount=300), _do("refund", amount=400)),
        ("checkout.session.completed", "charge.refunded:2", "charge.refunded"),
        "partially_refunded",
        "30",
    ),
    Story(
        "the whole refund is known before the payment",
        (PAY, _do("refund", amount=1000)),
        ("charge.refunded", "payment_intent.succeeded", "checkout.session.completed"),
        "refunded",
        "0",
    ),
    Story(
        "one refund is told by three events",
        (PAY, _do("refund", amount=300)),
        ("checkout.session.completed", "refund.created", "charge.refunded", "refund.updated"),
        "partially_refunded",
        "70",
    ),
    Story(
        "an inquiry moves no money",
        (PAY, _do("dispute", inquiry=True), _do("close_dispute", outcome="warning_closed")),
        ("checkout.session.completed", "charge.dispute.created", "charge.dispute.closed"),
        "paid",
        "100",
    ),
    Story(
        "a dispute over a part of the money is lost",
        (PAY, _do("dispute", amount=600), _do("close_dispute", outcome="lost")),
        (
            "checkout.session.completed",
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.closed",
        ),
        "disputed",
        "40",
    ),
    Story(
        "a won dispute is told backwards",
        (PAY, _do("dispute"), _do("close_dispute", outcome="won")),
        (
            "checkout.session.completed",
            "charge.dispute.closed",
            "charge.dispute.funds_reinstated",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.created",
        ),
        "paid",
        "100",
    ),
    Story(
        "a session of another amount",
        (_do("set", kind="session", values={"amount_total": 100}), PAY),
        ("checkout.session.completed", "payment_intent.succeeded"),
        "pending",
        "0",
        grants=0,
        alarm=True,
    ),
)

LINK = _do("pay_link")
RAZORPAY = (
    Story(
        "authorised, captured, order paid and link paid are one money",
        (LINK,),
        ("payment.authorized", "payment_link.paid", "payment.captured", "order.paid", "payment_link.paid"),
        "paid",
        "100",
    ),
    Story(
        "a failed payment is captured late",
        (_do("fail_link"), _do("capture")),
        ("payment.failed", "payment.captured", "payment.failed"),
        "paid",
        "100",
    ),
    Story(
        "money arrives after the link expired and was cancelled",
        (_do("expire_link"), _do("cancel_link"), LINK),
        ("payment_link.expired", "payment_link.cancelled", "payment_link.paid", "payment_link.expired"),
        "paid",
        "100",
    ),
    Story(
        "two refunds arrive backwards, the totals with them",
        (LINK, _do("refund", amount=200), _do("refund", amount=500)),
        ("payment.captured", "refund.processed:2", "refund.processed", "refund.created"),
        "partially_refunded",
        "30",
    ),
    Story(
        "a refund that failed is undone",
        (LINK, _do("refund", amount=1000), _do("fail_refund")),
        ("payment_link.paid", "refund.created", "refund.failed"),
        "paid",
        "100",
    ),
    Story(
        "a dispute is lost, and the loss is told first",
        (LINK, _do("dispute"), _do("close_dispute", outcome="lost")),
        ("payment.captured", "payment.dispute.lost", "payment.dispute.created", "payment_link.paid"),
        "disputed",
        "0",
    ),
    Story(
        "a part of the price in another currency",
        (_do("pay_link", amount=100), _do("set", kind="payment", values={"currency": "USD"})),
        ("payment_link.partially_paid", "payment.captured"),
        "pending",
        "0",
        grants=0,
        alarm=True,
    ),
)
STORIES = [*(("stripe", story) for story in STRIPE), *(("razorpay", story) for story in RAZORPAY)]


@pytest.mark.django_db
@pytest.mark.parametrize(("provider", "story"), STORIES, ids=[story.name for _, story in STORIES])
def test_an_order_of_events(provider: str, story: Story, stubs: Running, settings: Any) -> None:
    settings.PAYMENT_PROVIDERS, settings.FREE_AMOUNTS = settings_of(stubs), FREE_AMOUNTS
    desk = Desk(provider, stubs, "customer-1")
    for deed, values in story.deeds:
        desk.act(deed, **(values | ({"id": desk.of(values["kind"])} if deed == "set" else {})))
    told = desk.told()
    for step in story.order:
        name, _, number = step.partition(":")
        desk.hear([one for one in told if one.name == name][int(number or 1) - 1])
    desk.wait()
    assert desk.outcome() == Outcome(story.status, story.balance, story.grants, story.alarm)


LATE: list[tuple[str, tuple[Deed, ...], str, Deed]] = [
    ("stripe", (_do("fail_session"),), "failed", PAY),
    ("stripe", (_do("expire_session"),), "expired", PAY),
    ("stripe", (DELAY, _do("settle_session", succeeds=False)), "failed", PAY),
    ("razorpay", (_do("fail_link"),), "failed", _do("capture")),
    ("razorpay", (_do("expire_link"),), "expired", LINK),
    ("razorpay", (_do("cancel_link"),), "cancelled", LINK),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("provider", "deeds", "ended", "pays"), LATE)
def test_money_that_comes_after_the_end_is_credited(
    provider: str, deeds: tuple[Deed, ...], ended: str, pays: Deed, stubs: Running, settings: Any
) -> None:
    """All is told as it happens, so the payment has really ended when the money comes; then the past is told again."""
    settings.PAYMENT_PROVIDERS, settings.FREE_AMOUNTS = settings_of(stubs), FREE_AMOUNTS
    desk = Desk(provider, stubs, "customer-1")
    for deed, values in deeds:
        desk.act(deed, **values)
    past = desk.told()
    for one in past:
        desk.hear(one)
    assert desk.outcome() == Outcome(ended, "0", grants=0, alarm=False)
    desk.act(pays[0], **pays[1])
    for one in [*desk.told()[len(past) :], *past]:
        desk.hear(one)
    assert desk.outcome() == Outcome("paid", "100", grants=1, alarm=False)
