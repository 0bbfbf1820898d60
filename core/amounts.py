"""Credit amounts: exact decimals with six places, counted in whole millionths."""

import re
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow

from core.json_text import JSONNumber

MICROS = 1_000_000
MAX_MICROS = 10**15

_WIRE_FORM = re.compile(r"-?[0-9]{1,10}(?:\.[0-9]{1,6})?", re.ASCII)
_EXACT = Context(prec=60, Emax=60, Emin=-60, traps=[Inexact, InvalidOperation, Overflow])
_SHAPE = 'write it as a decimal string such as "12.5": digits, at most six decimals, no exponent'


def to_micros(value: Decimal) -> int:
    """Return the whole millionths of a decimal; raises ValueError when it has none exactly."""
    try:
        return int(_EXACT.to_integral_exact(_EXACT.scaleb(value, 6)))
    except (ArithmeticError, ValueError):
        raise ValueError(f"{value} is not a whole number of millionths") from None


def from_micros(micros: int) -> Decimal:
    """Return the decimal with six places that a count of millionths stands for."""
    return Decimal(micros).scaleb(-6)


def format_micros(micros: int) -> str:
    """Return the canonical text of an amount: no exponent, no superfluous zeros, "0" for nothing."""
    if not micros:
        return "0"
    whole, rest = divmod(abs(micros), MICROS)
    sign = "-" if micros < 0 else ""
    return f"{sign}{whole}.{rest:06d}".rstrip("0").rstrip(".")


def parse_amount(value: object, *, signed: bool = False, positive: bool = True) -> int:
    """Return the millionths that a string, a JSON number or a Decimal asks for (ledger.md, section 1).

    `signed` admits one leading minus; `positive` refuses zero. Raises ValueError with a sentence for the caller.
    """
    micros = _micros_of(value)
    if abs(micros) > MAX_MICROS:
        raise ValueError("the largest amount is 1,000,000,000 credits")
    if micros < 0 and not signed:
        raise ValueError("an amount must not be negative here")
    if micros == 0 and positive:
        raise ValueError("an amount of zero moves nothing" if signed else "an amount must be more than zero")
    return micros


def _micros_of(value: object) -> int:
    if isinstance(value, str):
        return _micros_of_text(value)
    if isinstance(value, JSONNumber):
        return _micros_of_text(value.text)
    if isinstance(value, bool):
        raise ValueError(f"a boolean is not an amount; {_SHAPE}")
    if isinstance(value, int):
        return value * MICROS
    if isinstance(value, Decimal):
        return to_micros(value)
    raise ValueError(f"this is not an amount; {_SHAPE}")


def _micros_of_text(text: str) -> int:
    if not _WIRE_FORM.fullmatch(text):
        raise ValueError(f"this is not an amount; {_SHAPE}")
    whole, _, fraction = text.partition(".")
    micros = int(whole.lstrip("-")) * MICROS + int(fraction.ljust(6, "0"))
    if not text.startswith("-"):
        return micros
    if micros == 0:
        raise ValueError("minus zero is not an amount; write 0")
    return -micros
