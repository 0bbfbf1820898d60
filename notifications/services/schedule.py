"""When a delivery is tried again: the schedule of Standard Webhooks, with jitter."""

import random
from datetime import timedelta

WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
JITTER = 0.1


def wait_after(attempts: int) -> timedelta | None:
    """Return how long to wait after so many failed attempts, None when it was the last one.

    Each wait is up to a tenth longer, so that what failed together does not come back together.
    """
    if attempts > len(WAITS):
        return None
    return WAITS[attempts - 1] * (1 + random.random() * JITTER)  # noqa: S311  no secret
