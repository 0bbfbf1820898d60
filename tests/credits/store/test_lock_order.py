"""Wallets are locked once in a transaction, all together."""

# ruff: noqa: PT012  what raises is the second of two statements in one transaction

from decimal import Decimal

import pytest
from django.db import transaction

from credits import services
from credits.store.lock_order import SecondWalletLock


@pytest.fixture(params=["db", "transactional_db"], autouse=True)
def _two_wallets(request: pytest.FixtureRequest) -> None:
    """Within the transaction of a test, and without one."""
    request.getfixturevalue(request.param)
    grant("ann")
    grant("bob")


def grant(reference: str) -> None:
    services.issue_grant(reference=reference, amount=Decimal(10))


def test_a_second_lock_in_one_transaction_is_an_error() -> None:
    with pytest.raises(SecondWalletLock), transaction.atomic():
        grant("ann")
        grant("bob")


def test_the_same_wallet_again_is_an_error_too() -> None:
    with pytest.raises(SecondWalletLock), transaction.atomic():
        grant("ann")
        services.settle_wallets(["ann"])


def test_a_lock_before_a_savepoint_counts_within_it() -> None:
    with transaction.atomic():
        grant("ann")
        with pytest.raises(SecondWalletLock), transaction.atomic():
            grant("bob")


def test_a_lock_within_a_released_savepoint_counts_after_it() -> None:
    with pytest.raises(SecondWalletLock), transaction.atomic():
        with transaction.atomic():
            grant("ann")
        grant("bob")


def test_a_lock_within_nested_savepoints_counts_after_them() -> None:
    with pytest.raises(SecondWalletLock), transaction.atomic():
        with transaction.atomic(), transaction.atomic():
            grant("ann")
        with transaction.atomic():
            grant("bob")


def test_a_lock_that_was_rolled_back_to_a_savepoint_counts_no_more() -> None:
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            grant("ann")
            raise ZeroDivisionError
        grant("bob")


def test_a_refusal_locks_too() -> None:
    with pytest.raises(SecondWalletLock), transaction.atomic():
        services.consume_many(items=[services.Consumption("ann", Decimal(99))])
        grant("bob")


def test_one_transaction_after_the_other_locks_anew() -> None:
    for _ in range(2):
        with transaction.atomic():
            grant("ann")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        grant("ann")
        raise ZeroDivisionError
    with transaction.atomic():
        grant("bob")
    grant("ann")
    grant("bob")
