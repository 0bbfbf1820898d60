from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core.clock import now
from usage.models import Rate
from usage.selectors.rates import rate_in_force
from usage.services import NewRate, create_rate, price_usage

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("import_rates", "--provider", "openai", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_the_difference_is_shown_before_anything_is_written() -> None:
    lines = run()
    (shown,) = [line for line in lines if line.startswith("+ openai/gpt-4o  ")]
    assert "input_tokens 2.5" in shown
    assert "output_tokens 10" in shown
    assert lines[-1].endswith("versions to add with --apply, 0 kept as operators made them")
    assert Rate.objects.count() == 0


def test_what_is_applied_prices_usage_and_is_not_applied_twice() -> None:
    run("--apply", "--credits-per-unit", "1000")
    count = Rate.objects.count()
    assert count > 50
    quantities = {"input_tokens": 1000, "cached_input_tokens": 1000, "output_tokens": 100}
    priced = price_usage(model="gpt-4o", provider="openai", quantities=quantities, at=now())
    assert priced.amount == 2_500_000 + 1_250_000 + 1_000_000
    assert run("--apply", "--credits-per-unit", "1000")[-1].startswith("0 versions added")
    assert Rate.objects.count() == count


def test_the_longest_pattern_gives_the_markup() -> None:
    run("--apply", "--markup", "5", "--markup", "openai=10", "--markup", "openai/gpt-4o*=12.5")
    markups = dict(Rate.objects.filter(model__in=["gpt-4o", "gpt-4"]).values_list("model", "markup_percent"))
    assert markups == {"gpt-4o": Decimal("12.5"), "gpt-4": 10}


def test_a_changed_price_becomes_a_version_and_says_from_what_to_what() -> None:
    run("--apply")
    (line,) = [line for line in run("--apply", "--markup", "openai/gpt-4o=7") if line.startswith("~")]
    assert line.startswith("~ openai/gpt-4o  ")
    assert "+0%, x1 -> " in line
    assert line.endswith("+7%, x1")
    assert list(Rate.objects.filter(model="gpt-4o").values_list("version", flat=True)) == [2, 1]


def test_what_an_operator_set_is_kept_unless_it_is_asked_for() -> None:
    own = NewRate(provider="openai", model="gpt-4o", prices={"input_tokens": Decimal(99)})
    create_rate(rate=own, actor="user:test")
    assert [line[:15] for line in run("--apply") if line.startswith("=")] == ["= openai/gpt-4o"]
    assert Rate.objects.filter(model="gpt-4o").count() == 1
    run("--apply", "--replace")
    assert Rate.objects.filter(model="gpt-4o").first().source == "import"


def test_a_long_context_is_imported_as_a_tier() -> None:
    call_command("import_rates", "--provider", "google", "--apply", stdout=StringIO())
    rate = rate_in_force(provider="google", model="gemini-2.5-pro", at=now())
    assert rate is not None
    assert [(tier.above, tier.prices["input_tokens"]) for tier in rate.tiers] == [(200_000, Decimal("2.5"))]
    assert rate.prices["input_tokens"] == Decimal("1.25")


@pytest.mark.parametrize("arguments", [["--markup", "x"], ["--markup", "-101"], ["--credits-per-unit", "0"]])
def test_numbers_without_sense_are_refused(arguments: list[Any]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)
