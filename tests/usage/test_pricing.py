"""The arithmetic of prices: exact, rounded up once, and nothing is lost between the lines and the amount."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usage.pricing import FALLBACKS, QUANTITIES, Terms, Tier, Unpriced, price

AT = datetime(2026, 1, 1, tzinfo=UTC)


def terms(**changes: Any) -> Terms:
    """Return a rate of 2.5 and 10 money a million tokens; a unit of money is 1,000 credits."""
    prices = {"input_tokens": Decimal("2.5"), "output_tokens": Decimal(10)}
    usual: dict[str, Any] = {"prices": prices, "credits_per_currency_unit": Decimal(1000)}
    named = {"id": "r", "version": 1, "provider": "", "model": "m", "operation": "", "effective_from": AT}
    return Terms(**{**named, **usual, **changes})


def test_tokens_are_priced_by_the_million() -> None:
    found = price(terms(), {"input_tokens": 1000, "output_tokens": 10})
    assert [(line.quantity, line.amount) for line in found.lines] == [
        ("input_tokens", Decimal("2.5")),
        ("output_tokens", Decimal("0.1")),
    ]
    assert (found.amount, found.rounding, found.rate, found.version) == (2_600_000, 0, "r", 1)


def test_a_fraction_of_a_millionth_is_rounded_up_once_for_the_event() -> None:
    cheap = terms(prices={"input_tokens": Decimal("0.0001"), "output_tokens": Decimal("0.0001")})
    found = price(cheap, {"input_tokens": 1, "output_tokens": 1})
    assert found.amount == 1
    assert found.rounding == Decimal("0.0000008")


def test_a_markup_is_part_of_each_line() -> None:
    assert price(terms(markup_percent=Decimal(20)), {"output_tokens": 100}).amount == 1_200_000


@pytest.mark.parametrize(("special", "ordinary"), FALLBACKS.items())
def test_a_kind_of_token_without_its_own_price_costs_as_the_ordinary_one(special: str, ordinary: str) -> None:
    assert price(terms(), {special: 77}).amount == price(terms(), {ordinary: 77}).amount


def test_a_kind_of_token_has_its_own_price_where_there_is_one() -> None:
    own = terms(prices={"input_tokens": Decimal(2), "cached_input_tokens": Decimal("0.2")})
    assert price(own, {"input_tokens": 10, "cached_input_tokens": 10}).amount == 22_000


def test_what_has_no_price_is_named() -> None:
    with pytest.raises(Unpriced) as refused:
        price(terms(), {"input_tokens": 1, "images": 2})
    assert refused.value.quantity == "images"


def test_none_of_what_has_no_price_costs_nothing() -> None:
    assert price(terms(), {"input_tokens": 0, "images": 0}).amount == 0


def test_a_request_costs_its_price_once_unless_it_says_how_often() -> None:
    by_call = terms(prices={"requests": Decimal("0.01")})
    assert price(by_call, {}).amount == 10_000_000
    assert price(by_call, {"requests": 3}).amount == 30_000_000
    assert price(terms(), {"requests": 3, "input_tokens": 1000}).amount == 2_500_000


def test_a_long_context_takes_the_prices_of_its_tier_for_all_tokens() -> None:
    tiers = (Tier(400, {"input_tokens": Decimal(9)}), Tier(200, {"input_tokens": Decimal(5)}))
    tiered = terms(tiers=tiers)
    amounts = [price(tiered, {"input_tokens": count}).amount for count in (200, 201, 401)]
    assert amounts == [500_000, 1_005_000, 3_609_000]
    assert price(tiered, {"input_tokens": 100, "cached_input_tokens": 101}).amount == 1_005_000


DECIMALS = st.decimals(min_value=0, max_value=10_000, places=9)
UNITS = st.one_of(st.integers(0, 10**12), st.decimals(min_value=0, max_value=10**6, places=6))


@given(
    prices=st.fixed_dictionaries(dict.fromkeys(QUANTITIES, DECIMALS)),
    quantities=st.dictionaries(st.sampled_from(sorted(QUANTITIES)), UNITS, min_size=1),
    markup=st.decimals(min_value=-100, max_value=1000, places=6),
    worth=st.decimals(min_value=Decimal("0.000001"), max_value=10**6, places=6),
)
def test_the_amount_is_the_sum_of_the_lines_and_less_than_a_millionth(
    prices: dict[str, Decimal], quantities: dict[str, Any], markup: Decimal, worth: Decimal
) -> None:
    found = price(terms(prices=prices, markup_percent=markup, credits_per_currency_unit=worth), quantities)
    counted = {"requests": 1, **quantities}
    factor = (1 + Fraction(markup) / 100) * Fraction(worth)
    expected = sum((Fraction(n) * Fraction(prices[name]) / QUANTITIES[name] * factor for name, n in counted.items()), 0)
    assert sum((Fraction(line.amount) for line in found.lines), Fraction(0)) == expected
    assert Fraction(found.amount, 10**6) - expected == Fraction(found.rounding)
    assert 0 <= found.rounding < Decimal("0.000001")
