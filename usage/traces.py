"""Files of usage: traces of requests to language models, and our own export."""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from .models import UsageEvent
from .pricing import QUANTITIES, Quantities

TRACE = ("TIMESTAMP", "ContextTokens", "GeneratedTokens")
EXPORT = ("occurred_at", "reference", "provider", "model", "operation", *QUANTITIES)


class UnreadableTrace(ValueError):
    """A file is not of a known form; the text says where."""


@dataclass(frozen=True, slots=True)
class TracedCall:
    """One row of a file, counted from 1; a trace names no model and no wallet."""

    row: int
    occurred_at: datetime
    quantities: Quantities
    reference: str = ""
    provider: str = ""
    model: str = ""
    operation: str = ""


def fingerprint_of(file: Path) -> str:
    """Return what is equal for two files of the same content."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()[:32]


def read_trace(file: Path) -> Iterator[TracedCall]:
    """Yield the calls of a file; raise UnreadableTrace."""
    with file.open(newline="", encoding="utf-8-sig") as lines:
        reader = csv.DictReader(lines)
        columns = tuple(reader.fieldnames or ())
        if not (set(TRACE) <= set(columns) or columns == EXPORT):
            raise UnreadableTrace(f"{file}: expected the columns {', '.join(TRACE)}, or those of an export")
        read = _of_export if columns == EXPORT else _of_trace
        for row, record in enumerate(reader, start=1):
            try:
                yield read(row, record)
            except (ValueError, TypeError, KeyError, InvalidOperation) as error:
                raise UnreadableTrace(f"{file}: row {row}: {error}") from None


def export_row(event: UsageEvent) -> list[str]:
    """Return an event as a row of our own export."""
    names = [event.occurred_at.isoformat(), event.wallet.reference, event.provider, event.model, event.operation]
    return [*names, *(str(event.quantities.get(name, "")) for name in QUANTITIES)]


def _of_trace(row: int, record: Mapping[str, str]) -> TracedCall:
    tokens = {"input_tokens": _count(record["ContextTokens"]), "output_tokens": _count(record["GeneratedTokens"])}
    return TracedCall(row, _instant(record["TIMESTAMP"]), tokens)


def _of_export(row: int, record: Mapping[str, str]) -> TracedCall:
    told = {name: record[name] for name in QUANTITIES if record[name]}
    quantities = {name: _count(text) if text.isdigit() else Decimal(text) for name, text in told.items()}
    names = {name: record[name] for name in ("reference", "provider", "model", "operation")}
    return TracedCall(row, _instant(record["occurred_at"]), quantities, **names)


def _count(text: str | None) -> int:
    if text is None or not (text.isascii() and text.isdigit()):
        raise ValueError(f"{text!r} is not a number of tokens")
    return int(text)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
