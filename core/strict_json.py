"""A JSON reader for what strangers send: what is ambiguous, too deep or not storable is refused, never a crash."""

import json
from typing import Any, NoReturn

from core.json_text import JSONNumber

MAX_DEPTH = 32
MAX_NUMBER_LENGTH = 100
_BOM = b"\xef\xbb\xbf"


def strict_loads(body: bytes) -> Any:
    """Return the value of a JSON text in UTF-8; raises ValueError with a sentence for the sender.

    Numbers with a fraction or an exponent, and `-0`, come as `JSONNumber`, which keeps how they were written.
    """
    if body.startswith(_BOM):
        raise ValueError("Remove the byte order mark before the JSON text.")
    try:
        text = body.decode("utf-8")
        value = _DECODER.decode(text)
    except UnicodeDecodeError:
        raise ValueError("Encode the JSON text as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"Correct the JSON text at line {error.lineno}, column {error.colno}: {error.msg}.") from None
    except RecursionError:
        _refuse_depth()
    if "\\u" in text or text.count("[") + text.count("{") > MAX_DEPTH:
        _check_tree(value)
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("Name each member of an object once; one is there twice.")
    return members


def _integer(text: str) -> int | JSONNumber:
    _check_length(text)
    return JSONNumber(text) if text == "-0" else int(text)


def _fraction(text: str) -> JSONNumber:
    _check_length(text)
    number = JSONNumber(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("Send numbers that a double can hold.")
    return number


def _check_length(text: str) -> None:
    if len(text) > MAX_NUMBER_LENGTH:
        raise ValueError(f"Send numbers of at most {MAX_NUMBER_LENGTH} characters.")


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON; leave the member out or send null.")


def _check_tree(value: Any) -> None:
    """Walk the value without recursion and refuse too much depth, NUL and lone surrogates."""
    waiting = [(value, 0)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, str):
            _check_text(node)
        elif isinstance(node, dict | list):
            if depth == MAX_DEPTH:
                _refuse_depth()
            if isinstance(node, dict):
                waiting.extend((key, depth + 1) for key in node)
                node = node.values()
            waiting.extend((child, depth + 1) for child in node)


def _check_text(text: str) -> None:
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("Remove NUL characters and lone surrogates from the texts.")


def _refuse_depth() -> NoReturn:
    raise ValueError(f"Nest objects and arrays at most {MAX_DEPTH} deep.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_int=_integer, parse_float=_fraction, parse_constant=_constant
)
