"""Entries and allocations stay as they were posted; only an entry's texts can be erased."""

import re
import sqlite3
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from core import triggers
from credits import services
from credits.models import Grant, GrantAllocation, LedgerEntry

pytestmark = pytest.mark.django_db
TABLES = ("credits_ledgerentry", "credits_grantallocation")
CLEARABLE = {"description", "metadata", "text_salt"}
ENTRY_COLUMNS = [field.column for field in LedgerEntry._meta.concrete_fields]
ALLOCATION_COLUMNS = [field.column for field in GrantAllocation._meta.concrete_fields]


@pytest.fixture(autouse=True)
def _an_entry() -> None:
    services.issue_grant(reference="ann", amount=Decimal(5), description="private", metadata={"a": 1})


def refused(sql: str, why: str = "is append-only") -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError as error:
        return re.search(why, str(error)) is not None
    return False


@pytest.mark.parametrize("table", TABLES)
def test_rows_cannot_be_deleted(table: str) -> None:
    assert refused(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.django_db(transaction=True)
def test_tables_cannot_be_emptied_or_rows_replaced(table: str) -> None:
    if connection.vendor == "postgresql":
        assert refused(f"TRUNCATE {table} CASCADE")
    else:
        assert refused(f"REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.parametrize("column", ENTRY_COLUMNS)
def test_no_column_of_an_entry_can_be_changed(column: str) -> None:
    assert refused(f"UPDATE credits_ledgerentry SET {column} = {another(column)}")


def another(column: str) -> str:
    """Return SQL for another value of a column of the entry."""
    kind = {field.column: field.get_internal_type() for field in LedgerEntry._meta.concrete_fields}[column]
    if kind in ("UUIDField", "ForeignKey"):
        return "id" if column == "wallet_id" else "wallet_id"
    return {"DateTimeField": "'2020-01-01 00:00:00'", "CharField": "'x'", "TextField": "'x'"}.get(kind, f"{column} + 1")


@pytest.mark.parametrize("column", ALLOCATION_COLUMNS)
def test_no_column_of_an_allocation_can_be_changed(column: str) -> None:
    assert refused(f"UPDATE credits_grantallocation SET {column} = {column}")


@pytest.mark.parametrize("column", sorted(CLEARABLE))
def test_a_text_cannot_be_erased_without_the_others(column: str) -> None:
    assert refused(f"UPDATE credits_ledgerentry SET {column} = NULL")


def test_all_texts_can_be_erased_at_once_but_nothing_with_them() -> None:
    erase = "UPDATE credits_ledgerentry SET description = NULL, metadata = NULL, text_salt = NULL"
    assert refused(f"{erase}, text_hash = NULL")
    assert not refused(erase)
    assert refused("UPDATE credits_ledgerentry SET description = 'again'")
    Grant.objects.update(description=None, metadata=None)


@pytest.mark.parametrize("column", sorted(set(ENTRY_COLUMNS) - CLEARABLE))
def test_no_other_column_can_be_erased(column: str) -> None:
    if LedgerEntry.objects.exclude(**{column: None}).exists():
        assert refused(f"UPDATE credits_ledgerentry SET {column} = NULL", r"append-only|NOT NULL|cannot be null")


def test_the_triggers_of_both_tables_are_watched() -> None:
    assert {rule.table for rule in triggers.registered()} >= set(TABLES)
    assert triggers.missing_triggers(connection) == []


@pytest.mark.django_db(transaction=True)
def test_no_key_of_an_entry_lets_a_foreign_connection_of_sqlite_replace_it() -> None:
    if connection.vendor != "sqlite":
        return
    services.issue_grant(reference="ann", amount=Decimal(5), origin=services.Origin(key="k"))
    foreign = sqlite3.connect(connection.settings_dict["NAME"])
    foreign.execute("PRAGMA foreign_keys = OFF")
    other = {"id": "'other'", "sequence": "77", "idempotency_key": "'other'"}
    for kept in ("id", "sequence", "idempotency_key"):
        changed = {name: value for name, value in other.items() if name != kept}
        values = ", ".join(changed.get(name, name) for name in ENTRY_COLUMNS)
        copy = f"SELECT {values} FROM credits_ledgerentry WHERE idempotency_key = 'k'"
        with pytest.raises(sqlite3.IntegrityError, match="is append-only"):
            foreign.execute(f"INSERT OR REPLACE INTO credits_ledgerentry ({', '.join(ENTRY_COLUMNS)}) {copy}")
    foreign.close()
