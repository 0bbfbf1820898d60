"""The rows of subscriptions; the columns are those of tests.security.table."""

from collections.abc import Callable
from typing import Any

TABLE = """
"""
# The body of each write, and what must hold before a call can succeed.
BODIES: dict[tuple[str, str], Callable[[Any], dict[str, Any]]] = {}
BEFORE: dict[tuple[str, str], Callable[[Any], None]] = {}


def arguments(world: Any) -> dict[str, str]:
    """Return the values for the paths of this room, all about objects of customer A; called once a world."""
    return {}
