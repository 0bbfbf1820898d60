"""The one place that reads the clock for domain purposes."""

import time
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection

from core.models import TestClock

_OFFSET_LIFE_SECONDS = 0.5
_cached_offset: tuple[float, timedelta] = (float("-inf"), timedelta(0))


def now() -> datetime:
    """Return the present instant in UTC, moved by the test clock where the settings allow one."""
    if settings.TEST_CLOCK_ENABLED:
        return datetime.now(UTC) + _offset()
    return datetime.now(UTC)


def set_now(instant: datetime | None) -> datetime:
    """Move the clock of every process so that it shows `instant`, None for real time; return what it shows now."""
    offset = instant - datetime.now(UTC) if instant else timedelta(0)
    TestClock.objects.update_or_create(pk=TestClock.ONLY, defaults={"offset": offset})
    forget_offset()
    return now()


def forget_offset() -> None:
    """Read the offset from the database at the next look at the clock."""
    global _cached_offset
    _cached_offset = (float("-inf"), timedelta(0))


def _offset() -> timedelta:
    global _cached_offset
    read_at, offset = _cached_offset
    if time.monotonic() - read_at > _OFFSET_LIFE_SECONDS:
        offset = _stored_offset()
        _cached_offset = (time.monotonic(), offset)
    return offset


def _stored_offset() -> timedelta:
    try:
        return TestClock.objects.filter(pk=TestClock.ONLY).values_list("offset", flat=True).first() or timedelta(0)
    except DatabaseError:
        # `migrate` runs Django's checks, which make a user with the present instant before any table exists.
        if TestClock._meta.db_table in connection.introspection.table_names():
            raise
        return timedelta(0)
