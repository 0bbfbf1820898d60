"""Whatever webhooks are lost: after one reconciliation the books equal those of the run without loss."""

from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from django.db import transaction

from core.clock import now
from payments.models import Payment
from payments.services.reconciliation import reconcile
from tests.payments.counterparts.running import Running

from .desk import FREE_AMOUNTS, Desk, Outcome, settings_of

DEEDS = {
    "stripe": [("pay_session", {}), ("refund", {"amount": 250}), ("dispute", {"amount": 500})],
    "razorpay": [("pay_link", {}), ("refund", {"amount": 250}), ("dispute", {"amount": 500})],
}
TOLD = {
    "stripe": ["checkout.session.completed", "payment_intent.succeeded", "charge.refunded", "charge.dispute.closed"],
    "razorpay": ["payment_link.paid", "payment.captured", "refund.processed", "payment.dispute.lost"],
}
SUBSETS = [chosen for size in range(5) for chosen in combinations(range(4), size)]


@pytest.mark.run_once
@pytest.mark.django_db
@pytest.mark.parametrize("provider", ["stripe", "razorpay"])
def test_any_subset_of_webhooks_may_be_lost(provider: str, stubs: Running, settings: Any) -> None:
    settings.PAYMENT_PROVIDERS, settings.FREE_AMOUNTS = settings_of(stubs), FREE_AMOUNTS
    began = now() - timedelta(seconds=1)
    desk = Desk(provider, stubs, "customer-1")
    for deed, values in [*DEEDS[provider], ("close_dispute", {"outcome": "lost"})]:
        desk.act(deed, **values)
    Payment.objects.update(created_at=now() - timedelta(minutes=10))
    told = {one.name: one for one in desk.told()}
    for kept in SUBSETS:
        before = transaction.savepoint()
        for number in kept:
            desk.hear(told[TOLD[provider][number]])
        assert list(reconcile(provider=provider, since=began))[-1].reports == []
        assert desk.outcome() == Outcome("disputed", "25", grants=1, alarm=False), kept
        again = list(reconcile(provider=provider, since=began))[-1]
        assert not again.found, "the second look still differs"
        transaction.savepoint_rollback(before)
