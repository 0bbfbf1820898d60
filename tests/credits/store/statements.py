"""The statements that a block sends, with their parameters, and the plans that the database makes for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

Statement = tuple[str, Any]


@contextmanager
def recorded() -> Iterator[list[Statement]]:
    """Collect what the block sends to the database."""
    found: list[Statement] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def plan_of(statement: Statement) -> list[str]:
    """Return which tables the database would read by which index, or all through."""
    sql, params = statement
    explain = {"postgresql": "EXPLAIN (COSTS OFF, FORMAT JSON)", "sqlite": "EXPLAIN QUERY PLAN", "mysql": "EXPLAIN"}
    with connection.cursor() as cursor:
        cursor.execute(f"{explain[connection.vendor]} {sql}", params)
        rows = cursor.fetchall()
        if connection.vendor == "postgresql":
            return list(_accesses(rows[0][0][0]["Plan"]))
        if connection.vendor == "sqlite":
            return [row[-1] for row in rows]
        names = [column[0] for column in cursor.description]
        return [" ".join(str(row[names.index(name)]) for name in ("table", "type", "key")) for row in rows]


def _accesses(node: dict[str, Any]) -> Iterator[str]:
    """Yield how each table and index below a node of a plan is read; a bitmap is a way to use an index."""
    if "Relation Name" in node or "Index Name" in node:
        kind = node["Node Type"].replace("Bitmap Heap", "Index").replace("Bitmap Index", "Index")
        yield f"{kind} {node.get('Relation Name', '')} {node.get('Index Name', '')}"
    for child in node.get("Plans", ()):
        yield from _accesses(child)
