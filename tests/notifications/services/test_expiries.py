"""Credits that will expire: once for each grant and number of days."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from core.models import Event
from credits import services
from notifications.models import Alarm, Notice
from notifications.services.endpoints import open_endpoint
from notifications.services.expiries import NAME, forget_expiries, warn_of_expiries
from notifications.services.preferences import replace_preferences
from tests.concurrency.crew import race_in_threads
from tests.notifications.telling import customer, grant, relay, told

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
START = timezone.now().replace(microsecond=0)


def test_a_grant_is_warned_of_once_for_each_number_of_days() -> None:
    reference = customer()
    with time_machine.travel(START, tick=False) as clock:
        grant(reference, 10, expires_at=START + 20 * DAY)
        counts = []
        for _ in range(19):
            clock.shift(DAY)
            warn_of_expiries(at=timezone.now())
            warn_of_expiries(at=timezone.now())
            counts.append(told(reference).count(NAME))
    assert counts == [0] * 12 + [1] * 6 + [2]
    first = Notice.objects.filter(name=NAME).order_by("id")[0]
    assert first.text.startswith("10 credits expire on ")
    assert first.data["days"] == 7


def test_only_what_is_left_and_free_is_warned_of() -> None:
    reference = customer()
    grant(reference, 10, expires_at=START + 3 * DAY)
    services.place_hold(reference=reference, amount=Decimal(4))
    gone = grant(reference, 5, source="promotion", expires_at=START + 2 * DAY)
    services.void_grant(grant=gone, reason="test")
    warn_of_expiries(at=timezone.now())
    assert told(reference).count(NAME) == 1
    assert Notice.objects.get(name=NAME).data["amount"] == "6"


def test_an_owner_chooses_the_days_and_none_at_all() -> None:
    early, never = customer("early@example.com"), customer("never@example.com")
    replace_preferences(reference=early, expiring_days=[30])
    replace_preferences(reference=never, expiring_days=[])
    for reference in (early, never):
        grant(reference, 10, expires_at=START + 25 * DAY)
    warn_of_expiries(at=timezone.now())
    warn_of_expiries(at=timezone.now() + 24 * DAY)
    assert (told(early).count(NAME), told(never).count(NAME)) == (1, 0)


def test_a_wallet_without_owner_is_warned_of_where_an_endpoint_hears_it() -> None:
    grant("ada", 10, expires_at=START + 2 * DAY)
    assert warn_of_expiries(at=timezone.now()) == 0
    open_endpoint(reference="", url="https://example.com/hooks")
    assert warn_of_expiries(at=timezone.now()) == 1


def test_notes_about_grants_that_ended_long_ago_are_forgotten() -> None:
    reference = customer()
    grant(reference, 10, expires_at=START + 2 * DAY)
    warn_of_expiries(at=timezone.now())
    forget_expiries(at=START + 60 * DAY)
    assert Alarm.objects.filter(name=NAME).count() == 1
    forget_expiries(at=START + 100 * DAY)
    assert not Alarm.objects.filter(name=NAME).exists()


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_warn_once() -> None:
    reference = customer()
    for _ in range(20):
        grant(reference, 1, expires_at=START + 2 * DAY)
    race_in_threads(_sweep, [()] * 12)
    relay()
    assert Event.objects.filter(name=NAME).count() == 20
    assert told(reference).count(NAME) == 20


def _sweep() -> None:
    warn_of_expiries(at=timezone.now())
    connections.close_all()
