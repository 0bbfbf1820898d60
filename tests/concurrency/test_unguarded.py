"""The races can be lost: a spender without a lock, written here, loses them every time."""

import threading
from decimal import Decimal

import pytest

from credits.invariants import violations
from credits.models import Wallet
from tests.concurrency import jobs
from tests.concurrency.crew import race_in_threads

RACERS = 12


@pytest.mark.corrupts_ledger
@pytest.mark.django_db(transaction=True)
def test_r01_a_spender_that_reads_without_a_lock_sells_the_same_credits_twelve_times() -> None:
    jobs.grant("ann", 100)
    everybody_has_read = threading.Barrier(RACERS)

    def spend_without_a_lock(amount: int) -> None:
        wallet = Wallet.objects.get(reference="ann")
        everybody_has_read.wait(60)
        assert wallet.balance >= amount
        Wallet.objects.filter(pk=wallet.pk).update(balance=wallet.balance - amount)

    outcomes = race_in_threads(spend_without_a_lock, [(10,)] * RACERS)
    assert [outcome.error for outcome in outcomes] == [None] * RACERS
    assert Wallet.objects.get().balance == Decimal(90)
    assert {violation.name for violation in violations()} >= {"wallet_balance_is_sum_of_entries"}
