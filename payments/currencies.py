"""Currencies: how many decimals each has, and how money is written. Money is a whole number of the smallest unit."""

from decimal import Decimal
from functools import lru_cache

from babel.core import get_global
from babel.numbers import format_currency

# ISO 4217:2015, table A.1, column "minor unit"; babel follows the habits of shops, which round some of them.
WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
WITH_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
LARGEST_MINOR = 10**12


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """Return every currency code that can be paid in; two units of account with four decimals cannot."""
    return frozenset(get_global("all_currencies")) - {"CLF", "UYW"}


def decimals(currency: str) -> int:
    """Return how many decimals the smallest unit stands at (ISO 4217)."""
    if currency in WITHOUT_DECIMALS.split():
        return 0
    return 3 if currency in WITH_THREE_DECIMALS.split() else 2


def write(amount_minor: int, currency: str) -> str:
    """Return money as people read it, such as "€19.99"."""
    places = decimals(currency)
    pattern = f"¤#,##0{'.' + '0' * places if places else ''}"
    exact = Decimal(amount_minor).scaleb(-places)
    return str(format_currency(exact, currency, pattern, locale="en", currency_digits=False))


def credits_of(amount_minor: int, currency: str, micros_per_unit: int) -> int:
    """Return the millionths of credits that money buys, rounded down; exact, for any number of decimals."""
    units: int = 10 ** decimals(currency)
    return amount_minor * micros_per_unit // units


def share_of(micros: int, part_minor: int, whole_minor: int) -> int:
    """Return the part of credits that a part of the money stands for, rounded down; the whole is the whole."""
    return micros * part_minor // whole_minor if whole_minor else 0
