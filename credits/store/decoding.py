"""Turn the rows of a raw cursor into the engine's state; each database returns ids and instants in its own way."""

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection

from core.rows import Table, decode_instant

from ..engine.journal import rollover_terms
from ..engine.state import Rollover


def decode(table: Table, rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Return rows in the order of the table's columns, ids as dashed texts, instants aware, all else as it is."""
    decoders = _decoders(connection.vendor, table)
    return [
        [
            value if value is None or decode is None else decode(value)
            for decode, value in zip(decoders, row, strict=True)
        ]
        for row in rows
    ]


def load_rollover(text: str | None) -> Rollover | None:
    """Return the rule that a grant's column holds."""
    return None if text is None else Rollover(*json.loads(text))


def dump_rollover(rule: Rollover | None) -> str | None:
    """Return the column for a rule: a JSON list of amount, percent, days, times."""
    return None if rule is None else json.dumps(rollover_terms(rule), separators=(",", ":"))


@lru_cache
def _decoders(vendor: str, table: Table) -> tuple[Callable[[Any], Any] | None, ...]:
    kinds: dict[str, Callable[[Any], Any] | None] = {
        "uuid": _dashed if vendor == "sqlite" else str,
        "instant": None if vendor == "postgresql" else decode_instant,
        "flag": bool,
    }
    return tuple(kinds.get(kind) for _, kind in table.columns)


def _dashed(value: str) -> str:
    return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
