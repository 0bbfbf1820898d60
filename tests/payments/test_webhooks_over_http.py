"""The stubs send what happened to a running server of ours, signed, with retries, twice and in a mixed order."""

from typing import Any

import pytest

from payments.models import Payment, ProviderEvent, ProviderHealth
from payments.services.provider_events import process_due_events
from tests.payments.counterparts.running import Running
from tests.payments.counterparts.server import WEBHOOK_SECRETS

from .desk import FREE_AMOUNTS, Desk, Outcome, settings_of

PAYS = {"stripe": "pay_session", "razorpay": "pay_link"}

pytestmark = [pytest.mark.run_once, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=["stripe", "razorpay"])
def desk(request: pytest.FixtureRequest, stubs: Running, settings: Any) -> Desk:
    settings.PAYMENT_PROVIDERS, settings.FREE_AMOUNTS = settings_of(stubs), FREE_AMOUNTS
    stubs(request.param, "skip_told")
    return Desk(request.param, stubs, "customer-1")


def _send(desk: Desk, stubs: Running, live_server: Any, **how: Any) -> list[list[int]]:
    url = f"{live_server.url}/api/v1/webhooks/{desk.provider}"
    return [delivery["statuses"] for delivery in stubs(desk.provider, "send", url=url, pause_seconds=0.01, **how)]


def test_webhooks_twice_and_in_a_mixed_order_credit_once(desk: Desk, stubs: Running, live_server: Any) -> None:
    desk.act(PAYS[desk.provider])
    desk.act("refund", amount=300)
    sent = _send(desk, stubs, live_server, order="shuffled", seed=7, copies=2)
    assert sent == [[200]] * len(sent)
    assert len(sent) == 2 * ProviderEvent.objects.count(), "a copy is stored once"
    process_due_events()
    desk.wait()
    assert desk.outcome() == Outcome("partially_refunded", "70", grants=1, alarm=False)


def test_a_forgery_is_told_nothing_but_400_and_leaves_a_counter(desk: Desk, stubs: Running, live_server: Any) -> None:
    stubs(desk.provider, "secrets", secrets=["somebody else's"])
    try:
        desk.act(PAYS[desk.provider])
        sent = _send(desk, stubs, live_server, tries=2)
    finally:
        stubs(desk.provider, "secrets", secrets=[WEBHOOK_SECRETS[desk.provider]])
    assert sent == [[400, 400]] * len(sent)
    assert not ProviderEvent.objects.exists()
    assert ProviderHealth.objects.get(provider=desk.provider).refused_webhooks == 2 * len(sent)
    assert Payment.objects.get().status == "pending"


def test_while_secrets_rotate_both_are_valid(desk: Desk, stubs: Running, live_server: Any, settings: Any) -> None:
    providers = settings_of(stubs)
    providers[desk.provider]["webhook_secrets"] = ("the next one", WEBHOOK_SECRETS[desk.provider])
    settings.PAYMENT_PROVIDERS = providers
    desk.act(PAYS[desk.provider])
    stubs(desk.provider, "secrets", secrets=["the next one"])
    try:
        assert set(map(tuple, _send(desk, stubs, live_server, copies=1))) == {(200,)}
    finally:
        stubs(desk.provider, "secrets", secrets=[WEBHOOK_SECRETS[desk.provider]])
    process_due_events()
    assert desk.outcome() == Outcome("paid", "100", grants=1, alarm=False)
