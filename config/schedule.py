"""One page: what beat starts, and how often. Each task sweeps due rows, so a missed turn only delays."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {}
