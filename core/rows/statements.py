"""The SQL of each change, around the relation `v` that its rows travel in, and the parameters of that relation."""

import json
from collections.abc import Sequence
from functools import lru_cache

from .tables import Row, Table, array_literal, convert, encoders, text_of

_encode = json.JSONEncoder(separators=(",", ":")).encode

# MariaDB's JSON_TABLE knows no uuid, and cuts a text of more than 64 kB without a word.
SQL_TYPES = {
    "postgresql": {"uuid": "uuid", "bigint": "bigint", "text": "text", "instant": "timestamptz", "flag": "boolean"},
    "mysql": {"uuid": "char(36)", "bigint": "bigint", "text": "longtext", "instant": "datetime(6)", "flag": "boolean"},
}


# MariaDB scans a small table, and locks every row that it passes: two operations on different wallets then deadlock.
BY_KEY = "FORCE INDEX (PRIMARY)"


@lru_cache(maxsize=512)
def build(vendor: str, verb: str, table: Table, *, single: bool) -> str:
    """Return the statement for a verb of `batches.Change`, and whether it is about a single row."""
    source = source_of(vendor, table, single=single)
    if verb in ("insert", "ignore", "upsert"):
        return _insert(vendor, verb, table, source)
    if verb == "delete":
        return _delete(vendor, table, source)
    return _update(vendor, table, source, adds=verb == "add")


def source_of(vendor: str, table: Table, *, single: bool = False) -> str:
    """Return the SQL of a relation `v` with the table's columns, whose rows are the parameters of `params_of`."""
    if vendor == "sqlite":
        columns = ", ".join(f"json_extract(value, '$[{i}]') AS {name}" for i, name in enumerate(table.names))
        return f"(SELECT {columns} FROM json_each(%s)) AS v"
    types = SQL_TYPES[vendor]
    if vendor == "mysql":
        columns = ", ".join(f"{name} {types[kind]} PATH '$[{i}]'" for i, (name, kind) in enumerate(table.columns))
        return f"JSON_TABLE(%s, '$[*]' COLUMNS ({columns})) AS v"
    if single:
        return f"(SELECT {', '.join(f'%s::{types[kind]} AS {name}' for name, kind in table.columns)}) AS v"
    arrays = ", ".join(f"%s::{types[kind]}[]" for _, kind in table.columns)
    return f"unnest({arrays}) AS v({', '.join(table.names)})"


def params_of(vendor: str, table: Table, rows: Sequence[Row]) -> list[str | None]:
    """Return rows as the parameters of `source_of`: a JSON document, or plain values or arrays on PostgreSQL."""
    if vendor != "postgresql":
        return [_encode(convert(encoders(vendor, table), rows))]
    if len(rows) == 1:
        return [text_of(value) for value in rows[0]]
    kinds = [kind for _, kind in table.columns]
    return [array_literal(column, kind) for kind, column in zip(kinds, zip(*rows, strict=True), strict=True)]


def _insert(vendor: str, verb: str, table: Table, source: str) -> str:
    names = ", ".join(table.names)
    values = ", ".join(f"v.{name}" for name in table.names)
    *keys, last = table.names
    # SQLite needs the WHERE to tell ON CONFLICT from a join's ON.
    sql = f"INTO {table.name} ({names}) SELECT {values} FROM {source} WHERE true"
    if vendor == "mysql":
        # Not INSERT IGNORE: its shared lock has to be raised by FOR UPDATE, and it turns a broken CHECK into a warning.
        kept = {"upsert": f"{last} = v.{last}", "ignore": f"{keys[0]} = {table.name}.{keys[0]}"}
        return f"INSERT {sql}{f' ON DUPLICATE KEY UPDATE {kept[verb]}' if verb in kept else ''}"
    if verb == "upsert":
        sql += f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {last} = EXCLUDED.{last}"
    return f"INSERT {sql}{' ON CONFLICT DO NOTHING' if verb == 'ignore' else ''}"


def _update(vendor: str, table: Table, source: str, *, adds: bool) -> str:
    key, *names = table.names
    values = {name: f"t.{name} + v.{name}" if adds else f"v.{name}" for name in names}
    if vendor == "mysql":
        sets = ", ".join(f"t.{name} = {value}" for name, value in values.items())
        return f"UPDATE {source} STRAIGHT_JOIN {table.name} AS t {BY_KEY} ON t.{key} = v.{key} SET {sets}"
    sets = ", ".join(f"{name} = {value}" for name, value in values.items())
    return f"UPDATE {table.name} AS t SET {sets} FROM {source} WHERE t.{key} = v.{key}"


def _delete(vendor: str, table: Table, source: str) -> str:
    match = " AND ".join(f"t.{name} = v.{name}" for name in table.names)
    if vendor == "mysql":
        return f"DELETE t FROM {source} STRAIGHT_JOIN {table.name} AS t ON {match}"
    if vendor == "postgresql":
        return f"DELETE FROM {table.name} AS t USING {source} WHERE {match}"
    return f"DELETE FROM {table.name} AS t WHERE EXISTS (SELECT 1 FROM {source} WHERE {match})"
