"""Which tests run on which database: all on PostgreSQL, on the others only those that touch the database."""

import pytest
from django.test import SimpleTestCase, TransactionTestCase

DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches the database, so that `-m database` leaves the pure engine's tests to one run."""
    for item in items:
        if not item.get_closest_marker("run_once") and _touches_database(item):
            item.add_marker("database")


def _touches_database(item: pytest.Item) -> bool:
    owner = getattr(item, "cls", None)
    if owner is not None and issubclass(owner, SimpleTestCase):
        return issubclass(owner, TransactionTestCase)
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db")) or bool(DATABASE_FIXTURES & fixtures)
