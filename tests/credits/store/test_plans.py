"""A consumption reads by the same indexes in a wallet of a thousand entries and in one of a million."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from credits import services
from credits.models import Grant, LedgerEntry, Wallet
from credits.services import Origin
from tests.credits.store.statements import plan_of, recorded

# MariaDB's ANALYZE commits, PostgreSQL keeps a million dead rows after a rollback, and SQLite is slow to delete them.
pytestmark = [pytest.mark.django_db(transaction=connection.vendor != "sqlite"), pytest.mark.corrupts_ledger]

FEW = 1_000
MANY = {"postgresql": 1_000_000, "mysql": 100_000, "sqlite": 100_000}
OTHER_WALLETS, SPENT = 2_000, 10_000
OTHERS = "credits_wallet w WHERE w.reference <> 'ann'"

SERIES = {
    "postgresql": "generate_series(1, {0}) AS series(n) WHERE true",
    "mysql": "(SELECT seq AS n FROM seq_1_to_{0}) AS series WHERE true",
    "sqlite": "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s LIMIT {0}) SELECT n FROM s) WHERE true",
}
NEW_ID = {
    "postgresql": "gen_random_uuid()",
    "mysql": "UUID()",
    "sqlite": "lower(hex(randomblob(16)))",
}
ANALYZE = {
    "postgresql": "ANALYZE",
    "mysql": "ANALYZE TABLE credits_wallet, credits_grant, credits_ledgerentry, credits_grantallocation",
    "sqlite": "ANALYZE",
}


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        if cursor.description:
            cursor.fetchall()


def series(count: int) -> str:
    return SERIES[connection.vendor].format(count)


def copy(row: Any, source: str, **values: str) -> None:
    """Insert a copy of a row for each row of a source, with the append-only triggers in place."""
    columns = [field.column for field in row._meta.concrete_fields]
    template = row.pk.hex if connection.vendor == "sqlite" else str(row.pk)
    values = {"id": NEW_ID[connection.vendor], **values}
    terms = ", ".join(values.get(column, f"t.{column}") for column in columns)
    table = row._meta.db_table
    with transaction.atomic():
        if connection.vendor == "postgresql":  # saves the checks of a million copied foreign keys
            run("SET LOCAL session_replication_role = replica")
        into = f"INSERT INTO {table} ({', '.join(columns)})"
        run(f"{into} SELECT {terms} FROM {table} t, {source} AND t.id = '{template}'")


def add_other_wallets(wallet: Wallet, grant: Grant, entry: LedgerEntry) -> None:
    """Add spent grants and other wallets, because no plan is worth anything in a table of one row."""
    name = "'other-' || n" if connection.vendor == "sqlite" else "concat('other-', n)"
    copy(wallet, series(OTHER_WALLETS), reference=name)
    copy(grant, OTHERS, wallet_id="w.id")
    copy(entry, OTHERS, wallet_id="w.id")
    copy(grant, series(SPENT), remaining="0", held="0", is_open="false")


def fill(wallet: Wallet, entry: LedgerEntry, entries: int) -> None:
    """Give the wallet as many entries."""
    done = LedgerEntry.objects.filter(wallet=wallet).count()
    copy(entry, series(entries - done), sequence=f"{done} + n")
    Wallet.objects.filter(pk=wallet.pk).update(sequence=entries)
    run(ANALYZE[connection.vendor])


def plans(key: str) -> list[list[str]]:
    """Return how the statements of a consumption under a new key, and of its replay, find their rows."""
    found = []
    for _ in range(2):
        with recorded() as statements:
            services.consume(reference="ann", amount=Decimal("0.001"), origin=Origin("service", "key:x", key))
        found += [plan_of(statement) for statement in statements if reads_or_writes(statement[0])]
    return found


def reads_or_writes(sql: str) -> bool:
    return "credits_" in sql and sql.split()[0] in ("SELECT", "WITH", "UPDATE", "INSERT", "DELETE")


def test_a_consumption_has_the_same_plan_in_a_wallet_of_many_entries() -> None:
    services.issue_grant(reference="ann", amount=Decimal(1000))
    wallet, grant, entry = Wallet.objects.get(), Grant.objects.get(), LedgerEntry.objects.get()
    add_other_wallets(wallet, grant, entry)
    fill(wallet, entry, FEW)
    few = plans("few")
    fill(wallet, entry, MANY[connection.vendor])
    many = plans("many")
    assert many == few
    read_through = [line for plan in many for line in plan if line.startswith(("Seq Scan", "SCAN credits"))]
    assert not [line for line in read_through if "ledgerentry" in line or "wallet" in line or "_grant " in line]
