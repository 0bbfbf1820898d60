"""Transactions that are tried again where a database, MariaDB above all, undid one to end a deadlock."""

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection, transaction

Result = TypeVar("Result")

RETRIES = 8
MARIADB_DEADLOCK = 1213
POSTGRESQL_DEADLOCKS = ("40P01", "40001")


def in_transaction(work: Callable[[], Result]) -> Result:
    """Run `work` in a transaction and return its result; a deadlock has undone everything, so it is tried again."""
    for _ in range(0 if connection.in_atomic_block else RETRIES):
        try:
            return _once(work)
        except OperationalError as error:
            if not _is_deadlock(error):
                raise
    return _once(work)


def _once(work: Callable[[], Result]) -> Result:
    with transaction.atomic():
        return work()


def _is_deadlock(error: OperationalError) -> bool:
    state = getattr(error.__cause__, "sqlstate", "")
    return error.args[:1] == (MARIADB_DEADLOCK,) or state in POSTGRESQL_DEADLOCKS
