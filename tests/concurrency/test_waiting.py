"""What a transaction sees that had to wait for another one, and what is left when a COMMIT fails."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from core.models import Event
from credits import services
from credits.models import Grant, LedgerEntry, Wallet
from tests.concurrency import jobs

pytestmark = pytest.mark.django_db(transaction=True)

WAITING = {
    "postgresql": "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))",
    "mysql": "SELECT count(*) FROM information_schema.innodb_lock_waits JOIN information_schema.innodb_trx"
    " ON trx_id = blocking_trx_id WHERE trx_mysql_thread_id = CONNECTION_ID()",
}


def _see_it_wait() -> None:
    """Wait until somebody waits for a lock; SQLite tells nobody who waits."""
    until = time.monotonic() + 30
    with connection.cursor() as cursor:
        while connection.vendor in WAITING and time.monotonic() < until:
            cursor.execute(WAITING[connection.vendor])
            if cursor.fetchone()[0]:
                return
            # MariaDB shows something new only to who has not looked for 0.1 s.
            time.sleep(0.2)
    assert connection.vendor == "sqlite", "nobody waited"


def _closing(job: Callable[..., Any], *args: Any) -> Any:
    try:
        return job(*args)
    finally:
        connections.close_all()


def test_a_consumer_that_waited_sees_the_grants_as_they_are_after_the_wait() -> None:
    jobs.grant("ann", 100)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            services.consume(reference="ann", amount=Decimal(60))
            future = pool.submit(_closing, jobs.consume, "ann", 30)
            _see_it_wait()
        entry = LedgerEntry.objects.get(pk=future.result()[0])
    assert (entry.balance_after, Grant.objects.get().remaining) == (10, 10)


def test_a_consumer_that_waited_uses_a_grant_that_was_issued_meanwhile() -> None:
    jobs.grant("ann", 1)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            services.issue_grant(reference="ann", amount=Decimal(50))
            future = pool.submit(_closing, jobs.consume, "ann", 51)
            _see_it_wait()
        entry = LedgerEntry.objects.get(pk=future.result()[0])
    assert entry.amount == -51
    assert entry.allocations.count() == 2


def test_a_consumer_that_waited_for_a_void_has_nothing_left() -> None:
    jobs.grant("ann", 100)
    grant = str(Grant.objects.get().pk)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            services.void_grant(grant=grant, reason="mistake")
            future = pool.submit(_closing, jobs.consume, "ann", 1)
            _see_it_wait()
        assert getattr(future.exception(), "code", None) == "insufficient_credits"


@pytest.fixture
def commit_fails() -> Iterator[None]:
    """Make COMMIT fail after an entry was written; MariaDB, which checks everything at once, loses its connection."""
    with connection.cursor() as cursor:
        for statement in BREAK[connection.vendor]:
            cursor.execute(statement)
    yield
    with connection.cursor() as cursor:
        for statement in MEND[connection.vendor]:
            cursor.execute(statement)


BREAK = {
    "postgresql": [
        "CREATE FUNCTION fail_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE check_violation; END $$",
        "CREATE CONSTRAINT TRIGGER fail_late AFTER INSERT ON core_event DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION fail_late()",
    ],
    "sqlite": [
        "CREATE TABLE fail_late (id integer REFERENCES core_event (id) DEFERRABLE INITIALLY DEFERRED)",
        "CREATE TRIGGER fail_late_at_commit AFTER INSERT ON core_event BEGIN INSERT INTO fail_late VALUES (-1); END",
    ],
    "mysql": [],
}
MEND = {
    "postgresql": ["DROP TRIGGER fail_late ON core_event", "DROP FUNCTION fail_late"],
    "sqlite": ["DROP TRIGGER fail_late_at_commit", "DROP TABLE fail_late"],
    "mysql": [],
}


@pytest.mark.parametrize("alone", [True, False])
def test_r42_a_grant_whose_commit_fails_is_an_error_and_nothing_else(alone: bool, commit_fails: None) -> None:
    done: list[str] = []
    if connection.vendor == "mysql" and alone:
        alone = False
    with pytest.raises(DatabaseError):
        _grant(done, alone)
    connection.close()
    assert (Wallet.objects.count(), LedgerEntry.objects.count(), Event.objects.count(), done) == (0, 0, 0, [])


def _grant(done: list[str], alone: bool) -> None:
    if alone:
        services.issue_grant(reference="ann", amount=Decimal(50))
        done.append("answered")
        return
    with transaction.atomic():
        services.issue_grant(reference="ann", amount=Decimal(50))
        transaction.on_commit(lambda: done.append("told"))
        if connection.vendor == "mysql":
            lose_connection()


def lose_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT CONNECTION_ID()")
        number = cursor.fetchone()[0]
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute(f"KILL {number}")
    other.close()


def test_r33_r45_what_another_process_committed_decides(processes: Any) -> None:
    jobs.grant("ann", 100)
    assert [outcome.value[1] for outcome in processes(jobs.consume, [("ann", 60)])] == [False]
    assert Wallet.objects.get().balance == 40
    assert processes(jobs.consume, [("ann", 41)])[0].refusal == "insufficient_credits"
    assert services.consume(reference="ann", amount=Decimal(40)).wallet.balance == 0
