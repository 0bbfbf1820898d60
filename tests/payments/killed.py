"""A worker that dies by SIGKILL just before one of its SQL statements; another process imports this."""

import os
import signal
from typing import Any
from uuid import UUID

from tests.concurrency import nursery


def process_and_die(database: str, event_id: str, at_statement: int) -> None:
    """Process an event, but die before the statement of this number; ends normally when there are fewer."""
    nursery.use_database(database)
    from django.db import connection

    from payments.services.provider_events import process_event

    count = 0

    def count_and_die(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        if count == at_statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count_and_die):
        process_event(event_id=UUID(event_id))
