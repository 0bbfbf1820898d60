"""The ledger in pages, as checks and exports read it: plain statements of bounded size, one wallet after the other.

Every value arrives as the hash covers it (ids dashed, instants with microseconds), so that nothing is parsed twice.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection, transaction

from core import rows
from core.rows.tables import encode_id

from .store.tables import ENTRIES

PAGE = 5_000
MOST_WALLETS = 500

UUID_TEXT = {
    "postgresql": "{0}::text",
    "mysql": "CAST({0} AS CHAR)",
    "sqlite": "substr({0}, 1, 8) || '-' || substr({0}, 9, 4) || '-' || substr({0}, 13, 4) || '-' || substr({0}, 17, 4)"
    " || '-' || substr({0}, 21)",
}
INSTANT_TEXT = {
    "postgresql": """to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')""",
    "mysql": "DATE_FORMAT({0}, '%%Y-%%m-%%dT%%H:%%i:%%s.%%f+00:00')",
    "sqlite": "substr({0}, 1, 10) || 'T' || substr({0}, 12, 8) || '.' || substr(substr({0}, 21) || '000000', 1, 6)"
    " || '+00:00'",
}
# A JSON list of what the entry moved, sorted by the grant's id as the hash has it.
MOVED = {
    "postgresql": """(SELECT string_agg('["' || {0} || '",' || a.amount || ']', ',' ORDER BY a.grant_id){1})""",
    "mysql": """(SELECT GROUP_CONCAT(CONCAT('["', {0}, '",', a.amount, ']') ORDER BY {0} SEPARATOR ','){1})""",
    "sqlite": """(SELECT group_concat(part, ',') FROM (SELECT '["' || {0} || '",' || a.amount || ']' AS part{1}"""
    " ORDER BY a.grant_id))",
}
OF_ENTRY = " FROM credits_grantallocation a WHERE a.entry_id = e.id"

Row = tuple[Any, ...]
"""The columns of `credits.store.tables.ENTRIES`, then the inside of the JSON list of what the entry moved, or None."""


class Head(NamedTuple):
    """A wallet as its row says: where its chain ends, and the sums that its entries must come to."""

    id: str
    reference: str
    sequence: int
    hash: str
    status: str
    balance: int
    held: int
    debt: int
    last_effective_at: str | None


@dataclass(frozen=True, slots=True)
class Pack:
    """A few wallets whose entries fit a page, or a single one with more; `entries` is how many they say they have."""

    wallets: list[str]
    entries: int


def packs() -> Iterator[Pack]:
    """Yield all wallets, in the order of their ids."""
    wallets: list[str] = []
    entries = 0
    for wallet, count in _wallets():
        if wallets and (entries + count > PAGE or len(wallets) >= MOST_WALLETS):
            yield Pack(wallets, entries)
            wallets, entries = [], 0
        wallets.append(wallet)
        entries += count
    if wallets:
        yield Pack(wallets, entries)


@contextmanager
def one_view() -> Iterator[None]:
    """See the database as it is at one moment for a block, whatever is posted meanwhile (SQLite: nothing is)."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested and connection.vendor != "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def heads(wallets: Sequence[str]) -> list[Head]:
    """Return wallets in the order of their ids."""
    condition, params = rows.any_of("w.id", wallets, "uuid")
    columns = (as_uuid("w.id"), "w.reference", "w.sequence", "w.head_hash", "w.status", "w.balance", "w.held", "w.debt")
    last = as_instant("w.last_effective_at")
    sql = f"SELECT {', '.join(columns)}, {last} FROM credits_wallet w WHERE {condition} ORDER BY w.id"
    return [Head(*row) for row in query(sql, params)]


def pages(wallets: Sequence[str]) -> Iterator[list[Row]]:
    """Yield the entries of wallets, sorted by wallet id and sequence, in pages; a single wallet may have many."""
    if len(wallets) > 1:
        condition, params = rows.any_of("e.wallet_id", wallets, "uuid")
        yield query(f"{_lines_sql(connection.vendor)} WHERE {condition} ORDER BY e.wallet_id, e.sequence", params)
        return
    after = -1
    sql = f"{_lines_sql(connection.vendor)} WHERE e.wallet_id = %s AND e.sequence > %s ORDER BY e.sequence LIMIT {PAGE}"
    while lines := query(sql, [encode_id(wallets[0]), after]):
        yield lines
        after = lines[-1][2]


def query(sql: str, params: Sequence[Any]) -> list[Row]:
    """Return the rows of a statement as the driver gives them."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[Row] = cursor.fetchall()
        return found


def as_uuid(column: str) -> str:
    """Return the SQL that shows an id as dashed text."""
    return UUID_TEXT[connection.vendor].format(column)


def as_instant(column: str) -> str:
    """Return the SQL that shows an instant as `credits.engine.chain.stamp` does."""
    return INSTANT_TEXT[connection.vendor].format(column)


def _wallets() -> Iterator[tuple[str, int]]:
    last = ""
    while True:
        condition, params = ("WHERE id > %s", [encode_id(last)]) if last else ("", [])
        sql = f"SELECT {as_uuid('id')}, sequence FROM credits_wallet {condition} ORDER BY id LIMIT {PAGE}"
        found = query(sql, params)
        yield from found
        if len(found) < PAGE:
            return
        last = found[-1][0]


@lru_cache
def _lines_sql(vendor: str) -> str:
    shown = {"uuid": UUID_TEXT[vendor], "instant": INSTANT_TEXT[vendor]}
    columns = ", ".join(shown.get(kind, "{0}").format(f"e.{name}") for name, kind in ENTRIES.columns)
    moved = MOVED[vendor].format(UUID_TEXT[vendor].format("a.grant_id"), OF_ENTRY)
    return f"SELECT {columns}, {moved} FROM credits_ledgerentry e"
