"""The numbered cases of the source systems that are about credits alone; those with racers are in tests/concurrency."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from core.problems import Problem
from credits import services
from credits.exceptions import InvalidOperation
from credits.models import Grant, LedgerEntry, Wallet

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 1, tzinfo=UTC)


def balance() -> Decimal:
    return Wallet.objects.get(reference="ann").balance


def issue(amount: str, **terms: object) -> services.Posted:
    return services.issue_grant(reference="ann", amount=Decimal(amount), **terms)  # type: ignore[arg-type]


def test_r03_three_hundred_grants_within_one_instant_are_three_hundred() -> None:
    with time_machine.travel(START, tick=False):
        for _ in range(300):
            issue("1")
    assert balance() == 300
    last = LedgerEntry.objects.order_by("-sequence")[0]
    assert (last.sequence, last.balance_after) == (300, 300)


def test_r06_a_hold_captured_twice_is_captured_once_and_released_never() -> None:
    issue("100")
    hold = services.place_hold(reference="ann", amount=Decimal(30)).entry.hold
    assert hold is not None
    services.capture_hold(hold=hold)
    for again in (services.capture_hold, services.release_hold, services.release_hold):
        with pytest.raises(Problem) as caught:
            again(hold=hold)
        assert (caught.value.code, caught.value.members["hold_status"]) == ("hold_not_active", "captured")
    assert (balance(), Wallet.objects.get().held) == (70, 0)


def test_r07_what_was_spent_cannot_expire_and_what_was_bought_stays() -> None:
    with time_machine.travel(START, tick=False):
        issue("100", source="subscription", expires_in_days=30)
        services.consume(reference="ann", amount=Decimal(100))
        issue("50", source="purchase")
    with time_machine.travel(START + timedelta(days=31), tick=False):
        services.settle_wallets(["ann"])
    assert balance() == 50
    assert not LedgerEntry.objects.filter(kind="expired").exists()


def test_r08_the_first_due_grant_expires_on_every_database() -> None:
    with time_machine.travel(START, tick=False):
        issue("100", expires_in_days=30)
    with time_machine.travel(START + timedelta(days=31), tick=False):
        services.settle_wallets(["ann"])
        services.settle_wallets(["ann"])
    assert balance() == 0
    assert LedgerEntry.objects.get(kind="expired").amount == -100


def test_r09_a_grant_lives_as_long_as_was_asked_and_its_repetition_adds_nothing() -> None:
    with time_machine.travel(START, tick=False):
        for _ in range(2):
            issue("100", expires_in_days=365, origin=services.Origin(key="plan/2026"))
    assert balance() == 100
    assert Grant.objects.get().expires_at == START + timedelta(days=365)


def test_r25_r29_amounts_are_exact_decimals() -> None:
    for _ in range(10):
        issue("0.1")
    issue("19.99")
    assert balance() == Decimal("20.99")
    services.consume(reference="ann", amount=Decimal("20.989999"))
    assert balance() == Decimal("0.000001")


@pytest.mark.parametrize("amount", ["-5", "0", "1000000000.000001", "2147483648000"])
def test_r25_r43_an_amount_out_of_bounds_is_refused(amount: str) -> None:
    issue("1")
    for service in (services.issue_grant, services.consume, services.place_hold):
        with pytest.raises(Problem) as caught:
            service(reference="ann", amount=Decimal(amount))
        assert (caught.value.status, caught.value.members["field"]) == (400, "amount")


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "0.0000001"])
def test_r26_what_is_no_exact_amount_never_reaches_the_ledger(amount: str) -> None:
    with pytest.raises(InvalidOperation):
        issue(amount)
    assert not Wallet.objects.exists()


@pytest.mark.parametrize("amount", [True, 1.5, "1", None, Decimal("sNaN")])
def test_r26_what_is_no_decimal_is_refused_and_spoils_no_other_item(amount: Any) -> None:
    issue("5")
    for service in (services.consume, services.place_hold):
        with pytest.raises(InvalidOperation) as caught:
            service(reference="ann", amount=amount)
        assert caught.value.members["field"] == "amount"
    items = [services.Consumption("ann", amount), services.Consumption("ann", Decimal(1))]
    refused, posted = services.consume_many(items=items)
    assert isinstance(refused, InvalidOperation)
    assert isinstance(posted, services.Posted)


def test_r43_r47_two_grants_of_more_than_32_bits_can_be_read_and_spent() -> None:
    issue("400000000")
    issue("500000000.000001")
    assert balance() == Decimal("900000000.000001")
    services.consume(reference="ann", amount=Decimal("900000000.000001"))
    assert balance() == 0


def test_r47_a_balance_beyond_the_largest_is_refused_while_it_can_still_be_used() -> None:
    issue("1000000000")
    with pytest.raises(Problem) as caught:
        issue("0.000001")
    assert caught.value.code == "balance_too_large"
    assert services.consume(reference="ann", amount=Decimal(1)).wallet.balance == 999_999_999 * 10**6


def test_sums_over_wallets_pass_64_bits() -> None:
    services.open_wallet(reference="ann")
    for number in range(20):
        services.issue_grant(reference=f"rich-{number}", amount=Decimal(1_000_000_000))
    total = sum(Wallet.objects.values_list("balance", flat=True))
    assert total * 10**6 == 2 * 10**16
