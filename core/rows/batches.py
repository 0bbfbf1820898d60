"""Run several reads or several writes together: one statement for all on PostgreSQL, one for each elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from django.db import connection

from . import statements
from .tables import Row, Table, convert, decoders


@dataclass(frozen=True, slots=True)
class Query:
    """A SELECT of the table's columns, in their order, with its parameters."""

    table: Table
    sql: str
    params: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Change:
    """Rows to `insert`, `ignore` (insert unless they exist), `update`, `upsert`, `delete` or `add` into a table.

    `update` and `add` find a row by the table's first column, `upsert` by all but the last, `delete` by all.
    """

    verb: str
    table: Table
    rows: Sequence[Row]


def insert(table: Table, rows: Sequence[Row]) -> None:
    """Insert rows in one statement."""
    write([Change("insert", table, rows)])


def write(changes: Sequence[Change]) -> None:
    """Write all changes that have rows, in their order; on PostgreSQL as one statement, blind to its own changes."""
    vendor = connection.vendor
    wanted = [change for change in changes if change.rows]
    if not wanted:
        return
    shapes = tuple((change.verb, change.table, len(change.rows) == 1) for change in wanted)
    params = [statements.params_of(vendor, change.table, change.rows) for change in wanted]
    with connection.cursor() as cursor:
        if vendor == "postgresql":
            cursor.execute(_joined_sql(shapes), list(chain.from_iterable(params)))
            return
        for (verb, table, single), values in zip(shapes, params, strict=True):
            cursor.execute(statements.build(vendor, verb, table, single=single), values)


def fetch(queries: Sequence[Query]) -> list[list[list[Any]]]:
    """Return the rows of each query: ids as dashed texts, instants aware."""
    vendor = connection.vendor
    with connection.cursor() as cursor:
        if vendor == "postgresql":
            cursor.execute(
                _gathered_sql(tuple((query.sql, len(query.table.columns)) for query in queries)),
                [param for query in queries for param in query.params],
            )
            found = [part or [] for part in cursor.fetchone()]
        else:
            found = [_rows_of(cursor, query) for query in queries]
    return [convert(decoders(vendor, query.table), rows) for query, rows in zip(queries, found, strict=True)]


def relation(table: Table, rows: Sequence[Row]) -> tuple[str, list[str | None]]:
    """Return the SQL of a relation `v` with these rows, and its parameters."""
    vendor, single = connection.vendor, len(rows) == 1
    return statements.source_of(vendor, table, single=single), statements.params_of(vendor, table, rows)


def _rows_of(cursor: Any, query: Query) -> Sequence[Row]:
    cursor.execute(query.sql, query.params)
    rows: Sequence[Row] = cursor.fetchall()
    return rows


@lru_cache(maxsize=512)
def _joined_sql(shapes: tuple[tuple[str, Table, bool], ...]) -> str:
    *first, last = [statements.build("postgresql", verb, table, single=single) for verb, table, single in shapes]
    parts = ", ".join(f"part{number} AS ({sql})" for number, sql in enumerate(first))
    return f"WITH {parts} {last}" if parts else last


@lru_cache(maxsize=512)
def _gathered_sql(queries: tuple[tuple[str, int], ...]) -> str:
    parts = []
    for sql, width in queries:
        columns = ", ".join(f"c{number}" for number in range(width))
        parts.append(f"(SELECT json_agg(json_build_array({columns})) FROM ({sql}) AS rows({columns}))")
    return f"SELECT {', '.join(parts)}"
