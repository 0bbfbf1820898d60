"""Show how published prices differ from our rates, and take them over."""

from argparse import ArgumentParser
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock

from ...models import Rate
from ...services.imports import Change, changes, published_rates
from ...services.rates import NewRate, create_rates


class Command(BaseCommand):
    help = "Compare the prices of the package genai-prices with our rates; with --apply add what differs as versions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", action="append", default=[], help="only of these, such as openai")
        parser.add_argument(
            "--markup",
            action="append",
            default=[],
            metavar="[PATTERN=]PERCENT",
            help="for all, for a provider (openai=20) or for a model (openai/gpt-4o*=30); the longest pattern holds",
        )
        parser.add_argument("--credits-per-unit", default="1", help="credits for one US dollar")
        parser.add_argument("--replace", action="store_true", help="also follow versions that operators made")
        parser.add_argument("--apply", action="store_true", help="add the versions; without it nothing is written")

    def handle(self, *, provider: list[str], markup: list[str], apply: bool, **options: Any) -> None:
        markups = dict(_markup(text) for text in markup)
        worth, at = _decimal(options["credits_per_unit"]), clock.now()
        if worth <= 0 or any(percent < -100 for percent in markups.values()):
            raise CommandError("A dollar is worth some credits, and a discount is at most 100 percent.")
        rates = published_rates(at=at, providers=provider, markups=markups, credits_per_unit=worth)
        found = changes(rates)
        for change in found:
            self.stdout.write(_line(change, replace=options["replace"]))
        wanted = [change.rate for change in found if options["replace"] or not change.is_kept]
        if apply:
            create_rates(rates=wanted, actor="import_rates")
        verb = "added" if apply else "to add with --apply"
        self.stdout.write(f"{len(wanted):,} versions {verb}, {len(found) - len(wanted):,} kept as operators made them")


def _line(change: Change, *, replace: bool) -> str:
    name = f"{change.rate.provider}/{change.rate.model}"
    if change.before is None:
        return f"+ {name}  {_text(change.rate)}"
    sign = "=" if change.is_kept and not replace else "~"
    return f"{sign} {name}  {_text(_as_new(change.before))} -> {_text(change.rate)}"


def _as_new(rate: Rate) -> NewRate:
    terms = rate.terms
    return NewRate(
        model=terms.model,
        prices=terms.prices,
        tiers=terms.tiers,
        markup_percent=terms.markup_percent,
        credits_per_currency_unit=terms.credits_per_currency_unit,
    )


def _text(rate: NewRate) -> str:
    prices: Sequence[str] = [f"{name} {price.normalize():f}" for name, price in rate.prices.items()]
    tiers = [
        f"above {tier.above:,}: {tier.prices['input_tokens']:f}" for tier in rate.tiers if "input_tokens" in tier.prices
    ]
    worth = f"x{rate.credits_per_currency_unit.normalize():f}"
    return ", ".join([*prices, *tiers, f"{rate.markup_percent.normalize():+f}%", worth])


def _markup(text: str) -> tuple[str, Decimal]:
    pattern, _, percent = text.rpartition("=")
    if not pattern:
        return "*", _decimal(percent)
    return (pattern if "/" in pattern else f"{pattern}/*"), _decimal(percent)


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise CommandError(f"{text} is not a number.") from None
    if not number.is_finite() or number != number.quantize(Decimal("0.000001")):
        raise CommandError(f"{text} has more than six decimals.")
    return number
