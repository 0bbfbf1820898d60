"""What a database session may be set to without changing what the store reads and writes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection

from credits import services
from tests.credits.books import check_books, read_wallets

START = datetime(2026, 1, 1, tzinfo=UTC)
ZONE = {
    "postgresql": "SET LOCAL TIME ZONE 'Asia/Tokyo'",
    "mysql": "SET time_zone = '+09:00'",
    "sqlite": "SELECT 1",  # has no zones
}


@pytest.mark.django_db
def test_instants_are_the_same_in_a_session_of_another_time_zone() -> None:
    with connection.cursor() as cursor:
        cursor.execute(ZONE[connection.vendor])
    try:
        with time_machine.travel(START, tick=False):
            terms = {"amount": Decimal(10), "expires_at": START + timedelta(hours=3)}
            posted = services.issue_grant(reference="ann", **terms)
            again = services.place_hold(reference="ann", amount=Decimal(4), expires_in=timedelta(hours=1))
        with time_machine.travel(START + timedelta(hours=2), tick=False):
            services.settle_wallets(["ann"])
    finally:
        with connection.cursor() as cursor:
            cursor.execute(ZONE[connection.vendor].replace("Asia/Tokyo", "UTC").replace("+09:00", "+00:00"))
    wallet = read_wallets()["ann"]
    assert posted.grant is not None
    assert again.hold is not None
    assert wallet.grants[posted.grant.id].expires_at == START + timedelta(hours=3)
    assert (wallet.next_change_at, wallet.held) == (START + timedelta(hours=3), 0)
    assert wallet.holds[again.hold.id].ended_at == START + timedelta(hours=1)
    check_books()
