"""The windows of budgets. Pure: no Django, no clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

BUCKETS = 60
ROLLING = "rolling"


@dataclass(frozen=True, slots=True)
class Window:
    """What counts together at an instant: the counters from `starts_at` on, and the one that counts now, `bucket_at`.

    At `changes_at` the window is over, or the oldest bucket of a rolling one leaves it.
    """

    starts_at: datetime
    bucket_at: datetime
    changes_at: datetime


def window_of(kind: str, seconds: int | None, zone: str, at: datetime) -> Window:
    """Return the window that `at` lies in: the local day or month, or the last `seconds` in 60 buckets."""
    if kind == ROLLING:
        return _rolling(seconds or 0, at)
    local = at.astimezone(ZoneInfo(zone))
    first = local.date() if kind == "day" else local.date().replace(day=1)
    after = first + timedelta(days=1 if kind == "day" else 31)
    last = after if kind == "day" else after.replace(day=1)
    starts_at, changes_at = (datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC) for day in (first, last))
    return Window(starts_at, starts_at, changes_at)


def _rolling(seconds: int, at: datetime) -> Window:
    bucket = seconds // BUCKETS
    number = int(at.timestamp()) // bucket
    edges = (number - BUCKETS + 1, number, number + 1)
    return Window(*(datetime.fromtimestamp(edge * bucket, UTC) for edge in edges))
