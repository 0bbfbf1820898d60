"""What is told to whom, how often, and by which channel."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts.models import User
from core.events import publish
from core.models import Event
from credits import services
from credits.exceptions import InsufficientCredits, WalletFrozen
from credits.store.news import stream_of
from notifications.kinds import KINDS
from notifications.models import Delivery, Notice
from notifications.services.deliveries import send_deliveries
from notifications.services.notices import list_notices
from notifications.services.preferences import replace_preferences
from tests.notifications.telling import consume, customer, grant, relay, told

pytestmark = pytest.mark.django_db
START = timezone.now().replace(microsecond=0)
# They come with an entry of the ledger.
LEDGER_NAMES = {"grant.issued", "grant.activated", "shortfall.recorded", "operation.refused"}


def refuse(reference: str, amount: int = 1_000) -> None:
    with pytest.raises(InsufficientCredits):
        services.consume(reference=reference, amount=Decimal(amount))


def test_a_gift_is_told_and_a_purchase_is_told_as_a_payment_only() -> None:
    reference = customer()
    grant(reference, 5, source="promotion")
    grant(reference, 5, source="purchase")
    grant(reference, 5, source="allowance")
    news(reference, "payment.paid", payment="p1", amount_minor=1999, currency="EUR", credits="5")
    assert told(reference) == ["grant.issued", "payment.paid"]
    assert "€19.99" in Notice.objects.get(name="payment.paid").text


def news(reference: str, name: str, **payload: Any) -> None:
    publish(name, stream=stream_of(reference), payload={"wallet": reference, **payload})


@pytest.mark.parametrize("name", sorted(set(KINDS) - LEDGER_NAMES))
def test_every_kind_reaches_its_reader_in_words(name: str) -> None:
    reference = customer()
    news(reference, name, detail="d", amount_minor=5, currency="JPY")
    publish(name, stream="somewhere", payload={"detail": "d"})
    relay()
    readers = set(Notice.objects.filter(name=name).values_list("reference", flat=True))
    assert readers == ({""} if KINDS[name].for_operators else {reference, ""})
    assert not Event.objects.filter(delivered_at=None).exists()


def test_a_repeated_event_about_one_payment_is_told_once() -> None:
    reference = customer()
    for payment in ("p1", "p1", "p2"):
        news(reference, "payment.failed", payment=payment, amount_minor=100, currency="EUR")
    assert told(reference) == ["payment.failed", "payment.failed"]


def test_refusals_are_told_when_they_begin_and_at_most_once_an_hour() -> None:
    reference = customer()
    with time_machine.travel(START, tick=False) as clock:
        grant(reference, 10)
        refuse(reference)
        refuse(reference)
        assert told(reference) == ["operation.refused"]
        clock.shift(timedelta(minutes=10))
        consume(reference, 1)
        refuse(reference)
        assert told(reference) == ["operation.refused"], "a new beginning, but within the hour"
        clock.shift(timedelta(minutes=51))
        refuse(reference)
        assert told(reference) == ["operation.refused"] * 2
        clock.shift(timedelta(hours=5))
        refuse(reference)
        assert told(reference) == ["operation.refused"] * 2, "it never ended"
        consume(reference, 1)
        refuse(reference)
        assert told(reference) == ["operation.refused"] * 3


def test_another_reason_is_another_trouble() -> None:
    reference = customer()
    grant(reference, 10)
    refuse(reference)
    services.freeze(reference=reference, reason="test")
    with pytest.raises(WalletFrozen):
        services.consume(reference=reference, amount=Decimal(1))
    codes = [notice.data["code"] for notice in list_notices(reference=reference)] if told(reference) else []
    assert sorted(codes) == ["insufficient_credits", "wallet_frozen"]


def test_a_shortfall_is_told() -> None:
    reference = customer()
    grant(reference, 10)
    services.consume(reference=reference, amount=Decimal(12), overage="up_to")
    services.consume(reference=reference, amount=Decimal(3), overage="up_to")
    relay()
    assert "shortfall.recorded" in told(reference)


def test_a_violation_goes_to_the_operators(settings: Any) -> None:
    settings.OPERATOR_EMAILS = ["ops@example.com"]
    publish("ledger.violated", stream="ledger", payload={"invariant": "i1", "about": "ada", "detail": "d"})
    publish("ledger.violated", stream="ledger", payload={"invariant": "i1", "about": "bob", "detail": "d"})
    relay()
    send_deliveries()
    assert [notice.name for notice in Notice.objects.filter(reference="")] == ["ledger.violated"]
    assert [(one.to, one.subject) for one in mail.outbox] == [(["ops@example.com"], KINDS["ledger.violated"].title)]
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers


def test_an_owner_chooses_what_comes_by_which_channel() -> None:
    reference = customer()
    replace_preferences(reference=reference, channels={"inbox": ["payment.*"], "email": ["balance.low"]})
    grant(reference, 10, source="promotion")
    consume(reference, 10)
    news(reference, "payment.paid", payment="p1", amount_minor=100, currency="EUR")
    assert told(reference) == ["payment.paid"]
    send_deliveries()
    assert [one.subject for one in mail.outbox] == [KINDS["balance.low"].title]


def test_nothing_that_was_delivered_twice_is_told_twice() -> None:
    reference = customer()
    grant(reference, 10, source="promotion")
    relay()
    relay()
    send_deliveries()
    assert Notice.objects.count() == 1
    assert Delivery.objects.count() == len(mail.outbox) == 0, "a gift is not mailed by default"


def test_a_disabled_user_gets_nothing() -> None:
    reference = customer()
    User.objects.update(is_active=False)
    grant(reference, 10, source="promotion")
    assert told(reference) == []
