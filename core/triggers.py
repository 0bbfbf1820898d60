"""Triggers that make a table append-only: rows are added, and never changed or deleted.

An app names such tables in its AppConfig: `append_only = (AppendOnly("app_table"),)`. The `migrate` command installs
what is missing after every run, because a migration can drop a trigger silently (SQLite makes a table anew).
Limits: MariaDB has no trigger on TRUNCATE (withhold the DROP privilege from the application's role), and shows its
triggers only to a role with the TRIGGER privilege. SQLite's REPLACE deletes without firing a trigger (unless under
`recursive_triggers`), so there a row is refused whose keys exist already: 4 microseconds a row.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

# MariaDB's code for a failed CHECK, which Django turns into an IntegrityError.
MARIADB_CONSTRAINT_FAILED = 4025
# Bits of pg_trigger.tgtype: ROW 1, BEFORE 2, DELETE 8, UPDATE 16, TRUNCATE 32.
POSTGRESQL_TYPES = {"update": 1 | 2 | 16, "delete": 1 | 2 | 8, "truncate": 2 | 32}


@dataclass(frozen=True)
class AppendOnly:
    """A table whose rows stay as they are, except that all `clearable` columns may be set to NULL together."""

    table: str
    clearable: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trigger:
    """One trigger: `fingerprint` is how the database's catalogue shows it when it is as `statements` made it."""

    name: str
    fingerprint: str
    statements: tuple[str, ...]
    drop: str


def registered() -> list[AppendOnly]:
    """Return the append-only tables of every installed app."""
    return [rule for config in apps.get_app_configs() for rule in getattr(config, "append_only", ())]


def install(connection: BaseDatabaseWrapper) -> None:
    """Create or repair the triggers of every registered table that exists."""
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for rule in registered():
            if rule.table in tables:
                for trigger in _missing(connection, cursor, rule):
                    for statement in trigger.statements:
                        cursor.execute(statement)


def missing_triggers(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of registered triggers that are absent, disabled or not as they were installed."""
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        absent = [f"{rule.table}_no_update" for rule in registered() if rule.table not in tables]
        present = [rule for rule in registered() if rule.table in tables]
        return absent + [trigger.name for rule in present for trigger in _missing(connection, cursor, rule)]


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Take the triggers away for the length of a block: to rewrite rows in a migration, or to empty a test database."""
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for rule in registered():
            found = FOUND[connection.vendor](cursor, rule.table) if rule.table in tables else {}
            for trigger in WANTED[connection.vendor](rule, [], []):
                if trigger.name in found:
                    cursor.execute(trigger.drop)
    try:
        yield
    finally:
        install(connection)


def _missing(connection: BaseDatabaseWrapper, cursor: CursorWrapper, rule: AppendOnly) -> list[Trigger]:
    columns = [column.name for column in connection.introspection.get_table_description(cursor, rule.table)]
    found = FOUND[connection.vendor](cursor, rule.table)
    keys = _sqlite_keys(cursor, rule.table) if connection.vendor == "sqlite" else []
    wanted = WANTED[connection.vendor](rule, columns, keys)
    return [trigger for trigger in wanted if found.get(trigger.name) != trigger.fingerprint]


def _forbidden(rule: AppendOnly, columns: list[str], differs: str, quote: str) -> str:
    """Return the SQL condition under which an update is refused; `differs` compares the column {0}."""
    if not rule.clearable:
        return "TRUE"
    terms = []
    for column in columns:
        name = f"{quote}{column}{quote}"
        changed = differs.format(name)
        terms.append(f"(NEW.{name} IS NOT NULL)" if column in rule.clearable else f"({changed})")
    return " OR ".join(terms)


def _postgresql_wanted(rule: AppendOnly, columns: list[str], keys: list[list[str]]) -> list[Trigger]:
    condition = _forbidden(rule, columns, "NEW.{0} IS DISTINCT FROM OLD.{0}", '"')
    body = (
        f" BEGIN IF TG_OP = 'UPDATE' THEN IF NOT ({condition}) THEN RETURN NEW; END IF; END IF;"
        f" RAISE EXCEPTION '{rule.table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END "
    )
    function = f'"{rule.table}_append_only"()'
    make = f"CREATE OR REPLACE FUNCTION {function} RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
    return [_postgresql_trigger(rule.table, event, make, function, body) for event in POSTGRESQL_TYPES]


def _postgresql_trigger(table: str, event: str, make: str, function: str, body: str) -> Trigger:
    name = f"{table}_no_{event}"
    level = "STATEMENT" if event == "truncate" else "ROW"
    statements = (
        make,
        f'CREATE OR REPLACE TRIGGER "{name}" BEFORE {event.upper()} ON "{table}" '
        f"FOR EACH {level} EXECUTE FUNCTION {function}",
        # ALWAYS: also for a session that calls itself a replica.
        f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{name}"',
    )
    fingerprint = f"{POSTGRESQL_TYPES[event]} A True {body}"
    return Trigger(name, fingerprint, statements, f'DROP TRIGGER "{name}" ON "{table}"')


def _postgresql_found(cursor: CursorWrapper, table: str) -> Mapping[str, str]:
    cursor.execute(
        "SELECT t.tgname, t.tgtype, t.tgenabled, t.tgqual IS NULL AND t.tgattr = '', p.prosrc"
        " FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE NOT t.tgisinternal AND t.tgrelid = to_regclass(%s)",
        [f'"{table}"'],
    )
    return {row[0]: " ".join(str(part) for part in row[1:]) for row in cursor.fetchall()}


def _sqlite_wanted(rule: AppendOnly, columns: list[str], keys: list[list[str]]) -> list[Trigger]:
    condition = _forbidden(rule, columns, "NEW.{0} IS NOT OLD.{0}", '"')
    same = (" AND ".join(f'"{name}" = NEW."{name}"' for name in key) for key in keys)
    rows = f'SELECT 1 FROM "{rule.table}"'  # noqa: S608  a table of ours
    there = " OR ".join(f"EXISTS ({rows} WHERE {terms})" for terms in same)
    return [
        _sqlite_trigger(rule.table, "update", condition),
        _sqlite_trigger(rule.table, "delete", "TRUE"),
        _sqlite_trigger(rule.table, "insert", there),
    ]


def _sqlite_keys(cursor: CursorWrapper, table: str) -> list[list[str]]:
    """Return the columns of the primary key and of each unique index."""
    cursor.execute("SELECT name FROM pragma_table_info(%s) WHERE pk ORDER BY pk", [table])
    keys = [[name for (name,) in cursor.fetchall()]]
    cursor.execute(
        "SELECT name FROM pragma_index_list(%s) WHERE \"unique\" AND NOT partial AND origin <> 'pk'", [table]
    )
    for (index,) in sorted(cursor.fetchall()):
        cursor.execute("SELECT name FROM pragma_index_info(%s) ORDER BY seqno", [index])
        keys.append([name for (name,) in cursor.fetchall()])
    return keys


def _sqlite_trigger(table: str, event: str, condition: str) -> Trigger:
    name = f"{table}_no_{event}"
    sql = (
        f'CREATE TRIGGER "{name}" BEFORE {event.upper()} ON "{table}" WHEN {condition}'
        f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )
    return Trigger(name, sql, (f'DROP TRIGGER IF EXISTS "{name}"', sql), f'DROP TRIGGER "{name}"')


def _sqlite_found(cursor: CursorWrapper, table: str) -> Mapping[str, str]:
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
    return dict(cursor.fetchall())


def _mariadb_wanted(rule: AppendOnly, columns: list[str], keys: list[list[str]]) -> list[Trigger]:
    # BINARY: by most collations `a` equals `A`, and `a` equals `a ` with a space.
    condition = _forbidden(rule, columns, "NOT (BINARY NEW.{0} <=> BINARY OLD.{0})", "`")
    return [_mariadb_trigger(rule.table, "update", condition), _mariadb_trigger(rule.table, "delete", "TRUE")]


def _mariadb_trigger(table: str, event: str, condition: str) -> Trigger:
    name = f"{table}_no_{event}"
    body = (
        f"IF {condition} THEN SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = {MARIADB_CONSTRAINT_FAILED}, "
        f"MESSAGE_TEXT = '{table} is append-only'; END IF"
    )
    sql = f"CREATE OR REPLACE TRIGGER `{name}` BEFORE {event.upper()} ON `{table}` FOR EACH ROW {body}"
    return Trigger(name, f"BEFORE {event.upper()} {body}", (sql,), f"DROP TRIGGER `{name}`")


def _mariadb_found(cursor: CursorWrapper, table: str) -> Mapping[str, str]:
    cursor.execute(
        "SELECT trigger_name, action_timing, event_manipulation, action_statement FROM information_schema.triggers"
        " WHERE event_object_schema = DATABASE() AND event_object_table = %s",
        [table],
    )
    return {row[0]: " ".join(row[1:]) for row in cursor.fetchall()}


WANTED = {"postgresql": _postgresql_wanted, "sqlite": _sqlite_wanted, "mysql": _mariadb_wanted}
FOUND = {"postgresql": _postgresql_found, "sqlite": _sqlite_found, "mysql": _mariadb_found}
