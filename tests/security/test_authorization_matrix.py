import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from accounts.identities import forget_identities
from tests.credits.api.callers import Caller
from tests.security.routes import routes, url
from tests.security.table import expected
from tests.security.world import BEFORE, BODIES, World, everyone

pytestmark = pytest.mark.database
EXPECTED = expected()


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, list[tuple[str, str, Caller]]]]:
    """One world for all rows; each call is taken back."""
    forget_identities()
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as Django marks the block around a test
    with django_db_blocker.unblock(), block:
        world = World()
        yield world, everyone(world)
        transaction.set_rollback(True)
    forget_identities()


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert set(routes()) == set(EXPECTED)


@pytest.mark.parametrize(("method", "route"), sorted(EXPECTED), ids=lambda part: part)
def test_each_caller_gets_what_the_table_says(method: str, route: str, scene: Any, settings: Any) -> None:
    settings.TEST_CLOCK_ENABLED = True
    world, callers = scene
    found = {name: _status(caller, method, route, world) for name, _, caller in callers}
    assert found == {name: EXPECTED[method, route][column] for name, column, _ in callers}


def _status(caller: Caller, method: str, route: str, world: World) -> int:
    """Return the status of a call, which leaves nothing behind."""
    with transaction.atomic():
        BEFORE.get((method, route), lambda world: None)(world)
        transaction.get_connection().run_on_commit.clear()
        body = BODIES.get((method, route), lambda world: {})(world)
        sent = {} if method == "GET" else {"data": json.dumps(body), "content_type": "application/json"}
        response = caller.client.generic(method, url(route, world.arguments()), **sent)
        transaction.set_rollback(True)
    return response.status_code
