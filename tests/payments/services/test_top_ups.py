"""Standing orders: within what the customer agreed to, once at a time, and not for ever against declines."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.models import Event
from credits import services
from credits.models import Wallet
from credits.services import Origin
from payments import tasks
from payments.exceptions import ConsentMissing
from payments.handlers import wake_top_ups
from payments.models import AutoTopUp, Payment, StoredMethod
from payments.services.standing_orders import state_auto_top_up
from payments.services.top_ups import sweep_top_ups, top_up_if_low
from tests.concurrency.crew import race_in_threads
from tests.payments.orders import act, balance, deliver_all, ordered, pack

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
FAR = datetime(2999, 1, 1, tzinfo=UTC)


def agreed(verb: str = "pay", threshold: int = 100, cap: int = 10_000, **terms: Any) -> AutoTopUp:
    """Return the standing order of a customer who paid once and let his card be charged again."""
    payment = ordered(keeps_method=True)
    act(payment, verb)
    deliver_all(payment)
    services.consume(reference="ada", amount=Decimal(1950))
    return state_auto_top_up(
        **{
            "reference": "ada",
            "enabled": True,
            "threshold": Decimal(threshold),
            "pack": "starter",
            "monthly_cap_minor": cap,
            "consent": "Charge my card.",
            "origin": Origin(actor="user:ada"),
            **terms,
        }
    )


def topped_up() -> list[str]:
    return list(Payment.objects.filter(purpose="top_up").order_by("created_at").values_list("status", flat=True))


def test_below_the_threshold_the_pack_is_bought() -> None:
    agreed()
    top_up_if_low(reference="ada")
    assert (topped_up(), balance()) == (["paid"], Decimal(2050))
    top_up_if_low(reference="ada")
    assert topped_up() == ["paid"]


def test_without_consent_nothing_is_agreed() -> None:
    with pytest.raises(ConsentMissing):
        agreed(consent=" ")
    agreed(enabled=False)
    top_up_if_low(reference="ada")
    assert topped_up() == []


def test_the_consent_is_kept_when_it_is_withdrawn() -> None:
    agreed()
    agreed_text = AutoTopUp.objects.get().consent_text
    state_auto_top_up(
        reference="ada", enabled=False, threshold=Decimal(1), pack="starter", monthly_cap_minor=1, origin=Origin()
    )
    top_up = AutoTopUp.objects.get()
    assert (top_up.is_enabled, top_up.consent_text, top_up.consent_by) == (False, agreed_text, "user:ada")


def test_the_monthly_cap_and_the_cool_down_hold() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        agreed(threshold=1_000_000, cap=2 * 1999 + 1998)
        top_up_if_low(reference="ada")
        top_up_if_low(reference="ada")
        assert topped_up() == ["paid"]
        for _ in range(4):
            clock.shift(timedelta(seconds=601))
            top_up_if_low(reference="ada")
        assert topped_up() == ["paid", "paid"]
        clock.move_to(datetime(2026, 12, 1, tzinfo=UTC))
        sweep_top_ups()
        assert topped_up() == ["paid"] * 3


def test_declines_stop_it_and_tell() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        agreed(verb="pay_declining")
        for _ in range(5):
            sweep_top_ups()
            clock.shift(timedelta(seconds=601))
        top_up = AutoTopUp.objects.get()
        assert (topped_up(), top_up.declines, top_up.stopped_at is not None) == (["failed"] * 3, 3, True)
        assert Event.objects.filter(name="auto_top_up.stopped").count() == 1


def test_no_stored_method_counts_as_a_decline() -> None:
    agreed()
    StoredMethod.objects.all().delete()
    top_up_if_low(reference="ada")
    assert (topped_up(), AutoTopUp.objects.get().declines) == (["failed"], 1)


def test_a_second_open_top_up_is_refused_by_the_database() -> None:
    payment = ordered()
    wallet = Wallet.objects.get(reference="ada")
    Payment.objects.filter(pk=payment.pk).update(top_up_of=wallet)
    other = ordered(key="other")
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=other.pk).update(top_up_of=wallet)


class Sent(list[str]):
    """Stands for the broker: which wallets a worker is woken for."""

    def send(self, name: str, args: tuple[str], **_: Any) -> None:
        assert name == tasks.top_up_wallet.name
        self.extend(args)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    found = Sent()
    monkeypatch.setattr(current_app, "send_task", found.send)
    return found


def heard(capture: Any) -> list[Event]:
    """Have the handler told of all that the ledger did so far."""
    events = list(Event.objects.filter(name__in=("credits.consumed", "hold.placed")))
    with CaptureQueriesContext(connection) as statements, capture(execute=True):
        wake_top_ups(events)
    assert len(statements) == 1
    return events


def test_many_events_wake_one_task_of_a_wallet_with_a_standing_order(
    sent: Sent, django_capture_on_commit_callbacks: Any
) -> None:
    agreed()
    services.open_wallet(reference="bob")
    for reference in ("ada", "bob"):
        services.issue_grant(reference=reference, amount=Decimal(10))
        for _ in range(3):
            services.consume(reference=reference, amount=Decimal(1))
    services.place_hold(reference="bob", amount=Decimal(1))
    assert len(heard(django_capture_on_commit_callbacks)) > 4
    assert sent == ["ada"]
    tasks.top_up_wallet("ada")
    assert topped_up() == ["paid"]
    heard(django_capture_on_commit_callbacks)
    assert sent == ["ada"]


@pytest.mark.parametrize(
    "changes", [{"is_enabled": False}, {"stopped_at": NOON}, {"threshold": Decimal(50)}, {"next_try_at": FAR}], ids=str
)
def test_events_wake_nobody_whose_order_cannot_buy_now(
    changes: dict[str, Any], sent: Sent, django_capture_on_commit_callbacks: Any
) -> None:
    agreed()
    AutoTopUp.objects.update(**changes)
    heard(django_capture_on_commit_callbacks)
    assert sent == []


def test_what_is_held_counts_as_gone(sent: Sent, django_capture_on_commit_callbacks: Any) -> None:
    agreed(threshold=50)
    services.place_hold(reference="ada", amount=Decimal(1))
    heard(django_capture_on_commit_callbacks)
    assert sent == ["ada"]


def test_an_event_needs_no_broker(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError("no broker")

    monkeypatch.setattr(current_app, "send_task", fail)
    agreed()
    heard(django_capture_on_commit_callbacks)


def test_a_pack_off_sale_stops_no_sweep() -> None:
    agreed()
    made = pack()
    made.is_active = False
    made.save()
    sweep_top_ups()
    assert topped_up() == []


def _top_up(reference: str) -> bool:
    return top_up_if_low(reference=reference) is not None


@pytest.mark.django_db(transaction=True)
def test_eight_workers_open_one_top_up() -> None:
    agreed(threshold=1_000_000)
    outcomes = race_in_threads(_top_up, [("ada",)] * 8)
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    assert topped_up() == ["paid"]
