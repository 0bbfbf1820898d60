"""Amounts of credits: exact decimals with at most six places, texts on the wire."""

import re
from decimal import ROUND_CEILING, Decimal

Amount = Decimal | int | str

MICRO = Decimal("0.000001")
MOST = Decimal(1_000_000_000)
_WIRE_FORM = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,6})?", re.ASCII)


def read_amount(value: object) -> Decimal:
    """Return an amount, zero included; raise ValueError for what is none, a binary fraction among them."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise ValueError(f'{value!r} is no amount; write a Decimal or a text such as "12.5".')
    if isinstance(value, str) and not _WIRE_FORM.fullmatch(value):
        raise ValueError(f"{value!r} is no amount: digits, at most six decimals, no exponent.")
    amount = Decimal(value)
    if not amount.is_finite() or not 0 <= amount <= MOST or amount != round_up(amount):
        raise ValueError(f"{value} is no amount: at most six decimals, from 0 to {MOST:,}.")
    return amount


def round_up(amount: Decimal) -> Decimal:
    """Return an amount with six decimals, never less than it was."""
    return amount.quantize(MICRO, ROUND_CEILING)


def amount_text(value: Amount) -> str:
    """Return an amount as it stands on the wire: no exponent, no superfluous zeros."""
    text = f"{read_amount(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
