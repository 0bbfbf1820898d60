"""The API of payments: order, look, refund, receipt, standing order."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import OperatorAction
from payments.models import Payment, Receipt, SandboxCheckout
from tests.credits.api.callers import customer, fields, operator, problem, service
from tests.payments.orders import act, balance, deliver_all, ordered, pack

pytestmark = pytest.mark.django_db
BODY = {"pack": "starter"}


def test_a_customer_orders_a_pack_and_pays_at_the_checkout() -> None:
    pack()
    caller = customer()
    answer = caller.posts("payments", **BODY)
    assert (answer["status"], answer["amount_minor"], answer["currency"]) == ("pending", 1999, "USD")
    assert answer["credits"] == "2000"
    assert answer["checkout_url"].startswith("http://127.0.0.1:9/sandbox/")
    payment = Payment.objects.get()
    act(payment, "pay")
    deliver_all(payment)
    assert caller.get(f"payments/{payment.pk}").json()["status"] == "paid"
    assert caller.get("payments", status="paid").json()["results"][0]["receipt"] == "TEST-R-000001"


def test_a_repetition_opens_the_same_checkout() -> None:
    pack()
    caller = customer()
    first = caller.post("payments", BODY, key="k")
    again = caller.post("payments", BODY, key="k")
    assert (first.json(), again.headers["Idempotency-Replayed"]) == (again.json(), "true")
    assert (Payment.objects.count(), SandboxCheckout.objects.count()) == (1, 1)
    problem(caller.post("payments", {"pack": "starter", "quantity": 2}, key="k"), 422, "idempotency_key_reused")


def test_a_crash_before_the_checkout_is_taken_up_by_the_repetition() -> None:
    pack()
    caller = customer()
    caller.post("payments", BODY, key="k")
    Payment.objects.update(status="created", checkout_id=None, checkout_url="")
    assert caller.post("payments", BODY, key="k").json()["status"] == "pending"
    assert SandboxCheckout.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"pack": "starter", "amount_minor": 1000, "currency": "USD"},
        {"amount_minor": 1000},
        {"amount_minor": -5, "currency": "USD"},
        {"amount_minor": 19.99, "currency": "USD"},
        {"amount_minor": "1e3", "currency": "USD"},
        {"amount_minor": True, "currency": "USD"},
        {"amount_minor": 10**19, "currency": "USD"},
        {"amount_minor": 1000, "currency": "usd"},
        {"amount_minor": 1000, "currency": "XXQ"},
        {"pack": "starter", "quantity": 0},
        {"pack": "starter", "quantity": 101},
        {"pack": "starter", "return_url": "javascript:alert(1)"},
        {"pack": "starter", "credits": "1000000"},
        {"pack": "starter", "status": "paid"},
    ],
)
def test_what_cannot_be_ordered_is_400(body: dict[str, Any]) -> None:
    pack()
    assert fields(customer().post("payments", body))
    assert not Payment.objects.exists()


def test_refusals_name_what_to_do() -> None:
    pack()
    caller = customer()
    problem(caller.post("payments", {"pack": "other"}), 404, "pack_not_found")
    problem(caller.post("payments", {"pack": "starter", "currency": "EUR"}), 404, "pack_not_found")
    problem(caller.post("payments", {"amount_minor": 1, "currency": "USD"}), 400, "amount_not_sold")
    problem(caller.post("payments", {"pack": "starter", "provider": "paypal"}), 400, "provider_unknown")
    problem(service().post("payments", {"pack": "starter", "reference": "nobody"}), 404, "wallet_not_found")
    assert fields(service().post("payments", BODY)) == ["reference"]


def test_finance_refunds_once_and_the_act_is_recorded(django_capture_on_commit_callbacks) -> None:
    payment = ordered()
    act(payment, "pay")
    deliver_all(payment)
    caller, path = operator("Finance"), f"payments/{payment.pk}/refund"
    body = {"amount_minor": 999, "reason": "Bought by mistake"}
    with django_capture_on_commit_callbacks(execute=True):
        first = caller.post(path, body, key="r")
    with django_capture_on_commit_callbacks(execute=True):
        again = caller.post(path, body, key="r")
    assert (first.status_code, first.json()["refund"], again.headers["Idempotency-Replayed"]) == (
        201,
        again.json()["refund"],
        "true",
    )
    assert again.json()["payment"]["status"] == "partially_refunded"
    assert [row.action for row in OperatorAction.objects.all()] == ["payment.refund"]
    left = problem(caller.post(path, {"amount_minor": 1001, "reason": "x"}, key="s"), 409, "payment_not_refundable")
    assert left["refundable_minor"] == 1000
    assert balance() == Decimal(2000) - Decimal("999.499749")


def test_an_unpaid_payment_has_no_receipt_and_no_refund() -> None:
    payment = ordered()
    problem(service().get(f"payments/{payment.pk}/receipt"), 404, "receipt_not_found")
    problem(service().post(f"payments/{payment.pk}/refund", {"reason": "x"}), 409, "payment_not_refundable")


def test_a_receipt_shows_the_tax_that_the_price_contains(settings: Any) -> None:
    settings.RECEIPT_TAX = {"name": "VAT", "basis_points": 1900}
    settings.RECEIPT_SELLER = {"name": "Scrip <Ltd>", "address": "1 Road", "tax_id": "DE1"}
    payment = ordered()
    act(payment, "pay")
    deliver_all(payment)
    assert (Receipt.objects.get().tax_minor, 1999 - 319) == (319, 1680)
    page = service().get(f"payments/{payment.pk}/receipt").content.decode()
    assert "Scrip &lt;Ltd&gt;" in page
    for text in ("VAT 19 %", "$3.19", "$16.80", "$19.99", "TEST-R-000001"):
        assert text in page
    assert "<script" not in page


def test_a_standing_order_is_stated_and_shown() -> None:
    pack()
    caller = customer()
    assert caller.get("auto-top-up").json()["enabled"] is False
    body = {"enabled": True, "threshold": "10", "pack": "starter", "monthly_cap_minor": 5000, "consent": "Charge me."}
    answer = caller.client.put("/api/v1/auto-top-up", body, format="json").json()
    assert (answer["enabled"], answer["consent"], answer["has_method"]) == (True, "Charge me.", False)
    missing = caller.client.put("/api/v1/auto-top-up", {**body, "consent": ""}, format="json")
    assert missing.status_code == 400


def test_the_browsers_return_asks_the_provider_and_believes_nothing_else() -> None:
    payment = ordered(return_url="https://shop.example/back?a=1")
    path = f"/checkout/{payment.pk}/return?status=paid&redirect_status=succeeded"
    page = Client().get(path)
    assert (page.status_code, balance()) == (200, 0)
    assert b"Confirming" in page.content
    act(payment, "pay")
    Payment.objects.update(checked_at=None)
    page = Client().get(path)
    assert b"Paid" in page.content
    assert b"https://shop.example/back?a=1" in page.content
    for _ in range(3):
        Client().get(path)
    assert balance() == 2000
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert Client().post(path).status_code == 405
