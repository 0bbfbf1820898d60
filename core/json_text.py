"""JSON as exact text: one canonical form out, and numbers that still know how they were written."""

import json
from typing import Any, Self


class JSONNumber(float):
    """A JSON number with a fraction or an exponent; `text` is what was written, so that amounts are exact."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        return type(self), (self.text,)


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Any) -> str:
    """Return the one text of a JSON value: sorted keys, no spaces, no escapes but the needed ones.

    Raises ValueError for NaN and Infinity, TypeError for what JSON does not know.
    """
    return _CANONICAL.encode(value)
