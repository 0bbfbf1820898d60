"""Each invariant is shown to be named in tests/credits/management/test_check_ledger.py."""

import threading

import pytest
from django.db import connection

from credits import services
from credits.invariants import violations
from credits.models import LedgerEntry
from tests.credits.selectors.ledgers import D, random_wallet


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(8))
def test_a_ledger_after_anything_is_right(seed: int) -> None:
    for wallet in range(3):
        random_wallet(f"w{wallet}", seed * 10 + wallet, steps=30)
    assert list(violations()) == []


@pytest.mark.django_db(transaction=True)
def test_what_is_posted_meanwhile_is_no_violation() -> None:
    services.issue_grant(reference="w", amount=D(1000))
    checked = threading.Event()

    def post() -> None:
        while not checked.is_set():
            hold = services.place_hold(reference="w", amount=D("0.01")).hold
            services.capture_hold(hold=hold.id, amount=D("0.005"))
        connection.close()

    thread = threading.Thread(target=post)
    thread.start()
    try:
        found = [violation for _ in range(40) for violation in violations()]
    finally:
        checked.set()
        thread.join()
    assert found == []
    assert LedgerEntry.objects.count() > 2
