"""The sandbox's page: everything that can happen has its button, under the strict policy of every page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from payments import tasks
from payments.models import Payment, SandboxCheckout, SandboxWebhook
from payments.sandbox import books, pages
from payments.sandbox.webhooks import deliver_due
from tests.payments.orders import bodies, ordered

pytestmark = pytest.mark.django_db


def page_of(payment: Payment) -> str:
    return f"/sandbox/{payment.checkout_id}"


def test_every_button_is_an_act_and_every_act_a_button() -> None:
    assert {verb for verb, _ in (*pages.FIRST, *pages.OTHERS)} == set(books.ACTS)
    assert {verb for verb, _ in (*pages.FIRST_RECURRING, *pages.OTHERS_RECURRING)} == set(books.RECURRING_ACTS)


@pytest.mark.parametrize("verb", sorted(books.ACTS))
def test_a_button_queues_its_webhooks(verb: str) -> None:
    payment = ordered()
    books.act(str(payment.checkout_id), "pay")
    before = len(bodies(payment))
    answer = Client().post(page_of(payment), {"act": verb, "amount_minor": ""})
    assert answer.status_code == 302
    expects_none = verb in ("pay", "win", "lose")
    assert (len(bodies(payment)) == before) == expects_none


def test_the_page_runs_no_script_and_needs_the_token() -> None:
    payment = ordered()
    answer = Client().get(page_of(payment))
    assert b"<script" not in answer.content
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(page_of(payment), {"act": "pay"}).status_code == 403
    assert SandboxCheckout.objects.get().charges == []


def test_nonsense_on_the_page_does_nothing() -> None:
    payment = ordered()
    for form in ({"act": "steal"}, {}, {"act": "refund", "amount_minor": "-1"}, {"act": "\0"}):
        assert Client().post(page_of(payment), form).status_code == 302
    assert SandboxCheckout.objects.get().charges == []
    assert Client().get("/sandbox/nothing").status_code == 404


def test_without_the_sandbox_there_is_no_page(settings: Any) -> None:
    payment = ordered()
    settings.PAYMENT_PROVIDERS = {}
    assert Client().get(page_of(payment)).status_code == 404


def test_messy_webhooks_come_twice_and_last_first() -> None:
    payment = ordered()
    books.act(str(payment.checkout_id), "pay", messy=True)
    rows = SandboxWebhook.objects.order_by("due_at")
    types = [row.body.split('"type": "')[1].split('"')[0] for row in rows]
    assert types == ["checkout.completed", "checkout.completed", "charge.captured", "charge.captured"]


@pytest.mark.django_db(transaction=True)
def test_webhooks_go_through_the_real_door_and_wait_until_it_opens(live_server: Any, settings: Any) -> None:
    payment = ordered()
    books.act(str(payment.checkout_id), "pay")
    assert deliver_due() == 0
    assert set(SandboxWebhook.objects.values_list("last_status", "attempts")) == {(None, 1)}
    settings.SITE_URL = live_server.url
    SandboxWebhook.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert deliver_due() == 2
    tasks.sweep_payments()
    payment.refresh_from_db()
    assert payment.status == "paid"
    assert set(SandboxWebhook.objects.values_list("last_status", "due_at")) == {(200, None)}
