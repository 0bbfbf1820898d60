"""Each type of Stripe event in our words; what is missing or odd reads as empty, and nothing raises."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from payments.providers.messages import Charge, DisputeState, Notice, RefundState, Snapshot, SubscriptionNews
from payments.providers.stripe_events import READERS, read
from payments.providers.stripe_shapes import charges_of_intent, dispute_state, refund_state

from . import stripe_bodies as bodies

AT = datetime.fromtimestamp(bodies.CREATED, UTC)
START, END = AT, datetime.fromtimestamp(bodies.PERIOD["end"], UTC)


def _notice(type: str, item: Any, **changes: Any) -> Notice:
    return read(bodies.event(type, item, **changes), "evt_1")


def _expected(type: str, **details: Any) -> Notice:
    return Notice(event_id="evt_1", type=type, occurred_at=AT, is_live=False, **details)


def _of_session(status: Any, ended: Any = "", **changes: Any) -> dict[str, Any]:
    charge = Charge(**({"id": "pi_1", "status": status, "amount_minor": 1999, "currency": "USD"} | changes))
    snapshot = Snapshot(
        checkout_id="cs_test_1",
        reference="payment-1",
        is_live=False,
        ended=ended,
        charges=(charge,) if status else (),
    )
    return {"ids": ("cs_test_1", "pi_1"), "reference": "payment-1", "snapshot": snapshot}


PAID, UNPAID = bodies.session(), bodies.session(payment_status="unpaid")
NO_INTENT = {"ids": ("cs_test_1",), "reference": "payment-1"}
OF_INTENT = {"ids": ("pi_1", "ch_1"), "hint": "payment-1"}
OF_CHARGE = {"ids": ("ch_1", "pi_1"), "hint": "payment-1"}
OF_REFUND = {"ids": ("pi_1", "ch_1")}
OF_DISPUTE = {"ids": ("dp_1", "pi_1", "ch_1")}
TABLE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("checkout.session.completed", PAID, _of_session("captured")),
    ("checkout.session.completed", UNPAID, _of_session("pending")),
    ("checkout.session.completed", bodies.session(payment_status="no_payment_required"), _of_session("pending")),
    ("checkout.session.completed", bodies.session(amount_total=None), _of_session("captured", amount_minor=0)),
    ("checkout.session.completed", bodies.session(payment_intent={"id": "pi_1"}), _of_session("captured")),
    ("checkout.session.completed", bodies.session(payment_intent=None), NO_INTENT),
    (
        "checkout.session.completed",
        bodies.session(metadata={"keeps_method": "1"}),
        {"ids": ("cs_test_1", "pi_1"), "reference": "payment-1"},
    ),
    ("checkout.session.async_payment_succeeded", PAID, _of_session("captured")),
    ("checkout.session.async_payment_failed", UNPAID, _of_session("failed")),
    ("checkout.session.expired", bodies.session(status="expired"), _of_session(None, "expired")),
    ("payment_intent.succeeded", bodies.intent(), OF_INTENT),
    ("payment_intent.succeeded", bodies.intent(metadata={}), {}),
    ("payment_intent.payment_failed", bodies.intent(latest_charge=None), OF_INTENT | {"ids": ("pi_1",)}),
    ("charge.refunded", bodies.charge(), OF_CHARGE),
    ("charge.refunded", bodies.charge(payment_intent=None), OF_CHARGE | {"ids": ("ch_1",)}),
    ("charge.refund.updated", bodies.refund(), OF_REFUND),
    ("refund.created", bodies.refund(), OF_REFUND),
    ("refund.updated", bodies.refund(), OF_REFUND),
    ("refund.failed", bodies.refund(status="failed"), OF_REFUND),
    ("charge.dispute.created", bodies.dispute(), OF_DISPUTE),
    ("charge.dispute.funds_withdrawn", bodies.dispute(payment_intent=None), {"ids": ("dp_1", "ch_1")}),
    ("charge.dispute.funds_reinstated", bodies.dispute(status="won"), OF_DISPUTE),
    ("charge.dispute.closed", bodies.dispute(status="lost"), OF_DISPUTE),
    ("charge.succeeded", bodies.charge(), {}),
    ("invoice.payment_succeeded", bodies.invoice(), {}),
    ("customer.subscription.updated", bodies.subscription(), {}),
    ("account.updated", {"id": "acct_1"}, {}),
]


@pytest.mark.parametrize(("type", "item", "details"), TABLE)
def test_an_event_in_our_words(type: str, item: dict[str, Any], details: dict[str, Any]) -> None:
    assert _notice(type, item) == _expected(type, **details)


def _news(kind: Any, **changes: Any) -> SubscriptionNews:
    values = {"subscription_id": "sub_1", "reference": "subscription-1", "customer_id": "cus_1"}
    return SubscriptionNews(kind=kind, **(values | changes))


CHARGED = {
    "charge_key": f"in_1:{bodies.CREATED}",
    "charge_id": "pi_9",
    "amount_minor": 900,
    "currency": "USD",
    "period_start": START,
    "period_end": END,
}
CORRECTION = {"id": "il_0", "period": {"start": bodies.CREATED - 86_400, "end": bodies.CREATED}}
TWO_LINES = {"data": [CORRECTION, {"id": "il_1", "period": bodies.PERIOD}]}
SUBSCRIPTIONS: list[tuple[str, dict[str, Any], SubscriptionNews | None]] = [
    (
        "checkout.session.completed",
        bodies.session(mode="subscription", subscription="sub_1", customer="cus_1", payment_intent=None),
        _news("started", reference="payment-1"),
    ),
    ("checkout.session.expired", bodies.session(mode="subscription"), None),
    ("invoice.paid", bodies.invoice(), _news("charged", **CHARGED)),
    ("invoice.paid", bodies.invoice(lines=TWO_LINES), _news("charged", **CHARGED)),
    ("invoice.paid", bodies.invoice(payments=None), _news("charged", **CHARGED | {"charge_id": ""})),
    ("invoice.paid", bodies.invoice(amount_paid=0), None),
    ("invoice.paid", bodies.invoice(parent=None), None),
    ("invoice.payment_failed", bodies.invoice(amount_paid=0), _news("failed", **CHARGED)),
    ("customer.subscription.deleted", bodies.subscription(), _news("cancelled")),
]


@pytest.mark.parametrize(("type", "item", "news"), SUBSCRIPTIONS)
def test_a_subscriptions_event_in_our_words(type: str, item: dict[str, Any], news: SubscriptionNews | None) -> None:
    notice = _notice(type, item)
    assert notice.subscription == news
    assert (notice.reference, notice.hint, notice.snapshot) == ("", "", None)


def test_an_event_of_another_api_version_is_not_acted_on() -> None:
    notice = _notice("checkout.session.completed", PAID, api_version="2019-01-01")
    assert "2026-10-28.endive" in notice.problem
    assert not _notice("account.updated", {}, api_version="2019-01-01").problem


def test_a_live_event_says_so() -> None:
    live = _notice("checkout.session.completed", bodies.session(livemode=True), livemode=True)
    assert live.is_live
    assert live.snapshot
    assert live.snapshot.is_live
    assert not _notice("checkout.session.completed", PAID, livemode="true").is_live


@pytest.mark.parametrize(
    ("item", "state"),
    [
        (bodies.dispute(), "inquiry"),
        (bodies.dispute(status="warning_needs_response", balance_transactions=[{}]), "inquiry"),
        (bodies.dispute(balance_transactions=[{"amount": -1999}]), "open"),
        (bodies.dispute(status="under_review", balance_transactions=[{"amount": -1999}]), "open"),
        (bodies.dispute(status="lost"), "lost"),
        (bodies.dispute(status="won", balance_transactions=[{}, {}]), "won"),
        (bodies.dispute(status="warning_closed"), "inquiry"),
    ],
)
def test_a_dispute_is_told_by_the_money_that_it_moved(item: dict[str, Any], state: Any) -> None:
    assert dispute_state(item) == DisputeState(id="dp_1", amount_minor=1999, status=state)


@pytest.mark.parametrize(
    ("status", "state"),
    [("succeeded", "succeeded"), ("pending", "pending"), ("requires_action", "pending"), ("canceled", "failed")],
)
def test_a_refund_in_our_words(status: str, state: Any) -> None:
    item = bodies.refund(status=status, metadata={"refund": "refund-1"})
    assert refund_state(item) == RefundState(id="re_1", amount_minor=500, status=state, reference="refund-1")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"status": "requires_payment_method"}, None),
        ({"status": "requires_payment_method", "last_payment_error": {"code": "x"}}, "failed"),
        ({"status": "processing"}, "pending"),
        ({"status": "canceled"}, "failed"),
        ({}, "captured"),
    ],
)
def test_an_intent_in_our_words(changes: dict[str, Any], status: str | None) -> None:
    assert [charge.status for charge in charges_of_intent(bodies.intent(**changes))] == ([status] if status else [])


ODD: list[Any] = [None, 7, True, "text", [], [1], {}, {"id": []}, {"id": {"id": {}}}, -1, 10**40, "\u0661", "x" * 999]


@pytest.mark.parametrize("type", sorted(READERS))
def test_no_odd_member_makes_reading_fail(type: str) -> None:
    whole = {**PAID, **bodies.intent(), **bodies.dispute(), **bodies.invoice(), **bodies.subscription()}
    for name in whole:
        for odd in ODD:
            _notice(type, whole | {name: odd})
    for odd in ODD:
        _notice(type, odd)
        read(json.dumps({"type": type, "data": odd, "created": odd}).encode(), "evt_1")
    for body in (b"", b"[]", b"nonsense", b"\xff", b"[" * 9999):
        assert read(body, "evt_1").ids == ()
