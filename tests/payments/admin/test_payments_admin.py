"""The operators' pages: everything about a payment on one page, raw payloads escaped, refunds by who may."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import OperatorAction, User
from accounts.roles import sync_roles
from credits.services import Origin
from payments.models import CreditPack, Payment, ProviderEvent
from payments.services.standing_orders import state_auto_top_up
from tests.payments.orders import act, deliver_all, ordered, pack

pytestmark = pytest.mark.django_db


def operator(role: str) -> Client:
    sync_roles()
    user = User.objects.create_user(f"{role.lower()}@example.com", "tide-lantern-42", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def paid() -> Payment:
    payment = ordered()
    act(payment, "pay")
    return deliver_all(payment)


def test_a_payments_page_shows_its_whole_story() -> None:
    payment = paid()
    act(payment, "refund", amount_minor=1000)
    deliver_all(payment)
    page = operator("Support").get(reverse("admin:payments_payment_change", args=[payment.pk])).content.decode()
    for text in ("charge.captured", "create_checkout", "credited", "clawed_back:1", "$19.99", "partially_refunded"):
        assert text in page
    assert "/operations/refund" not in page


@pytest.mark.parametrize(
    "name", ["payment", "providerevent", "providercall", "providerhealth", "creditpack", "autotopup", "recurringcharge"]
)
def test_every_list_and_its_search_can_be_seen_by_support(name: str) -> None:
    paid()
    state_auto_top_up(
        reference="ada",
        enabled=True,
        threshold=Decimal(1),
        pack=pack().code,
        monthly_cap_minor=5000,
        consent="<b>yes</b>",
        origin=Origin(),
    )
    client, url = operator("Support"), reverse(f"admin:payments_{name}_changelist")
    assert client.get(url).status_code == 200
    assert client.get(url, {"q": "x\0' OR 1=1"}).status_code in (200, 400)


def test_a_raw_payload_is_shown_escaped() -> None:
    payment = paid()
    event = ProviderEvent.objects.filter(payment=payment).latest("received_at")
    ProviderEvent.objects.filter(pk=event.pk).update(body='{"x": "<script>alert(1)</script>"}')
    page = operator("Support").get(reverse("admin:payments_providerevent_change", args=[event.pk])).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


def _send(client: Client, model: str, operation: str, row: Any, **terms: Any) -> Any:
    url = reverse(f"admin:payments_{model}_operate", args=[operation])
    return client.post(url, {"id": str(row.pk), "nonce": str(uuid4()), "reason": "Asked for it", **terms})


@pytest.mark.django_db(transaction=True)
def test_finance_refunds_with_a_reason() -> None:
    payment = paid()
    assert _send(operator("Finance"), "payment", "refund", payment, amount_minor="999").status_code == 302
    payment.refresh_from_db()
    assert (payment.status, payment.reversed_minor) == ("partially_refunded", 999)
    assert OperatorAction.objects.get().reason == "Asked for it"


def test_support_may_not_refund() -> None:
    payment = paid()
    assert _send(operator("Support"), "payment", "refund", payment).status_code == 403
    payment.refresh_from_db()
    assert payment.status == "paid"


def test_too_large_a_refund_stays_on_the_page() -> None:
    payment = paid()
    answer = _send(operator("Finance"), "payment", "refund", payment, amount_minor="2000")
    assert b"can be refunded" in answer.content


def test_asking_the_provider_heals_a_payment() -> None:
    payment = ordered()
    act(payment, "pay")
    _send(operator("Finance"), "payment", "ask-provider", payment)
    payment.refresh_from_db()
    assert payment.status == "paid"


def test_a_dead_event_is_replayed() -> None:
    payment = paid()
    event = ProviderEvent.objects.filter(payment=payment).latest("received_at")
    ProviderEvent.objects.filter(pk=event.pk).update(status="dead")
    _send(operator("Finance"), "providerevent", "replay", event)
    event.refresh_from_db()
    assert (event.status, OperatorAction.objects.get().action) == ("received", "provider_event.replay")


def test_an_admin_makes_a_pack_with_its_prices() -> None:
    form = {"name": "Big", "code": "big", "credits": "100", "bonus_tiers": "[]", "is_active": "on", "position": "0"}
    prices = {"prices-TOTAL_FORMS": "1", "prices-INITIAL_FORMS": "0", "prices-0-currency": "EUR"}
    client, url = operator("Admin"), reverse("admin:payments_creditpack_add")
    client.post(url, {**form, **prices, "prices-0-amount_minor": "999", "expires_in_days": ""})
    made = CreditPack.objects.get()
    assert [str(price) for price in made.prices.all()] == ["€9.99"]
    bad = {**form, "code": "bad", "bonus_tiers": '[{"from_quantity": 0, "bonus_percent": 1}]'}
    assert b"Write a list" in client.post(url, {**bad, **prices, "prices-0-amount_minor": "1"}).content
