"""The ledger in pages, as checks and exports read it: plain statements of bounded size, one wallet after the other.

Every value arrives as the hash covers it (ids dashed, instants with microseconds), so that nothing is parsed twice.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection, transaction

from core import rows
from core.rows.tables import Table, encode_id

from .store.tables import ALLOCATIONS, ENTRIES

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
ONLY_INDEXES = (
    "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),"
    " set_config('enable_mergejoin', 'off', true), set_config('max_parallel_workers_per_gather', '0', true)"
)

Row = tuple[Any, ...]
"""The columns of a table, as `shown` has them."""

Line = tuple[Row, list[tuple[str, int]]]
"""An entry, its row beginning with the columns of `credits.store.tables.ENTRIES`, and what it moved in which grants."""


HEADS = rows.Table(
    "credits_wallet",
    (
        ("id", "uuid"),
        ("reference", "text"),
        ("sequence", "bigint"),
        ("head_hash", "text"),
        ("status", "text"),
        ("balance", "bigint"),
        ("held", "bigint"),
        ("debt", "bigint"),
        ("last_effective_at", "instant"),
        ("next_change_at", "instant"),
    ),
)


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
    next_change_at: str | None


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
def one_view(*, by_index: bool = False) -> Iterator[None]:
    """See the database as it is at one moment for a block, whatever is posted meanwhile (SQLite: nothing is).

    `by_index` keeps PostgreSQL from going through whole tables, or starting workers, for a page.
    """
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested and connection.vendor != "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                if by_index and connection.vendor == "postgresql":
                    cursor.execute(ONLY_INDEXES)
        yield


def heads(wallets: Sequence[str]) -> list[Head]:
    """Return wallets in the order of their ids."""
    columns = ", ".join(shown(HEADS, "w"))
    return [Head(*row) for row in query_of(f"SELECT {columns} FROM credits_wallet w", "w.id", wallets, "ORDER BY w.id")]


def pages(wallets: Sequence[str]) -> Iterator[list[Line]]:
    """Yield the entries of wallets, sorted by wallet id and sequence, in pages; a single wallet may have many."""
    columns = ", ".join(shown(ENTRIES, "e") + shown(ALLOCATIONS.only("grant_id", "amount"), "a"))
    sql = f"SELECT {columns} FROM credits_ledgerentry e LEFT JOIN credits_grantallocation a ON a.entry_id = e.id"
    if len(wallets) > 1:
        yield _lines(query_of(sql, "e.wallet_id", wallets, "ORDER BY e.wallet_id, e.sequence, e.id"))
        return
    sql = f"{sql} WHERE e.wallet_id = %s AND e.sequence > %s AND e.sequence <= %s ORDER BY e.sequence, e.id"
    wallet, after = encode_id(wallets[0]), -1
    while (last := _end_of_page(wallet, after)) is not None:
        yield _lines(query(sql, [wallet, after, last]))
        after = last


def shown(table: Table, alias: str) -> list[str]:
    """Return the SQL of a table's columns: ids as dashed texts, instants as `credits.engine.chain.stamp` has them."""
    kinds = {"uuid": UUID_TEXT[connection.vendor], "instant": INSTANT_TEXT[connection.vendor]}
    return [kinds.get(kind, "{0}").format(f"{alias}.{name}") for name, kind in table.columns]


def query_of(select: str, column: str, ids: Sequence[str], rest: str = "") -> list[Row]:
    """Return the rows of a SELECT whose `column` is one of `ids`."""
    condition, params = rows.any_of(column, ids, "uuid")
    return query(f"{select} WHERE {condition} {rest}", params)


def query(sql: str, params: Sequence[Any]) -> list[Row]:
    """Return the rows of a statement as the driver gives them."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[Row] = cursor.fetchall()
        return found


def _wallets() -> Iterator[tuple[str, int]]:
    last, key = "", UUID_TEXT[connection.vendor].format("id")
    while True:
        condition, params = ("WHERE id > %s", [encode_id(last)]) if last else ("", [])
        sql = f"SELECT {key}, sequence FROM credits_wallet {condition} ORDER BY id LIMIT {PAGE}"
        found = query(sql, params)
        yield from found
        if len(found) < PAGE:
            return
        last = found[-1][0]


def _end_of_page(wallet: str, after: int) -> int | None:
    """Return the sequence of the last of the next entries, None if there is none."""
    numbers = "SELECT e.sequence FROM credits_ledgerentry e WHERE e.wallet_id = %s AND e.sequence > %s"
    sql = f"SELECT MAX(n.sequence) FROM ({numbers} ORDER BY e.sequence LIMIT {PAGE}) n"
    last: int | None = query(sql, [wallet, after])[0][0]
    return last


def _lines(found: list[Row]) -> list[Line]:
    """Join the rows of an entry, one for each allocation."""
    lines: list[Line] = []
    last = None
    for row in found:
        if row[0] == last:
            lines[-1][1].append((row[30], row[31]))
        else:
            last = row[0]
            lines.append((row, [] if row[30] is None else [(row[30], row[31])]))
    return lines
