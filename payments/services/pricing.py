"""What an order costs, and how many credits it brings."""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from core.amounts import MAX_MICROS, format_micros, from_micros, to_micros

from .. import currencies
from ..exceptions import AmountNotSold, PackNotFound
from ..models import CreditPack, PackPrice


@dataclass(frozen=True, slots=True)
class Offer:
    """Credits for money; `credits` in credits, `amount_minor` in the smallest unit of the currency."""

    amount_minor: int
    currency: str
    credits: Decimal
    title: str
    pack: CreditPack | None = None
    quantity: int = 1
    expires_in_days: int | None = None


def offer_of_pack(code: str, currency: str = "", quantity: int = 1) -> Offer:
    """Return the price of a pack, several times with its bonus; raise PackNotFound or AmountNotSold."""
    pack = CreditPack.objects.filter(code=code, is_active=True).first()
    prices = {price.currency: price for price in PackPrice.objects.filter(pack=pack)} if pack is not None else {}
    usual = settings.DEFAULT_CURRENCY if settings.DEFAULT_CURRENCY in prices else next(iter(prices), "")
    price = prices.get(currency or usual)
    if pack is None or price is None:
        raise PackNotFound
    micros = to_micros(pack.credits) * quantity
    micros += micros * bonus_percent(pack, quantity) // 100
    title = pack.name if quantity == 1 else f"{quantity} × {pack.name}"  # noqa: RUF001  people read it
    amount = price.amount_minor * quantity
    return Offer(amount, price.currency, _credits(micros, amount), title, pack, quantity, pack.expires_in_days)


def offer_of_amount(amount_minor: int, currency: str) -> Offer:
    """Return the credits for a free amount of money, rounded down to millionths; raise AmountNotSold."""
    terms = settings.FREE_AMOUNTS.get(currency)
    if terms is None:
        sold = ", ".join(sorted(settings.FREE_AMOUNTS)) or "none, only packs"
        raise AmountNotSold(f"Free amounts are sold in these currencies: {sold}.")
    least, most = int(terms["minimum_minor"]), int(terms["maximum_minor"])
    if not least <= amount_minor <= most:
        written = [currencies.write(bound, currency) for bound in (least, most)]
        raise AmountNotSold(f"Pay from {written[0]} to {written[1]}.", minimum_minor=least, maximum_minor=most)
    per_unit = to_micros(Decimal(str(terms["credits_per_unit"])))
    micros = currencies.credits_of(amount_minor, currency, per_unit)
    return Offer(amount_minor, currency, _credits(micros, amount_minor), f"{format_micros(micros)} credits")


def bonus_percent(pack: CreditPack, quantity: int) -> int:
    """Return the bonus of the highest tier that a quantity reaches."""
    reached = [tier for tier in pack.bonus_tiers if tier["from_quantity"] <= quantity]
    return max(reached, key=lambda tier: tier["from_quantity"])["bonus_percent"] if reached else 0


def _credits(micros: int, amount_minor: int) -> Decimal:
    if not 0 < micros <= MAX_MICROS or amount_minor > currencies.LARGEST_MINOR:
        raise AmountNotSold("This is too much, or too little, for one payment; buy another amount.")
    return from_micros(micros)
