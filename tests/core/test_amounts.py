"""Amounts are exact, or refused (ledger.md, section 1)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.amounts import MAX_MICROS, format_micros, from_micros, parse_amount, to_micros
from core.json_text import JSONNumber


@pytest.mark.parametrize(
    ("written", "micros"),
    [
        ("12.5", 12_500_000),
        ("0.000001", 1),
        ("1000000000", MAX_MICROS),
        ("007", 7_000_000),
        ("1.500000", 1_500_000),
        (3, 3_000_000),
        (JSONNumber("0.1"), 100_000),
        (JSONNumber("999999999.999999"), MAX_MICROS - 1),
        (Decimal("1E+3"), 1_000_000_000),
    ],
)
def test_an_amount_is_read_exactly(written: object, micros: int) -> None:
    assert parse_amount(written) == micros


@pytest.mark.parametrize(
    "written",
    [
        *("NaN", "Infinity", "-Infinity", "1e3", "1E3", "", " ", " 1", "1 ", "1\n", "+1", "-1", "-0", "0", "0.0", ".5"),
        *("5.", "1_000", "٣", "0.0000001", "1.0000000", "1000000000.000001", "99999999999", "0x10", "1,5"),
        *(True, False, None, [], {}, 1.5, float("nan"), 0, -1, 10**400, Decimal("NaN"), Decimal("Infinity")),
        *(Decimal("sNaN"), Decimal("1E-7"), Decimal("1E+999999"), Decimal(0), Decimal("1." + "0" * 40 + "1")),
        *(JSONNumber("1e3"), JSONNumber("-0"), JSONNumber("1.5E0"), JSONNumber("1.0000000")),
    ],
)
def test_what_is_not_an_amount_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match=r"amount|millionths"):
        parse_amount(written)


def test_an_adjustment_takes_one_leading_minus() -> None:
    assert parse_amount("-12.5", signed=True) == -12_500_000
    assert parse_amount(JSONNumber("-0.5"), signed=True) == -500_000
    for written in ("--1", "-0", "-0.0", "0", "-", "- 1", JSONNumber("-0")):
        with pytest.raises(ValueError, match="amount"):
            parse_amount(written, signed=True)


def test_zero_is_an_amount_where_none_must_move() -> None:
    assert parse_amount("0", positive=False) == 0
    with pytest.raises(ValueError, match="negative"):
        parse_amount("-1", positive=False)


@pytest.mark.parametrize(
    ("micros", "text"),
    [(0, "0"), (1, "0.000001"), (12_500_000, "12.5"), (-1, "-0.000001"), (10**13, "10000000"), (-10_000_000, "-10")],
)
def test_the_canonical_text_has_no_superfluous_zero(micros: int, text: str) -> None:
    assert format_micros(micros) == text


@given(st.integers(min_value=-MAX_MICROS, max_value=MAX_MICROS).filter(bool))
def test_every_amount_survives_text_and_decimal(micros: int) -> None:
    assert parse_amount(format_micros(micros), signed=True) == micros
    assert to_micros(from_micros(micros)) == micros


@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_a_value_error(text: str) -> None:
    try:
        micros = parse_amount(text)
    except ValueError:
        return
    assert 0 < micros <= MAX_MICROS
