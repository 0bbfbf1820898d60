import sqlite3

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import OperatorAction
from core import triggers

pytestmark = pytest.mark.django_db

TABLE = OperatorAction._meta.db_table
QUOTED = connection.ops.quote_name(TABLE)


@pytest.fixture
def line() -> OperatorAction:
    return OperatorAction.objects.create(actor="user:x", action="wallet.freeze", target_type="wallet", target_id="w")


def refused(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except IntegrityError as error:
        return f"{TABLE} is append-only" in str(error)
    return False


def test_an_update_is_refused_also_when_it_changes_nothing(line: OperatorAction) -> None:
    assert refused(f"UPDATE {QUOTED} SET reason = 'rewritten'")
    assert refused(f"UPDATE {QUOTED} SET reason = reason")


def test_a_delete_is_refused(line: OperatorAction) -> None:
    assert refused(f"DELETE FROM {QUOTED}")
    assert OperatorAction.objects.filter(pk=line.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_replacing_a_row_is_refused(line: OperatorAction) -> None:
    if connection.vendor == "postgresql":  # has no REPLACE; emptying the table at once is its way round row triggers
        assert refused(f"TRUNCATE {QUOTED} CASCADE")
    else:
        assert refused(f"REPLACE INTO {QUOTED} SELECT * FROM {QUOTED}")


@pytest.mark.django_db(transaction=True)
def test_a_dropped_trigger_is_named_and_comes_back() -> None:
    name = f"{TABLE}_no_delete"
    on_table = f"ON {QUOTED}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)} {on_table}")
    assert triggers.missing_triggers(connection) == [name]
    triggers.install(connection)
    assert triggers.missing_triggers(connection) == []


@pytest.mark.django_db(transaction=True)
def test_a_trigger_made_toothless_is_named_and_repaired() -> None:
    name = f"{TABLE}_no_update"
    with connection.cursor() as cursor:
        for statement in toothless(name):
            cursor.execute(statement)
    assert name in triggers.missing_triggers(connection)
    triggers.install(connection)
    assert triggers.missing_triggers(connection) == []


def toothless(name: str) -> list[str]:
    quoted = connection.ops.quote_name(name)
    if connection.vendor == "postgresql":
        return [f"ALTER TABLE {QUOTED} DISABLE TRIGGER {quoted}"]
    body = "BEGIN SELECT 1; END" if connection.vendor == "sqlite" else "SET @nothing = 1"
    make = f"CREATE TRIGGER {quoted} BEFORE UPDATE ON {QUOTED} FOR EACH ROW {body}"
    return [f"DROP TRIGGER {quoted}", make]


@pytest.mark.django_db(transaction=True)
def test_lifted_triggers_let_rows_go_and_are_back_afterwards(line: OperatorAction) -> None:
    with triggers.lifted(connection):
        OperatorAction.objects.all().delete()
    assert not OperatorAction.objects.exists()
    assert triggers.missing_triggers(connection) == []


@pytest.mark.django_db(transaction=True)
def test_a_foreign_connection_of_sqlite_cannot_replace_a_row_either(line: OperatorAction) -> None:
    if connection.vendor != "sqlite":
        return
    foreign = sqlite3.connect(connection.settings_dict["NAME"])
    columns = [row[1] for row in foreign.execute(f"PRAGMA table_info({TABLE})")]
    forged = ", ".join("'rewritten'" if name == "reason" else name for name in columns)
    with pytest.raises(sqlite3.IntegrityError, match="is append-only"):
        foreign.execute(f"INSERT OR REPLACE INTO {TABLE} SELECT {forged} FROM {TABLE}")
    foreign.close()
    line.refresh_from_db()
    assert line.reason == ""
