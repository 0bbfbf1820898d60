"""Take the prices of the package genai-prices, which is maintained and works offline, as versions of rates."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

from genai_prices import data_snapshot, types

from ..models import Rate
from ..pricing import Tier
from .rates import NewRate

THOUSAND = 1000
# Their name of a price: our quantity, and how many of our units theirs is. Hours have no exact price for a second.
NAMES = {
    "input_mtok": ("input_tokens", 1),
    "output_mtok": ("output_tokens", 1),
    "cache_read_mtok": ("cached_input_tokens", 1),
    "cache_write_mtok": ("cache_write_tokens", 1),
    "output_reasoning_mtok": ("reasoning_tokens", 1),
    "input_audio_mtok": ("input_audio_tokens", 1),
    "output_audio_mtok": ("output_audio_tokens", 1),
    "input_mchars": ("characters", 1),
    "requests_kcount": ("requests", THOUSAND),
    "web_searches_kcount": ("searches", THOUSAND),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A version that the import would add; `before` is the one that it follows. One of an operator is kept."""

    rate: NewRate
    before: Rate | None

    @property
    def is_kept(self) -> bool:
        return self.before is not None and self.before.source != "import"


def published_rates(
    *, at: datetime, providers: Collection[str] = (), markups: Mapping[str, Decimal], credits_per_unit: Decimal
) -> Iterator[NewRate]:
    """Yield a rate for each name by which the package knows a model, priced as at `at`.

    `markups` are percentages by a pattern of `provider/model`; the longest that matches holds.
    """
    for provider in data_snapshot.get_snapshot().providers:
        if providers and provider.id not in providers:
            continue
        seen: set[str] = set()
        for model in provider.models:
            found = _rate(model, at)
            for name in _names_of(model) if found.prices else ():
                if name not in seen:
                    seen.add(name)
                    markup = _markup(f"{provider.id}/{name}", markups)
                    terms: dict[str, Any] = {"markup_percent": markup, "credits_per_currency_unit": credits_per_unit}
                    yield replace(found, provider=provider.id, model=name, **terms)


def changes(rates: Iterator[NewRate]) -> list[Change]:
    """Return what differs from the newest versions that there are."""
    newest: dict[tuple[str, str], Rate] = {}
    for row in Rate.objects.filter(operation="").order_by("version"):
        newest[row.provider, row.model] = row
    found = (Change(rate, newest.get((rate.provider, rate.model))) for rate in rates)
    return [change for change in found if change.before is None or _terms(change.rate) != _terms_of(change.before)]


def _rate(model: types.ModelInfo, at: datetime) -> NewRate:
    """Return the model's prices at `at`, without a provider; tiers hold for all tokens of an event, as theirs do."""
    prices: dict[str, Decimal] = {}
    tiers: dict[int, dict[str, Decimal]] = {}
    for name, value in vars(_active(model.prices, at)).items():
        quantity, units = NAMES.get(name, ("", 1))
        if not quantity or value is None:
            continue
        if isinstance(value, types.TieredPrices):
            prices[quantity] = value.base / units
            for tier in value.tiers:
                tiers.setdefault(tier.start, {})[quantity] = tier.price / units
        else:
            prices[quantity] = value / units
    steps = [Tier(above, found) for above, found in sorted(tiers.items())]
    return NewRate(model=model.id, prices=prices, tiers=steps, source="import")


def _active(prices: Any, at: datetime) -> types.ModelPrice:
    """Return the last price whose condition holds at `at`; one that holds at hours of the day is left out."""
    if not isinstance(prices, list):
        return prices  # type: ignore[no-any-return]
    held = [one.prices for one in prices if one.constraint is None or _has_begun(one.constraint, at)]
    return held[-1] if held else types.ModelPrice()


def _has_begun(constraint: Any, at: datetime) -> bool:
    return isinstance(constraint, types.StartDateConstraint) and constraint.active(at)


def _names_of(model: types.ModelInfo) -> list[str]:
    names = [model.id, *_patterns(model.match)]
    return list(dict.fromkeys(name for name in names if name and len(name) <= 128))


def _patterns(match: Any) -> Iterator[str]:
    """Yield the names that a clause matches as patterns of ours; those of regular expressions have none."""
    if isinstance(match, types.ClauseOr):
        for part in match.or_:
            yield from _patterns(part)
    elif isinstance(match, types.ClauseEquals):
        yield match.equals
    elif isinstance(match, types.ClauseStartsWith):
        yield f"{match.starts_with}*"
    elif isinstance(match, types.ClauseEndsWith):
        yield f"*{match.ends_with}"
    elif isinstance(match, types.ClauseContains):
        yield f"*{match.contains}*"


def _markup(name: str, markups: Mapping[str, Decimal]) -> Decimal:
    fitting = [pattern for pattern in markups if fnmatchcase(name, pattern)]
    return markups[max(fitting, key=len)] if fitting else Decimal(0)


def _terms(rate: NewRate) -> tuple[Any, ...]:
    tiers: Sequence[tuple[int, dict[str, Decimal]]] = [(tier.above, dict(tier.prices)) for tier in rate.tiers]
    return (dict(rate.prices), tiers, rate.markup_percent, rate.credits_per_currency_unit, rate.currency)


def _terms_of(row: Rate) -> tuple[Any, ...]:
    terms = row.terms
    tiers = [(tier.above, dict(tier.prices)) for tier in terms.tiers]
    return (dict(terms.prices), tiers, terms.markup_percent, terms.credits_per_currency_unit, terms.currency)
