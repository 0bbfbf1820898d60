"""Lock wallets, then load what the rules need: two steps, because one statement for both returns old grants.

Under READ COMMITTED a statement sees what was committed when it began; one that waits for the lock and joins the
grants would return them as they were before the wait. The loads are statements of their own, after the lock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
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

LOCKED = rows.Table("credits_wallet", (("reference", "text"), ("id", "uuid")))
TERMS = (("reference", "text"), ("time_zone", "text"), ("attributes", "text"), ("created_at", "instant"))
# In the order of the members of `Wallet`, up to its grants.
LOADED = rows.Table("credits_wallet", (*WALLET_STATE, *TERMS)).only(
    *(member.name for member in fields(Wallet) if member.name not in ("grants", "holds"))
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


def load_state(references: Sequence[str], commands: Sequence[c.Command], probe: Query | None = None) -> State:
    """Lock the wallets in the order of their primary keys and load them with grants, holds and used keys.

    The state is guarded where `probe` finds a row.
    """
    ids = _lock(references)
    if not ids:
        return State({})
    locked = list(ids.values())
    keys = [
        (ids[command.reference], command.principal, command.key)
        for command in commands
        if command.key is not None and command.reference in ids
    ]
    queries = [
        _of_wallets(LOADED, WALLETS_SQL, "w.id", locked),
        _of_wallets(LOADED_GRANT, GRANTS_SQL, "g.wallet_id", locked),
        _of_wallets(LOADED_HOLD, HOLDS_SQL, "h.wallet_id", locked),
    ]
    more = [*([_known_query(keys)] if keys else []), *([probe] if probe else [])]
    wallets, grants, holds, *found = rows.fetch([*queries, *more])
    by_id = {row[0]: Wallet(*row) for row in wallets}
    add_grants(by_id, grants)
    add_holds(by_id, holds)
    state = State({wallet.reference: wallet for wallet in by_id.values()}, is_guarded=bool(probe and found[-1]))
    for entry in entries_of(found[0] if keys else []):
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
    for *members, grant, amount in table_rows:
        hold = wallets[members[1]].holds.setdefault(members[0], Hold(*members))
        if grant is not None:
            hold.cover[grant] = amount


def _lock(references: Sequence[str]) -> dict[str, str]:
    """Lock wallets and return their ids by reference; what is opened after this statement is not among them."""
    before, after = _lock_template(connection.vendor)
    condition, params = rows.any_of("", references)
    with connection.cursor() as cursor:
        cursor.execute(f"{before}{condition}{after}", params)
        return dict(rows.convert(rows.decoders(connection.vendor, LOCKED), cursor.fetchall()))


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


def _of_wallets(table: rows.Table, sql: str, column: str, ids: Sequence[str]) -> Query:
    condition, params = rows.any_of(column, ids, "uuid")
    return Query(table, f"{sql}{condition}", params)


def _columns(table: rows.Table, alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in table.names)


WALLETS_SQL = f"SELECT {_columns(LOADED, 'w')} FROM credits_wallet w WHERE "
GRANTS_SQL = f"SELECT {_columns(LOADED_GRANT, 'g')} FROM credits_grant g WHERE g.is_open AND "
HOLD_SELECT = f"SELECT {_columns(HOLDS, 'h')}, c.grant_id, c.amount FROM"
HOLDS_SQL = (
    f"{HOLD_SELECT} credits_hold h LEFT JOIN credits_holdcover c ON c.hold_id = h.id WHERE h.status = 'active' AND "
)
TAKEN_SQL = (
    "SELECT e.id, w.reference, e.kind, e.amount,"
    " (SELECT COALESCE(SUM(r.amount), 0) FROM credits_ledgerentry r WHERE r.reverses_id = e.id), a.grant_id, a.amount"
    " FROM credits_ledgerentry e JOIN credits_wallet w ON w.id = e.wallet_id"
    " LEFT JOIN credits_grantallocation a ON a.entry_id = e.id"
)
ENTRY_SELECT = f"SELECT {_columns(ENTRIES, 'e')}, w.reference FROM"


def _known_query(keys: Sequence[tuple[str, str, str]]) -> Query:
    join = "STRAIGHT_JOIN" if connection.vendor == "mysql" else "CROSS JOIN"
    source, params = rows.relation(KEYS, keys)
    tables = f"{source} {join} credits_ledgerentry e {join} credits_wallet w"
    match = "e.wallet_id = v.wallet_id AND e.principal = v.principal AND e.idempotency_key = v.idempotency_key"
    return Query(NAMED_ENTRY, f"{ENTRY_SELECT} {tables} WHERE {match} AND w.id = v.wallet_id", params)


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
