"""The only place that reads the clock for the domain."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current instant, aware, in UTC, with microseconds."""
    return datetime.now(UTC)
