"""After each test that used the database, the ledger's invariants are checked."""

from collections.abc import Iterator

import pytest
from django.db import connection

from tests.plugins.databases import DATABASE_FIXTURES

MARKER = "corrupts_ledger"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARKER}: breaks the ledger on purpose, so it isn't checked afterwards")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a test that leaves a violation behind, while its rows are still there."""
    outcome = yield
    if _uses_database(item) and not item.get_closest_marker(MARKER) and not connection.needs_rollback:
        _check()
    return outcome


def _uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db")) or bool(DATABASE_FIXTURES & fixtures)


def _check() -> None:
    from credits.invariants import violations
    from credits.models import Wallet

    found = list(violations()) if Wallet.objects.exists() else []
    assert not found, "\n".join(": ".join(violation) for violation in found)
