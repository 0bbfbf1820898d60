"""Tables as this package sees them, and how each database stores ids and instants."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import connection

Row = Sequence[Any]
Codec = Callable[[Any], Any] | None


@dataclass(frozen=True)
class Table:
    """A database table and the kinds of the columns that are read or written: uuid, bigint, text, instant, flag."""

    name: str
    columns: tuple[tuple[str, str], ...]

    def only(self, *names: str) -> "Table":
        """Return the same table restricted to `names`, in that order."""
        types = dict(self.columns)
        return Table(self.name, tuple((name, types[name]) for name in names))

    def but(self, *names: str) -> "Table":
        """Return the same table without `names`."""
        return Table(self.name, tuple(column for column in self.columns if column[0] not in names))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.columns]


def any_of(column: str, values: Sequence[Any], kind: str = "text") -> tuple[str, list[Any]]:
    """Return the condition that `column` is one of `values`, with its parameters; ids are dashed texts.

    One value is compared as such: PostgreSQL takes the generic plan of `= ANY` for dearer than planning anew each time.
    """
    encoded = [encode_id(value) if kind == "uuid" else value for value in values]
    if len(encoded) == 1:
        return f"{column} = %s", encoded
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s::{kind}[])", [array_literal(encoded, kind)]
    return f"{column} IN ({', '.join('%s' for _ in encoded)})", encoded


def encode_id(value: str) -> str:
    """Return a dashed UUID as this database stores it."""
    return value.replace("-", "") if connection.vendor == "sqlite" else value


def decode_instant(value: Any) -> datetime:
    """Return an aware instant for what a raw cursor, or JSON made by the database, gives for one."""
    instant: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return instant if instant.tzinfo is UTC else instant.replace(tzinfo=UTC)


@lru_cache
def encoders(vendor: str, table: Table) -> tuple[Codec, ...]:
    """Return how to turn each value into what the JSON document of SQLite or MariaDB carries."""
    kinds: dict[str, Codec] = {"instant": _naive_text, "uuid": _undashed if vendor == "sqlite" else None}
    return tuple(kinds.get(kind) for _, kind in table.columns)


@lru_cache
def decoders(vendor: str, table: Table) -> tuple[Codec, ...]:
    """Return how to turn each value that was read into a dashed text, an aware instant, a bool or what it is."""
    kinds: dict[str, Codec] = {"instant": decode_instant, "uuid": _dashed if vendor == "sqlite" else str, "flag": bool}
    return tuple(kinds.get(kind) for _, kind in table.columns)


def convert(codecs: tuple[Codec, ...], rows: Sequence[Row]) -> list[list[Any]]:
    """Return the rows with each value converted by its column's codec; None stays None."""
    return [
        [value if codec is None or value is None else codec(value) for codec, value in zip(codecs, row, strict=True)]
        for row in rows
    ]


def text_of(value: Any) -> str | None:
    """Return a value as PostgreSQL reads it: always a text, so that a statement is prepared once and not per width."""
    if value is None or type(value) is str:
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def array_literal(values: Iterable[Any], kind: str) -> str:
    """Return the values of a column of one kind as the text of a PostgreSQL array."""
    return f"{{{','.join(_ELEMENTS.get(kind, _bare)(values))}}}"


def _bare(values: Iterable[Any]) -> list[str]:
    return ["NULL" if value is None else str(value) for value in values]


def _instants(values: Iterable[datetime | None]) -> list[str]:
    """Write each instant once: the rows of an operation mostly share one."""
    texts: dict[datetime | None, str] = {None: "NULL"}
    return [texts.get(value) or texts.setdefault(value, f'"{value}"') for value in values]


def _quoted(values: Iterable[str | None]) -> list[str]:
    return ["NULL" if value is None else f'"{_escaped(value)}"' for value in values]


def _escaped(text: str) -> str:
    if '"' in text or "\\" in text:
        return text.replace("\\", "\\\\").replace('"', '\\"')
    return text


_ELEMENTS: dict[str, Callable[[Iterable[Any]], list[str]]] = {"text": _quoted, "instant": _instants}


def _naive_text(value: datetime) -> str:
    return str(value.astimezone(UTC).replace(tzinfo=None))


def _undashed(value: str) -> str:
    return value.replace("-", "")


def _dashed(value: str) -> str:
    return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
