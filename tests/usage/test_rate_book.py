"""Which of several rates holds."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from usage.pricing import Terms
from usage.rate_book import RateBook

JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3))


def rate(name: str, model: str = "gpt-4o", **changes: Any) -> Terms:
    usual: dict[str, Any] = {"version": 1, "provider": "", "operation": "", "effective_from": JANUARY}
    return Terms(id=name, model=model, prices={"requests": Decimal(1)}, **{**usual, **changes})


def found(rates: list[Terms], at: datetime = MARCH, **call: str) -> str | None:
    """Return the id of the rate that wins, in whatever order the rates come."""
    asked = {"provider": "", "model": "gpt-4o", "operation": "", **call}
    winners = [RateBook(order).find(**asked, at=at) for order in permutations(rates)]
    assert all(winner is winners[0] for winner in winners)
    return winners[0] and winners[0].id


@pytest.mark.parametrize(
    ("pattern", "model", "fits"),
    [
        ("gpt-4o", "gpt-4o", True),
        ("gpt-4o", "GPT-4o", False),
        ("gpt-4o", "gpt-4o-mini", False),
        ("gpt-4*", "gpt-4o-mini", True),
        ("*", "anything/at:all", True),
        ("a.c", "abc", False),
        ("*-preview-*", "o1-preview-2024", True),
    ],
)
def test_a_star_stands_for_any_characters(pattern: str, model: str, fits: bool) -> None:
    assert (found([rate("r", pattern)], model=model) == "r") is fits


def test_the_most_exact_model_wins() -> None:
    rates = [rate("all", "*", provider="openai", operation="chat"), rate("family", "gpt-4*"), rate("exact")]
    assert found(rates, provider="openai", operation="chat") == "exact"
    assert found(rates[:2], provider="openai", operation="chat") == "family"


def test_a_named_operation_wins_over_a_named_provider() -> None:
    rates = [rate("any"), rate("provider", provider="openai"), rate("operation", operation="chat")]
    assert found(rates, provider="openai", operation="chat") == "operation"
    assert found(rates, provider="openai", operation="embed") == "provider"
    assert found(rates, provider="azure") == "any"


def test_a_call_that_names_no_provider_takes_the_first_by_name() -> None:
    assert found([rate("o", provider="openai"), rate("a", provider="azure")]) == "a"


def test_another_provider_or_operation_has_no_rate() -> None:
    assert found([rate("o", provider="openai", operation="chat")], provider="azure", operation="chat") is None
    assert found([rate("o", provider="openai", operation="chat")], provider="openai") is None


def test_the_version_in_force_is_the_latest_begun() -> None:
    rates = [rate("1"), rate("2", version=2, effective_from=FEBRUARY), rate("3", version=3, effective_from=MARCH)]
    assert [found(rates, at) for at in (JANUARY, FEBRUARY, MARCH)] == ["1", "2", "3"]


def test_a_version_with_an_end_holds_until_just_before_it() -> None:
    rates = [rate("1"), rate("2", version=2, effective_from=FEBRUARY, effective_to=MARCH)]
    assert [found(rates, at) for at in (JANUARY, FEBRUARY, MARCH)] == ["1", "2", "1"]


def test_of_two_versions_that_begin_together_the_higher_holds() -> None:
    assert found([rate("1"), rate("2", version=2)]) == "2"


def test_before_its_beginning_a_rate_holds_for_nothing() -> None:
    assert found([rate("1")], datetime(2025, 12, 31, tzinfo=UTC)) is None
