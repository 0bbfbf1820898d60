"""Money is a whole number of the smallest unit, whatever that is."""

import itertools

import pytest

from core.amounts import MICROS
from payments import currencies


@pytest.mark.parametrize(("code", "decimals"), [*((code, 0) for code in currencies.WITHOUT_DECIMALS.split())])
def test_currencies_without_decimals(code: str, decimals: int) -> None:
    assert (currencies.decimals(code), code in currencies.known()) == (decimals, True)


@pytest.mark.parametrize("code", currencies.WITH_THREE_DECIMALS.split())
def test_currencies_with_three_decimals(code: str) -> None:
    assert (currencies.decimals(code), code in currencies.known()) == (3, True)


@pytest.mark.parametrize("code", ["USD", "EUR", "INR", "GBP", "BRL", "HUF", "TWD", "MGA", "IDR", "COP"])
def test_all_others_have_two(code: str) -> None:
    assert currencies.decimals(code) == 2


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1999, "USD", "$19.99"),
        (100, "INR", "₹1.00"),
        (1999, "JPY", "¥1,999"),
        (1234567, "KWD", "KWD1,234.567"),
        (5, "EUR", "€0.05"),
        (0, "USD", "$0.00"),
    ],
)
def test_money_is_written_exactly(minor: int, currency: str, text: str) -> None:
    assert currencies.write(minor, currency) == text


@pytest.mark.parametrize(
    ("minor", "currency", "per_unit", "micros"),
    [
        (1999, "USD", 100 * MICROS, 1_999 * MICROS),
        (1999, "JPY", MICROS, 1_999 * MICROS),
        (1999, "KWD", MICROS, 1_999_000),
        (1, "USD", 1, 0),
        (333, "USD", 1_000_001, 3_330_003),
    ],
)
def test_free_amounts_buy_exactly_and_round_down(minor: int, currency: str, per_unit: int, micros: int) -> None:
    assert currencies.credits_of(minor, currency, per_unit) == micros


def test_shares_add_up_to_the_whole() -> None:
    whole = 2_000 * MICROS
    assert [currencies.share_of(whole, part, 1999) for part in (0, 1999)] == [0, whole]
    taken, steps = 0, [currencies.share_of(whole, part, 1999) for part in range(2000)]
    for before, after in itertools.pairwise(steps):
        taken += after - before
    assert taken == whole
