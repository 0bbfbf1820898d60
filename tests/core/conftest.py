"""What the tests of core share: a table in which handlers write down what they got."""

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from tests.core import event_handlers


@pytest.fixture(scope="session")
def seen_table(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Add the table of the handlers to the test database."""
    with django_db_blocker.unblock():
        execute(event_handlers.DROP, event_handlers.CREATE[connection.vendor])
        yield
        execute(event_handlers.DROP)


@pytest.fixture
def handlers(seen_table: None, transactional_db: None, settings: Settings) -> None:
    """Use the test's table of handlers, with nothing seen yet."""
    settings.EVENT_HANDLERS = "tests.core.event_handlers"
    execute("DELETE FROM core_test_seen")


def execute(*statements: str) -> None:
    """Run statements on the test database."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
