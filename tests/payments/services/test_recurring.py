"""Recurring charges: each period is a payment, and the rooms above hear of it."""

from uuid import uuid4

import pytest

from core.models import Event
from credits.services import Origin, open_wallet
from payments.models import Payment, ProviderEvent, Receipt, RecurringCharge, SandboxWebhook
from payments.sandbox import books
from payments.services.provider_events import process_due_events
from payments.services.recurring import end_recurring_charge, portal_url, start_recurring_charge
from payments.services.refunds import refund_payment
from tests.payments.orders import deliver

pytestmark = pytest.mark.django_db


def started() -> RecurringCharge:
    open_wallet(reference="ada")
    return start_recurring_charge(
        subscription=uuid4(), reference="ada", amount_minor=900, currency="USD", interval="month", title="Pro"
    )


def told(charge: RecurringCharge, verb: str) -> list[tuple[str, dict[str, object]]]:
    """Let something happen at the provider, hear of it twice, and return what the rooms above hear."""
    before = Event.objects.count() and Event.objects.latest("pk").pk
    checkout = charge.checkout_url.rpartition("/")[2]
    known = set(SandboxWebhook.objects.values_list("pk", flat=True))
    books.act(checkout, verb)
    for webhook in SandboxWebhook.objects.exclude(pk__in=known).order_by("-pk"):
        deliver(webhook.body.encode())
        deliver(webhook.body.encode())
    process_due_events()
    news = Event.objects.filter(pk__gt=before, name__startswith="recurring_charge.").order_by("name")
    return [(event.name, event.payload) for event in news]


def test_an_agreement_starts_and_its_first_period_is_charged() -> None:
    charge = started()
    news = told(charge, "agree")
    assert [name for name, _ in news] == ["recurring_charge.charged", "recurring_charge.started"]
    charged = news[0][1]
    payment = Payment.objects.get()
    assert (charged["subscription"], charged["payment"]) == (str(charge.pk), str(payment.pk))
    assert str(charged["period_start"]) < str(charged["period_end"])
    assert (payment.status, payment.purpose, payment.amount_minor, payment.credits) == ("paid", "subscription", 900, 0)
    assert Receipt.objects.filter(payment=payment).exists()


def test_each_period_is_a_payment_and_a_failure_is_told() -> None:
    charge = started()
    told(charge, "agree")
    assert [name for name, _ in told(charge, "renew")] == ["recurring_charge.charged"]
    assert [name for name, _ in told(charge, "fail")] == ["recurring_charge.failed"]
    assert [name for name, _ in told(charge, "recover")] == ["recurring_charge.charged"]
    assert Payment.objects.filter(status="paid").count() == 3
    assert not ProviderEvent.objects.exclude(status="processed").exists()


def test_a_cancelled_agreement_ends() -> None:
    charge = started()
    told(charge, "agree")
    end_recurring_charge(subscription=charge.pk, at_period_end=False)
    webhook = SandboxWebhook.objects.latest("pk")
    deliver(webhook.body.encode())
    process_due_events()
    assert Event.objects.filter(name="recurring_charge.cancelled").count() == 1
    charge.refresh_from_db()
    assert charge.ended_at is not None


def test_another_amount_starts_no_period() -> None:
    charge = started()
    RecurringCharge.objects.update(amount_minor=901)
    assert [name for name, _ in told(charge, "agree")] == ["recurring_charge.mismatched", "recurring_charge.started"]
    assert not Payment.objects.exists()


def test_a_period_can_be_refunded(django_capture_on_commit_callbacks) -> None:
    charge = started()
    told(charge, "agree")
    payment = Payment.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        refund_payment(payment=payment.pk, reason="test", origin=Origin(key="r"))
    payment.refresh_from_db()
    assert (payment.status, payment.reversed_minor) == ("refunded", 900)
    assert told(charge, "nothing") == []


def test_the_portal_is_the_providers_page() -> None:
    charge = started()
    told(charge, "agree")
    assert "/sandbox/sub_sandbox_" in portal_url(reference="ada", return_url="https://example.com")
