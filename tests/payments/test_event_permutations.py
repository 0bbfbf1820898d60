"""All orders of what a provider tells of a payment, with duplicates, end alike: one grant, one state, books that agree.

What happened is told by events that were signed as each provider signs, through the real endpoint and the processing
of the worker. The provider's answers are those of the end, as when webhooks come late.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from credits.invariants import violations
from tests.payments.counterparts.counterpart import Told
from tests.payments.counterparts.running import Running

from .desk import FREE_AMOUNTS, Desk, Outcome, settings_of

STRIPE_PAID = ["payment_intent.succeeded", "checkout.session.completed"]
RAZORPAY_PAID = ["payment.authorized", "payment.captured", "order.paid", "payment_link.paid"]
Deeds = list[tuple[str, dict[str, Any]]]
# What happens, which five events or fewer are told of it, and how it ends.
CASES: list[tuple[str, Deeds, list[str], tuple[str, str]]] = [
    ("stripe", [("pay_session", {})], [*STRIPE_PAID, "charge.succeeded"], ("paid", "100")),
    (
        "stripe",
        [("fail_session", {}), ("pay_session", {}), ("expire_session", {})],
        [*STRIPE_PAID, "payment_intent.payment_failed", "checkout.session.expired"],
        ("paid", "100"),
    ),
    (
        "stripe",
        [("pay_session", {"delayed": True}), ("settle_session", {})],
        [*STRIPE_PAID, "checkout.session.async_payment_succeeded"],
        ("paid", "100"),
    ),
    (
        "stripe",
        [("pay_session", {}), ("refund", {"amount": 300}), ("refund", {"amount": 400})],
        [*STRIPE_PAID, "charge.refunded", "charge.refunded:2", "refund.created:2"],
        ("partially_refunded", "30"),
    ),
    (
        "stripe",
        [("pay_session", {}), ("refund", {"amount": 1000}), ("fail_refund", {})],
        [*STRIPE_PAID, "charge.refunded", "refund.failed"],
        ("paid", "100"),
    ),
    (
        "stripe",
        [("pay_session", {}), ("dispute", {}), ("close_dispute", {"outcome": "won"})],
        ["checkout.session.completed", *(f"charge.dispute.{it}" for it in ("created", "funds_withdrawn", "closed"))],
        ("paid", "100"),
    ),
    (
        "stripe",
        [
            ("pay_session", {}),
            ("refund", {"amount": 250}),
            ("dispute", {"amount": 500}),
            ("close_dispute", {"outcome": "lost"}),
        ],
        [*STRIPE_PAID, "charge.refunded", "charge.dispute.closed"],
        ("disputed", "25"),
    ),
    ("razorpay", [("pay_link", {})], RAZORPAY_PAID, ("paid", "100")),
    (
        "razorpay",
        [("fail_link", {}), ("expire_link", {}), ("cancel_link", {}), ("pay_link", {})],
        ["payment.failed", "payment_link.expired", "payment_link.cancelled", "payment_link.paid"],
        ("paid", "100"),
    ),
    (
        "razorpay",
        [("pay_link", {}), ("refund", {"amount": 200}), ("refund", {"amount": 500})],
        ["payment.captured", "payment_link.paid", "refund.created", "refund.processed:2", "refund.processed"],
        ("partially_refunded", "30"),
    ),
    (
        "razorpay",
        [("pay_link", {}), ("refund", {"amount": 1000}), ("fail_refund", {})],
        ["payment.captured", "payment_link.paid", "refund.processed", "refund.failed"],
        ("paid", "100"),
    ),
    (
        "razorpay",
        [("pay_link", {}), ("dispute", {}), ("close_dispute", {"outcome": "won"})],
        ["payment.captured", "order.paid", "payment.dispute.created", "payment.dispute.won"],
        ("paid", "100"),
    ),
    (
        "razorpay",
        [
            ("pay_link", {}),
            ("refund", {"amount": 250}),
            ("dispute", {"amount": 500}),
            ("close_dispute", {"outcome": "lost"}),
        ],
        ["payment.captured", "payment_link.paid", "refund.processed", "payment.dispute.lost"],
        ("disputed", "25"),
    ),
]


def _pick(told: Sequence[Told], step: str) -> Told:
    name, _, number = step.partition(":")
    return [one for one in told if one.name == name][int(number or 1) - 1]


@dataclass
class Walk:
    """Goes every way from a payment that nothing was heard of, each state once.

    A state is what was heard so far and all that the rows say. From each, every event comes, new or once more under
    another id; so all orders with any number of copies are covered, and none is tried twice.
    """

    desk: Desk
    events: Sequence[Told]
    expected: Outcome
    client: Client = field(default_factory=Client)
    seen: set[tuple[frozenset[int], str]] = field(default_factory=set)
    ends: int = 0
    copies: int = 0

    def visit(self, heard: frozenset[int] = frozenset(), path: tuple[str, ...] = ()) -> None:
        """Check this state, then go on from it; the database is left as it was found."""
        state = (heard, self.desk.state())
        if state in self.seen:
            return
        self.seen.add(state)
        if len(heard) == len(self.events):
            self._check_end(path)
        for number, told in enumerate(self.events):
            before = transaction.savepoint()
            self.desk.hear(self._copy(told) if number in heard else told, self.client)
            self.visit(heard | {number}, (*path, told.name))
            transaction.savepoint_rollback(before)

    def _check_end(self, path: tuple[str, ...]) -> None:
        before = transaction.savepoint()
        self.desk.wait()
        assert self.desk.outcome() == self.expected, path
        assert not list(violations()), path
        self.ends += 1
        transaction.savepoint_rollback(before)

    def _copy(self, told: Told) -> Told:
        """Return the event as a provider tells it anew, which no comparison of ids can find out."""
        self.copies += 1
        id = f"evt_copy_{self.copies}"
        return Told(id, told.name, told.body.replace(f'"id": "{told.id}"'.encode(), f'"id": "{id}"'.encode(), 1))


@pytest.mark.run_once
@pytest.mark.django_db
@pytest.mark.parametrize("case", range(len(CASES)), ids=[f"{case[0]}-{case[3][0]}-{i}" for i, case in enumerate(CASES)])
def test_every_order_ends_alike(case: int, stubs: Running, settings: Any) -> None:
    settings.PAYMENT_PROVIDERS, settings.FREE_AMOUNTS = settings_of(stubs), FREE_AMOUNTS
    provider, deeds, names, (status, balance) = CASES[case]
    desk = Desk(provider, stubs, "customer-1")
    for deed, values in deeds:
        desk.act(deed, **values)
    told = desk.told()
    walk = Walk(desk, [_pick(told, name) for name in names], Outcome(status, balance, grants=1, alarm=False))
    walk.visit()
    assert walk.ends, "no order came to its end"
    assert walk.copies > len(names), "hardly an event came twice"
