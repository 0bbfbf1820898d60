"""Each type of Razorpay event in our words; what is missing or odd reads as empty, and nothing raises."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from payments.providers.messages import Charge, DisputeState, Notice, RefundState, Snapshot, SubscriptionNews
from payments.providers.razorpay_events import read
from payments.providers.razorpay_shapes import charge_of, dispute_state, refund_state

from . import razorpay_bodies as bodies

AT = datetime.fromtimestamp(bodies.CREATED, UTC)
LINK = "plink_00000000000001"


def _notice(name: str, **entities: Any) -> Notice:
    return read(bodies.event(name, **entities), "id", is_live=False)


def _expected(name: str, **details: Any) -> Notice:
    return Notice(event_id="id", type=name, occurred_at=AT, is_live=False, **details)


def _of_link(ended: Any = "", ids: tuple[str, ...] = (LINK, "pay_1", "order_1"), **charge: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"id": "pay_1", "status": "captured", "amount_minor": 50000, "currency": "INR"}
    snapshot = Snapshot(
        checkout_id=LINK,
        reference="payment-1",
        is_live=False,
        ended=ended,
        charges=(Charge(**(values | {"aliases": ("order_1",)} | charge)),) if "pay_1" in ids else (),
    )
    return {"ids": ids, "reference": "payment-1", "snapshot": snapshot}


PAID = {"payment_link": bodies.link(), "order": bodies.order(), "payment": bodies.payment()}
PART = {
    "payment_link": bodies.link(status="partially_paid", amount_paid=1000),
    "payment": bodies.payment(amount=1000),
}
ENDED = {"payment_link": bodies.link(status="expired", order_id=None)}
OF_MONEY = {"ids": ("pay_1", "order_1", LINK)}
OF_REFUND = {"refund": bodies.refund(), "payment": bodies.payment(amount_refunded=50000)}
OF_DISPUTE = {"ids": ("pay_1", "order_1", "disp_1", LINK)}
TABLE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("payment_link.paid", PAID, _of_link()),
    ("payment_link.partially_paid", PART, _of_link(amount_minor=1000)),
    ("payment_link.expired", ENDED, _of_link("expired", (LINK,))),
    (
        "payment_link.cancelled",
        {"payment_link": bodies.link(status="cancelled")},
        _of_link("cancelled", (LINK, "order_1")),
    ),
    ("payment.authorized", {"payment": bodies.payment(status="authorized")}, OF_MONEY),
    ("payment.captured", {"payment": bodies.payment(notes={"payment": "payment-1"})}, OF_MONEY | {"hint": "payment-1"}),
    ("payment.captured", {"payment": bodies.payment(description="a text")}, {"ids": ("pay_1", "order_1")}),
    ("payment.captured", {"payment": bodies.payment(notes=None, order_id="1")}, OF_MONEY),
    ("payment.captured", {"payment": bodies.payment(invoice_id="inv_1")}, {}),
    ("payment.failed", {"payment": bodies.payment(status="failed", captured=False)}, OF_MONEY),
    ("order.paid", {"payment": bodies.payment(), "order": bodies.order()}, OF_MONEY | {"hint": "payment-1"}),
    ("refund.created", OF_REFUND, OF_MONEY),
    ("refund.processed", OF_REFUND, OF_MONEY),
    ("refund.failed", {"refund": bodies.refund(status="failed")}, {"ids": ("pay_1",)}),
    ("payment.dispute.created", {"payment": bodies.payment(), "dispute": bodies.dispute()}, OF_DISPUTE),
    (
        "payment.dispute.lost",
        {"payment": bodies.payment(invoice_id="inv_1"), "dispute": bodies.dispute()},
        OF_DISPUTE,
    ),
    ("settlement.processed", {"settlement": {"id": "setl_1"}}, {}),
]


@pytest.mark.parametrize(("name", "entities", "details"), TABLE)
def test_an_event_in_our_words(name: str, entities: dict[str, Any], details: dict[str, Any]) -> None:
    assert _notice(name, **entities) == _expected(name, **details)


CHARGED = {
    "charge_key": "pay_1",
    "charge_id": "pay_1",
    "amount_minor": 50000,
    "currency": "INR",
}
SUBSCRIPTIONS: list[tuple[str, bool, str, dict[str, Any]]] = [
    ("subscription.authenticated", False, "started", {}),
    ("subscription.activated", False, "", {}),
    ("subscription.charged", True, "charged", CHARGED),
    ("subscription.pending", False, "failed", {"charge_key": f"sub_1:{bodies.CREATED}"}),
    ("subscription.pending", True, "failed", CHARGED),
    ("subscription.halted", False, "failed", {"charge_key": f"sub_1:{bodies.CREATED}"}),
    ("subscription.cancelled", False, "cancelled", {}),
    ("subscription.completed", False, "cancelled", {}),
    ("subscription.updated", False, "", {}),
]


@pytest.mark.parametrize(("name", "with_payment", "kind", "charge"), SUBSCRIPTIONS)
def test_a_subscriptions_event_in_our_words(name: str, with_payment: bool, kind: Any, charge: dict[str, Any]) -> None:
    entities = {"payment": bodies.payment(invoice_id="inv_1")} if with_payment else {}
    news = _notice(name, subscription=bodies.subscription(), **entities).subscription
    if not kind:
        assert news is None
        return
    assert news == SubscriptionNews(
        kind=kind,
        subscription_id="sub_1",
        reference="subscription-1",
        customer_id="cust_1",
        period_start=AT,
        period_end=datetime.fromtimestamp(bodies.PERIOD_END, UTC),
        **charge,
    )


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "captured"),
        ({"status": "authorized", "captured": "1"}, "captured"),
        ({"status": "authorized", "captured": True}, "captured"),
        ({"status": "refunded"}, "captured"),
        ({"status": "authorized", "captured": False}, "pending"),
        ({"status": "created", "captured": None}, "pending"),
        ({"status": "failed", "captured": False}, "failed"),
    ],
)
def test_a_payment_in_our_words(changes: dict[str, Any], status: str) -> None:
    assert charge_of(bodies.payment(**changes)).status == status


def test_a_token_may_be_charged_again() -> None:
    kept = charge_of(bodies.payment(customer_id="cust_1", token_id="token_1"))
    assert (kept.customer_id, kept.method_id) == ("cust_1", "token_1")
    assert charge_of(bodies.payment(customer_id="cust_1", token_id=None)).customer_id == ""


@pytest.mark.parametrize(
    ("changes", "amount", "state"),
    [
        ({}, 50000, "inquiry"),
        ({"amount_deducted": 20000}, 20000, "open"),
        ({"status": "under_review"}, 50000, "inquiry"),
        ({"status": "lost", "amount_deducted": 20000}, 20000, "lost"),
        ({"status": "won"}, 50000, "won"),
        ({"status": "closed"}, 50000, "won"),
        ({"status": "closed", "amount_deducted": 20000}, 20000, "lost"),
    ],
)
def test_a_dispute_is_told_by_what_was_deducted(changes: dict[str, Any], amount: int, state: Any) -> None:
    assert dispute_state(bodies.dispute(**changes)) == DisputeState(id="disp_1", amount_minor=amount, status=state)


def test_a_refund_says_its_own_amount_and_the_payment_the_total() -> None:
    item = bodies.refund(receipt="refund-1")
    assert refund_state(item) == RefundState(id="rfnd_1", amount_minor=20000, status="succeeded", reference="refund-1")
    assert charge_of(bodies.payment(amount_refunded=50000), [item]).refunded_minor == 50000


def test_a_time_that_is_missing_is_none() -> None:
    assert (
        read(bodies.event("payment.captured", None, payment=bodies.payment()), "id", is_live=True).occurred_at is None
    )


ODD: list[Any] = [None, 7, True, "text", [], [1], {}, {"entity": []}, -1, 10**40, "\u0661", "x" * 999]


@pytest.mark.parametrize("name", sorted({row[0] for row in [*TABLE, *SUBSCRIPTIONS]}))
def test_no_odd_member_makes_reading_fail(name: str) -> None:
    whole = {
        "payment_link": bodies.link(),
        "order": bodies.order(),
        "payment": bodies.payment(),
        "refund": bodies.refund(),
        "dispute": bodies.dispute(),
        "subscription": bodies.subscription(),
    }
    for kind, entity in whole.items():
        for odd in ODD:
            _notice(name, **whole | {kind: odd})
            for member in entity:
                _notice(name, **whole | {kind: entity | {member: odd}})
    for odd in ODD:
        read(json.dumps({"event": name, "payload": odd, "created_at": odd}).encode(), "id", is_live=False)
