from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from tests.concurrency.crew import Race, crew_of_processes, race_in_threads


@pytest.fixture(scope="session")
def processes(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Race]:
    """Eight processes on the test database; they leave before it is dropped."""
    with django_db_blocker.unblock():
        name = str(connection.settings_dict["NAME"])
    with crew_of_processes(name) as race:
        yield race


@pytest.fixture(params=["threads", "processes"])
def race(request: pytest.FixtureRequest, transactional_db: None) -> Race:
    """Run a job many times at once, in threads and in processes."""
    if request.param == "threads":
        return race_in_threads
    found: Race = request.getfixturevalue("processes")
    return found
