"""Workers that die at any step, and workers that meet: the money is credited once, and goes back once."""

from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection

from credits.services import Origin
from payments.models import Effect, Payment, ProviderEvent, Receipt, Refund
from payments.services.provider_events import process_event
from payments.services.refunds import refund_payment
from tests.concurrency import nursery
from tests.concurrency.crew import race_in_threads
from tests.payments import killed
from tests.payments.orders import act, balance, bodies, debt, deliver, deliver_all, ordered

WORKERS = 8


@pytest.mark.run_once
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("heard", "then", "status", "credits"),
    [((), ("pay", "dispute"), "disputed", 0), (("pay", "dispute"), ("win",), "paid", 2000)],
)
def test_a_worker_killed_before_any_statement_leaves_every_effect_once(
    heard: tuple[str, ...], then: tuple[str, ...], status: str, credits: int
) -> None:
    context, database = nursery.context(), str(connection.settings_dict["NAME"])
    number = 0
    while True:
        number += 1
        payment = _heard(f"w{number}", heard)
        for verb in then:
            act(payment, verb)
        event = deliver(bodies(payment)[-1])
        worker = context.Process(target=killed.process_and_die, args=(database, str(event.pk), number))
        worker.start()
        worker.join()
        process_event(event_id=event.pk)
        payment.refresh_from_db()
        assert (payment.status, balance(f"w{number}"), debt(f"w{number}")) == (status, credits, 0), number
        effects = list(Effect.objects.filter(payment=payment).values_list("effect", flat=True))
        assert sorted(effects) == ["clawed_back:1", "credited", "given_back:2"][: 3 if heard else 2]
        if worker.exitcode == 0:
            break
    # A worker that died nowhere would show nothing.
    assert number > 15
    assert list(Receipt.objects.order_by("number").values_list("number", flat=True)) == list(range(1, number + 1))


def _heard(reference: str, verbs: tuple[str, ...]) -> Payment:
    payment = ordered(reference)
    for verb in verbs:
        act(payment, verb)
    return deliver_all(payment)


def _process(event_id: str) -> str:
    return process_event(event_id=UUID(event_id)).status


@pytest.mark.django_db(transaction=True)
def test_eight_workers_with_one_event_make_one_grant() -> None:
    for number in range(5):
        payment = ordered(f"w{number}")
        act(payment, "pay")
        event = deliver(bodies(payment)[0])
        outcomes = race_in_threads(_process, [(str(event.pk),)] * WORKERS)
        assert [outcome.error for outcome in outcomes if not outcome.succeeded] == []
        assert (balance(f"w{number}"), Effect.objects.filter(payment=payment).count()) == (Decimal(2000), 1)
        assert ProviderEvent.objects.get(pk=event.pk).status == "processed"


@pytest.mark.django_db(transaction=True)
def test_workers_with_all_events_of_a_payment_agree() -> None:
    payment = ordered()
    for verb in ("expire", "pay", "refund"):
        act(payment, verb, **({"amount_minor": 1000} if verb == "refund" else {}))
    events = [deliver(body) for body in bodies(payment)]
    outcomes = race_in_threads(_process, [(str(event.pk),) for event in events for _ in range(3)])
    assert [outcome.error for outcome in outcomes if not outcome.succeeded] == []
    payment.refresh_from_db()
    assert (payment.status, payment.reversed_minor) == ("partially_refunded", 1000)
    assert balance() == Decimal(2000) - payment.reversed_credits
    assert Effect.objects.filter(payment=payment, kind="credited").count() == 1


def _deliver(body: bytes) -> str:
    return str(deliver(body).pk)


@pytest.mark.django_db(transaction=True)
def test_fifty_deliveries_at_once_are_stored_once() -> None:
    payment = ordered()
    act(payment, "pay")
    outcomes = race_in_threads(_deliver, [(bodies(payment)[0],)] * 50)
    assert (len({outcome.value for outcome in outcomes}), ProviderEvent.objects.count()) == (1, 1)


def _refund(payment_id: str, key: str) -> str:
    origin = Origin("operator", "user:1", key)
    return str(refund_payment(payment=UUID(payment_id), amount_minor=1200, reason="test", origin=origin).refund.pk)


@pytest.mark.django_db(transaction=True)
def test_operators_who_refund_at_once_give_no_more_back_than_was_paid() -> None:
    payment = ordered()
    act(payment, "pay")
    deliver_all(payment)
    outcomes = race_in_threads(_refund, [(str(payment.pk), f"key-{number}") for number in range(WORKERS)])
    assert [outcome.refusal for outcome in outcomes].count("payment_not_refundable") == WORKERS - 1
    deliver_all(payment)
    assert (payment.reversed_minor, Refund.objects.count()) == (1200, 1)


@pytest.mark.django_db(transaction=True)
def test_one_key_refunds_once_whoever_sends_it() -> None:
    payment = ordered()
    act(payment, "pay")
    deliver_all(payment)
    outcomes = race_in_threads(_refund, [(str(payment.pk), "one")] * WORKERS)
    assert {outcome.error for outcome in outcomes} == {None}
    assert len({outcome.value for outcome in outcomes}) == Refund.objects.count() == 1
    deliver_all(payment)
    assert payment.reversed_minor == 1200


@pytest.mark.django_db(transaction=True)
def test_receipts_of_payments_at_once_have_no_gap() -> None:
    payments = [ordered(f"w{number}") for number in range(WORKERS)]
    events = []
    for payment in payments:
        act(payment, "pay")
        events.append(deliver(bodies(payment)[0]))
    race_in_threads(_process, [(str(event.pk),) for event in events])
    assert Payment.objects.filter(status="paid").count() == WORKERS
    assert sorted(Receipt.objects.values_list("number", flat=True)) == list(range(1, WORKERS + 1))
