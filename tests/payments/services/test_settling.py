"""Money becomes credits once, and goes back as the provider says."""

from decimal import Decimal

import pytest

from core.models import Event
from credits import services
from credits.selectors import facts_of
from credits.services import Origin
from payments.models import Effect, Payment, Receipt
from payments.providers.registry import provider
from payments.services.refunds import refund_payment
from payments.services.truths import apply_truth
from tests.payments.orders import act, balance, debt, deliver_all, ordered

pytestmark = pytest.mark.django_db


def names() -> list[str]:
    return list(Event.objects.filter(name__startswith="payment.").order_by("id").values_list("name", flat=True))


def test_a_paid_pack_is_credited_with_its_receipt_fact_and_cost() -> None:
    payment = ordered()
    act(payment, "pay")
    deliver_all(payment)
    assert (payment.status, balance()) == ("paid", Decimal(2000))
    grant = payment.grant
    assert (grant.source, grant.cost_minor, grant.currency) == ("purchase", 1999, "USD")
    assert Effect.objects.get().effect == "credited"
    assert str(Receipt.objects.get()) == "TEST-R-000001"
    assert facts_of("ada")["first_purchase_at"] == payment.paid_at.isoformat()
    assert names() == ["payment.created", "payment.paid"]


def test_the_same_truth_again_changes_nothing() -> None:
    payment = ordered()
    act(payment, "pay")
    deliver_all(payment)
    before = list(Event.objects.values_list("pk", flat=True))
    for _ in range(3):
        apply_truth(payment=payment, snapshot=provider("sandbox").fetch(payment.checkout_id))
    assert (balance(), list(Event.objects.values_list("pk", flat=True))) == (Decimal(2000), before)


@pytest.mark.parametrize("ending", ["expire", "cancel", "fail"])
def test_money_after_an_end_is_credited(ending: str) -> None:
    payment = ordered()
    act(payment, ending)
    assert deliver_all(payment).status in ("expired", "cancelled", "failed")
    act(payment, "pay")
    assert (deliver_all(payment).status, balance()) == ("paid", Decimal(2000))


def test_money_that_comes_twice_is_two_payments() -> None:
    payment = ordered()
    act(payment, "pay_twice")
    deliver_all(payment)
    again = Payment.objects.get(first=payment)
    assert (again.status, balance(), names()[-1]) == ("paid", Decimal(4000), "payment.paid")
    assert "payment.paid_again" in names()
    assert Receipt.objects.count() == 2


def test_a_partial_refund_takes_its_share_and_the_rest_the_rest() -> None:
    payment = ordered()
    act(payment, "pay")
    deliver_all(payment)
    act(payment, "refund", amount_minor=1)
    assert (deliver_all(payment).status, balance()) == ("partially_refunded", Decimal(2000) - Decimal("1.000500"))
    act(payment, "refund")
    assert (deliver_all(payment).status, balance(), payment.reversed_minor) == ("refunded", Decimal(0), 1999)


def test_a_refund_of_spent_credits_leaves_debt() -> None:
    payment = ordered()
    act(payment, "pay")
    deliver_all(payment)
    services.consume(reference="ada", amount=Decimal(1500))
    act(payment, "refund")
    deliver_all(payment)
    assert (balance(), debt()) == (Decimal(0), Decimal(1500))


def test_a_won_dispute_gives_back_what_it_took() -> None:
    payment = ordered()
    act(payment, "pay")
    deliver_all(payment)
    services.consume(reference="ada", amount=Decimal(500))
    act(payment, "dispute")
    assert (deliver_all(payment).status, balance(), debt()) == ("disputed", Decimal(0), Decimal(500))
    act(payment, "win")
    assert (deliver_all(payment).status, balance(), debt()) == ("paid", Decimal(1500), Decimal(0))
    act(payment, "refund")
    assert (deliver_all(payment).status, balance(), debt()) == ("refunded", Decimal(0), Decimal(500))


def test_a_refund_and_a_dispute_never_take_more_than_was_paid() -> None:
    payment = ordered()
    act(payment, "pay")
    act(payment, "refund", amount_minor=1000)
    act(payment, "dispute")
    deliver_all(payment)
    assert (payment.reversed_minor, balance(), debt()) == (1999, Decimal(0), Decimal(0))


def test_what_expired_unused_is_not_given_back() -> None:
    payment = ordered(pack=_short_pack())
    act(payment, "pay")
    deliver_all(payment)
    from datetime import timedelta

    import time_machine

    with time_machine.travel(payment.paid_at + timedelta(days=2), tick=False):
        act(payment, "dispute")
        deliver_all(payment)
        act(payment, "win")
        deliver_all(payment)
        assert (payment.status, balance(), debt()) == ("paid", Decimal(0), Decimal(0))


def test_an_operators_refund_is_sent_once_and_takes_the_credits(django_capture_on_commit_callbacks) -> None:
    payment = ordered()
    act(payment, "pay")
    deliver_all(payment)
    origin = Origin("operator", "user:1", "refund-1")
    with django_capture_on_commit_callbacks(execute=True):
        first = refund_payment(payment=payment.pk, amount_minor=999, reason="test", origin=origin)
    with django_capture_on_commit_callbacks(execute=True):
        again = refund_payment(payment=payment.pk, amount_minor=999, reason="test", origin=origin)
    assert (first.refund.pk, again.replayed, first.refund.status) == (again.refund.pk, True, "succeeded")
    deliver_all(payment)
    assert (payment.status, payment.reversed_minor, payment.refunds.count()) == ("partially_refunded", 999, 1)


def _short_pack() -> str:
    from tests.payments.orders import pack

    return pack("short", expires_in_days=1).code
