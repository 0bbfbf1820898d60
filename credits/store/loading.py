"""Lock wallets, then load what the rules need: two steps, because one statement for both returns old grants.

Under READ COMMITTED a statement sees what was committed when it began; one that waits for the lock and joins the
grants would return them as they were before the wait. The loads are statements of their own, after the lock.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection

from core import rows
from core.rows import Query

from ..engine import State
from ..engine import commands as c
from ..engine.state import Allocation, Consumption, Entry, Grant, Hold, Wallet
from ..models import Wallet as WalletModel
from .decoding import load_rollover
from .tables import ALLOCATIONS, ENTRIES, GRANTS, HOLDS, KEYS, WALLET_STATE

LOCKED = rows.Table(
    "credits_wallet",
    (*WALLET_STATE, ("reference", "text"), ("time_zone", "text"), ("attributes", "text"), ("created_at", "instant")),
)
LOADED_GRANT = GRANTS.but("is_open", "created_at")
LOADED_HOLD = rows.Table("credits_hold", (*HOLDS.columns, ("grant_id", "uuid"), ("cover", "bigint")))
NAMED_ENTRY = rows.Table("credits_ledgerentry", (*ENTRIES.columns, ("reference", "text")))
TAKEN = rows.Table(
    "credits_ledgerentry",
    (
        ("id", "uuid"),
        ("reference", "text"),
        ("kind", "text"),
        ("amount", "bigint"),
        ("back", "bigint"),
        ("grant_id", "uuid"),
        ("taken", "bigint"),
    ),
)


def load_state(references: Sequence[str], commands: Sequence[c.Command]) -> State:
    """Lock the wallets in the order of their primary keys and load their open grants, active holds and used keys."""
    keys = [(command.reference, command.principal, command.key) for command in commands if command.key is not None]
    queries = [_of_wallets(LOADED_GRANT, GRANTS_SQL, references), _of_wallets(LOADED_HOLD, HOLDS_SQL, references)]
    with connection.cursor() as lock:
        lock.execute(*_lock_sql(references))
        grants, holds, *known = rows.fetch([*queries, *([_known_query(keys)] if keys else [])])
        wallets = [_wallet(row) for row in rows.convert(rows.decoders(connection.vendor, LOCKED), lock.fetchall())]
    by_id = {wallet.id: wallet for wallet in wallets}
    add_grants(by_id, grants)
    add_holds(by_id, holds)
    state = State({wallet.reference: wallet for wallet in wallets})
    for entry in entries_of(known[0] if known else []):
        state.known[entry.wallet_id, entry.principal or "", entry.idempotency_key or ""] = entry
    _load_named(state, by_id, commands)
    return state


def entries_of(table_rows: Sequence[Sequence[Any]]) -> list[Entry]:
    """Return entries with their allocations from rows of an entry and its wallet's reference."""
    moved: dict[str, list[Allocation]] = {row[0]: [] for row in table_rows}
    if moved:
        condition, params = rows.any_of("entry_id", list(moved), "uuid")
        sql = f"SELECT entry_id, grant_id, amount FROM credits_grantallocation WHERE {condition} ORDER BY id"
        for entry, grant, amount in rows.fetch([Query(ALLOCATIONS, sql, params)])[0]:
            moved[entry].append(Allocation(grant, amount))
    return [Entry._make([*row[:2], row[-1], *row[2:-1], tuple(moved[row[0]])]) for row in table_rows]


def add_grants(wallets: dict[str, Wallet], table_rows: Iterable[list[Any]]) -> None:
    """Give each wallet its grants."""
    for row in table_rows:
        row[8] = load_rollover(row[8])
        wallets[row[1]].grants.setdefault(row[0], Grant(*row))


def add_holds(wallets: dict[str, Wallet], table_rows: Iterable[list[Any]]) -> None:
    """Give each wallet its holds; a hold has one row for each grant that it rests on."""
    for *fields, grant, amount in table_rows:
        hold = wallets[fields[1]].holds.setdefault(fields[0], Hold(*fields))
        if grant is not None:
            hold.cover[grant] = amount


@lru_cache
def _lock_template(vendor: str) -> tuple[str, str]:
    """Return the statement of a `select_for_update` queryset, compiled once, around its list of references."""
    queryset = WalletModel.objects.select_for_update().order_by("pk").filter(reference__in=["?"])
    sql, _ = queryset.values_list(*LOCKED.names).query.get_compiler("default").as_sql()
    if vendor == "mysql":
        # As in core.rows: a scan would lock the wallets that it passes.
        sql = sql.replace("FROM `credits_wallet`", "FROM `credits_wallet` FORCE INDEX (`reference`)")
    before, after = sql.split(" IN (%s)")
    return before, after


def _lock_sql(references: Sequence[str]) -> tuple[str, list[Any]]:
    before, after = _lock_template(connection.vendor)
    condition, params = rows.any_of("", references)
    return f"{before}{condition}{after}", params


def _of_wallets(table: rows.Table, sql: str, references: Sequence[str]) -> Query:
    condition, params = rows.any_of("w.reference", references)
    return Query(table, f"{sql} WHERE {condition}", params)


def _columns(table: rows.Table, alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in table.names)


GRANTS_SQL = (
    f"SELECT {_columns(LOADED_GRANT, 'g')} FROM credits_wallet w"
    " JOIN credits_grant g ON g.wallet_id = w.id AND g.is_open"
)
HOLD_SELECT = f"SELECT {_columns(HOLDS, 'h')}, c.grant_id, c.amount FROM"
HOLDS_SQL = (
    f"{HOLD_SELECT} credits_wallet w JOIN credits_hold h ON h.wallet_id = w.id AND h.status = 'active'"
    " LEFT JOIN credits_holdcover c ON c.hold_id = h.id"
)
TAKEN_SQL = (
    "SELECT e.id, w.reference, e.kind, e.amount,"
    " (SELECT COALESCE(SUM(r.amount), 0) FROM credits_ledgerentry r WHERE r.reverses_id = e.id), a.grant_id, a.amount"
    " FROM credits_ledgerentry e JOIN credits_wallet w ON w.id = e.wallet_id"
    " LEFT JOIN credits_grantallocation a ON a.entry_id = e.id"
)
ENTRY_SELECT = f"SELECT {_columns(ENTRIES, 'e')}, w.reference FROM"


def _known_query(keys: Sequence[tuple[str, str, str | None]]) -> Query:
    match = "e.wallet_id = w.id AND e.principal = {0} AND e.idempotency_key = {1}"
    if len(keys) == 1:
        reference, principal, key = keys[0]
        sql = f"{ENTRY_SELECT} credits_wallet w JOIN credits_ledgerentry e ON {match.format('%s', '%s')}"
        return Query(NAMED_ENTRY, f"{sql} WHERE w.reference = %s", [principal, key, reference])
    join = "STRAIGHT_JOIN" if connection.vendor == "mysql" else "CROSS JOIN"
    tables = f"{rows.source_of(connection.vendor, KEYS)} {join} credits_wallet w {join} credits_ledgerentry e"
    condition = f"w.reference = v.reference AND {match.format('v.principal', 'v.idempotency_key')}"
    return Query(NAMED_ENTRY, f"{ENTRY_SELECT} {tables} WHERE {condition}", [rows.document(KEYS, keys)])


def _load_named(state: State, by_id: dict[str, Wallet], commands: Sequence[c.Command]) -> None:
    """Load what the commands name and is not open: a reversed entry with its grants, a spent grant, an ended hold."""
    if not by_id:
        return
    grants = [command.grant for command in commands if isinstance(command, c.VoidGrant | c.ClawBack)]
    grants += [entry.grant for entry in state.known.values() if entry.grant is not None]
    grants += _load_consumptions(state, [command.entry for command in commands if isinstance(command, c.ReverseEntry)])
    missing = set(grants) - {grant for wallet in by_id.values() for grant in wallet.grants}
    if missing:
        condition, params = rows.any_of("g.id", sorted(missing), "uuid")
        sql = f"SELECT {_columns(LOADED_GRANT, 'g')} FROM credits_grant g WHERE {condition}"
        add_grants(by_id, [row for row in rows.fetch([Query(LOADED_GRANT, sql, params)])[0] if row[1] in by_id])
    holds = {cmd.hold for cmd in commands if isinstance(cmd, c.CaptureHold | c.ReleaseHold | c.ExtendHold)}
    _load_ended_holds(by_id, holds.union(entry.hold for entry in state.known.values() if entry.hold is not None))


def _load_consumptions(state: State, entries: Sequence[str]) -> list[str]:
    """Load the entries to be reversed into the state and return the grants that they took from."""
    if not entries:
        return []
    condition, params = rows.any_of("e.id", entries, "uuid")
    taken: dict[str, list[Allocation]] = {}
    for entry, reference, kind, amount, back, grant, part in rows.fetch(
        [Query(TAKEN, f"{TAKEN_SQL} WHERE {condition}", params)]
    )[0]:
        allocations = taken.setdefault(entry, [])
        if grant is not None:
            allocations.append(Allocation(grant, part))
        state.consumptions[entry] = Consumption(entry, reference, kind, amount, int(back), tuple(allocations))
    return [part.grant for allocations in taken.values() for part in allocations]


def _load_ended_holds(by_id: dict[str, Wallet], named: set[str]) -> None:
    missing = named - {hold for wallet in by_id.values() for hold in wallet.holds}
    if missing:
        condition, params = rows.any_of("h.id", sorted(missing), "uuid")
        sql = f"{HOLD_SELECT} credits_hold h LEFT JOIN credits_holdcover c ON false WHERE {condition}"
        add_holds(by_id, [row for row in rows.fetch([Query(LOADED_HOLD, sql, params)])[0] if row[1] in by_id])


def _wallet(row: list[Any]) -> Wallet:
    return Wallet(**dict(zip(LOCKED.names, row, strict=True)))
