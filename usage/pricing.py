"""What usage costs: exact arithmetic on unit prices, rounded up once for each event. Pure: no Django, no clock."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_CEILING, Context, Decimal, Inexact, InvalidOperation, Overflow

MILLION = 1_000_000

# How many units a price stands for, as providers publish it. Quantities are disjoint: a token is counted once.
QUANTITIES = {
    "input_tokens": MILLION,
    "output_tokens": MILLION,
    "cached_input_tokens": MILLION,
    "cache_write_tokens": MILLION,
    "reasoning_tokens": MILLION,
    "input_audio_tokens": MILLION,
    "output_audio_tokens": MILLION,
    "tokens": MILLION,
    "characters": MILLION,
    "requests": 1,
    "seconds": 1,
    "images": 1,
    "pages": 1,
    "searches": 1,
}
# A rate without a price of its own for these takes the price of the ordinary token.
FALLBACKS = {
    "cached_input_tokens": "input_tokens",
    "cache_write_tokens": "input_tokens",
    "input_audio_tokens": "input_tokens",
    "reasoning_tokens": "output_tokens",
    "output_audio_tokens": "output_tokens",
}
INPUT = ("input_tokens", "cached_input_tokens", "cache_write_tokens", "input_audio_tokens")
OUTPUT = ("output_tokens", "reasoning_tokens", "output_audio_tokens")

_EXACT = Context(prec=200, Emax=400, Emin=-400, traps=[Inexact, InvalidOperation, Overflow])
_UP = Context(prec=200, Emax=400, Emin=-400, rounding=ROUND_CEILING)
_MICRO = Decimal("0.000001")

Prices = Mapping[str, Decimal]
Quantities = Mapping[str, int | Decimal]


class Unpriced(ValueError):
    """A rate has no price for a quantity; `quantity` names it."""

    def __init__(self, quantity: str) -> None:
        super().__init__(f"no price for {quantity}")
        self.quantity = quantity


@dataclass(frozen=True, slots=True)
class Tier:
    """Prices that hold instead of the rate's own when an event has more than `above` input tokens of all kinds."""

    above: int
    prices: Prices


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of a rate. Prices are money in `currency` for as many units as QUANTITIES says."""

    id: str
    version: int
    provider: str
    model: str
    operation: str
    prices: Prices
    effective_from: datetime
    effective_to: datetime | None = None
    tiers: tuple[Tier, ...] = ()
    markup_percent: Decimal = Decimal(0)
    credits_per_currency_unit: Decimal = Decimal(1)
    currency: str = "USD"

    def prices_for(self, quantities: Quantities) -> Prices:
        """Return the prices of the highest tier that the input tokens pass, over the rate's own."""
        tokens = sum_of(quantities, INPUT)
        passed = [tier for tier in self.tiers if tokens > tier.above]
        return {**self.prices, **max(passed, key=lambda tier: tier.above).prices} if passed else self.prices


@dataclass(frozen=True, slots=True)
class Line:
    """What one quantity costs: `price` in money for `per` units, `amount` in credits, exact and with the markup."""

    quantity: str
    units: int | Decimal
    price: Decimal
    per: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Priced:
    """What an event costs in millionths of a credit; it is the sum of the lines and of `rounding`, below 0.000001."""

    amount: int
    rate: str | None = None
    version: int | None = None
    lines: tuple[Line, ...] = ()
    rounding: Decimal = field(default=Decimal(0))


def price(terms: Terms, quantities: Quantities) -> Priced:
    """Return what `quantities` cost by a rate, rounded up to the sixth decimal; raise Unpriced.

    A request costs its price once, unless `requests` says how many there were.
    """
    counted = {"requests": 1, **quantities} if "requests" in terms.prices else quantities
    prices = terms.prices_for(counted)
    lines = tuple(_lines(terms, prices, counted))
    exact = Decimal(0)
    for line in lines:
        exact = _EXACT.add(exact, line.amount)
    rounded = exact.quantize(_MICRO, context=_UP)
    return Priced(int(rounded.scaleb(6, _EXACT)), terms.id, terms.version, lines, _EXACT.subtract(rounded, exact))


def sum_of(quantities: Quantities, names: tuple[str, ...]) -> int:
    """Return how many tokens of these kinds there are together."""
    return sum(int(quantities.get(name, 0)) for name in names)


def _lines(terms: Terms, prices: Prices, quantities: Quantities) -> Iterator[Line]:
    for name, units in quantities.items():
        if not units:
            continue
        unit_price = prices.get(name, prices.get(FALLBACKS.get(name, "")))
        if unit_price is None and name == "requests":
            continue
        if unit_price is None:
            raise Unpriced(name)
        yield Line(name, units, unit_price, QUANTITIES[name], _credits(terms, units, unit_price, QUANTITIES[name]))


def _credits(terms: Terms, units: int | Decimal, unit_price: Decimal, per: int) -> Decimal:
    """Return the exact credits; `per` is a power of ten, so the division leaves nothing."""
    money = _EXACT.divide(_EXACT.multiply(Decimal(units), unit_price), Decimal(per))
    factor = _EXACT.divide(_EXACT.add(Decimal(100), terms.markup_percent), Decimal(100))
    return _EXACT.multiply(_EXACT.multiply(money, factor), terms.credits_per_currency_unit)
