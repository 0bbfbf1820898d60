"""Let the test runner empty append-only tables between tests that commit."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management.commands.flush import Command as FlushCommand
from django.db import connections

from core import triggers


@pytest.fixture(scope="session", autouse=True)
def flush_lifts_append_only_triggers() -> Iterator[None]:
    """Wrap Django's `flush`, by which a transactional test is cleaned up."""
    flush = FlushCommand.handle

    def lifted_flush(self: FlushCommand, **options: Any) -> None:
        with triggers.lifted(connections[options["database"]]):
            flush(self, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FlushCommand, "handle", lifted_flush)
        yield
