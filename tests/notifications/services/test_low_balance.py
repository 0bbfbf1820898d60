"""Low balance: once for each crossing, whoever consumes at the same time."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from core.models import Event
from core.relay import relay_events
from credits import services
from credits.models import LedgerEntry
from notifications.models import Notice
from notifications.services.preferences import replace_preferences
from tests.concurrency import jobs
from tests.concurrency.crew import race_in_threads
from tests.notifications.telling import consume, customer, grant, relay, told

pytestmark = pytest.mark.django_db
LOW = "balance.low"


def crossings(reference: str) -> int:
    return told(reference).count(LOW)


def test_a_balance_that_falls_below_the_share_of_the_last_grant_is_told_once() -> None:
    reference = customer()
    grant(reference, 100)
    consume(reference, 80)
    assert crossings(reference) == 0, "20 is not below 20"
    consume(reference, 1)
    consume(reference, 5)
    assert crossings(reference) == 1
    notice = Notice.objects.get(reference=reference, name=LOW)
    assert "fallen to 19 credits, below the 20" in notice.text


def test_it_is_armed_again_when_the_balance_rises() -> None:
    reference = customer()
    grant(reference, 100)
    spent = consume(reference, 90)
    services.reverse_entry(entry=spent, amount=Decimal(50), reason="test")
    consume(reference, 50)
    assert crossings(reference) == 2


def test_the_share_is_that_of_the_grant_that_was_the_last_when_the_entry_was_posted() -> None:
    reference = customer()
    grant(reference, 100)
    consume(reference, 60)
    # Handed out late: by now the last grant would make 40 a low balance.
    grant(reference, 1_000)
    assert crossings(reference) == 0
    consume(reference, 900)
    assert crossings(reference) == 1


def test_an_owner_chooses_an_amount_and_zero_means_never() -> None:
    reference = customer()
    replace_preferences(reference=reference, low_balance_amount=Decimal("99.5"))
    grant(reference, 100)
    consume(reference, 1)
    assert crossings(reference) == 1
    replace_preferences(reference=reference, low_balance_amount=Decimal(0))
    grant(reference, 10)
    services.consume(reference=reference, amount=Decimal(109))
    assert crossings(reference) == 1


def test_what_expires_and_what_is_taken_back_counts_as_well() -> None:
    reference = customer()
    given = grant(reference, 100, source="promotion")
    services.void_grant(grant=given, reason="test")
    assert crossings(reference) == 1


def test_a_wallet_that_nobody_listens_to_is_not_told_about() -> None:
    grant("ada", 100)
    consume("ada", 100)
    relay()
    assert not Notice.objects.exists()
    assert not Event.objects.filter(name=LOW).exists()


@pytest.mark.django_db(transaction=True)
def test_16_consumers_at_once_cross_once() -> None:
    reference = customer()
    grant(reference, 100)
    outcomes = race_in_threads(jobs.consume, [(reference, 6)] * 16)
    assert [outcome.error for outcome in outcomes] == [None] * 16
    assert LedgerEntry.objects.filter(wallet__reference=reference, balance_after__lt=20).count() == 3
    # The relays race, too.
    race_in_threads(_relay, [()] * 16)
    assert crossings(reference) == 1
    assert Event.objects.filter(name=LOW).count() == 1


def _relay(*_: Any) -> None:
    relay_events()
    connections.close_all()
