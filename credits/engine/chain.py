"""The hash chain: what each entry's SHA-256 covers, in which encoding.

Version 1 is the SHA-256 of the canonical JSON (ASCII, no spaces) of one array, which no two entries can share.
The verifier of an export repeats this without importing anything of the project.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

HASH_VERSION = 1

_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode


def canonical(value: Any) -> str:
    """Return the canonical JSON text of a value made of lists, strings, integers and None."""
    return _encode(value)


def stamp(instant: datetime) -> str:
    """Return an aware UTC instant as text with microseconds, always of the same length."""
    return instant.isoformat(timespec="microseconds")


def entry_hash(previous: str, fields: list[Any], allocations: Iterable[tuple[str, int]]) -> str:
    """Return the hash of an entry: over the previous hash of its wallet, its `fields` in order, its allocations."""
    document = _encode([HASH_VERSION, previous, *fields, sorted([grant, amount] for grant, amount in allocations)])
    return hashlib.sha256(document.encode()).hexdigest()


def text_hash(salt: str, description: str | None, metadata: str | None) -> str:
    """Return the salted hash of an entry's texts, which stays when the texts are erased for privacy."""
    return hashlib.sha256(_encode([salt, description, metadata]).encode()).hexdigest()


def same_numbers(text: str) -> str:
    """Return a JSON text with each number in one spelling: a proxy may have written `1.0` as `1`."""

    def plain(number: str) -> int | str:
        value = Decimal(number)
        return int(value) if value == value.to_integral_value() else f"{value.normalize():f}"

    return canonical(json.loads(text, parse_float=plain))


def fingerprint(operation: str, body: list[Any]) -> str:
    """Return what tells a repeated request from another one under the same key."""
    return hashlib.sha256(json.dumps([operation, *body], separators=(",", ":"), default=str).encode()).hexdigest()
