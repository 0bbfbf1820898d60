"""Who reacts to which event: reads the one page that the setting EVENT_HANDLERS names."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

Handler = Callable[[Any], None]


def in_order(name: str) -> tuple[Handler, ...]:
    """Return the functions that get the events of this name one by one, in the order of the stream."""
    return tuple(cast("Handler", import_string(path)) for path in _matching(settings.EVENT_HANDLERS, "IN_ORDER", name))


def wake_ups(name: str) -> tuple[str, ...]:
    """Return the names of the Celery tasks that get the id of each event of this name."""
    return _matching(settings.EVENT_HANDLERS, "WAKE_UPS", name)


def has_any(name: str) -> bool:
    """Tell whether anybody reacts to the events of this name."""
    return any(_matching(settings.EVENT_HANDLERS, table, name) for table in ("IN_ORDER", "WAKE_UPS"))


def listed(table: str) -> set[str]:
    """Return every dotted name that one table of the page lists."""
    page: Mapping[str, tuple[str, ...]] = getattr(import_module(settings.EVENT_HANDLERS), table)
    return {path for paths in page.values() for path in paths}


@lru_cache(maxsize=1_024)
def _matching(module: str, table: str, name: str) -> tuple[str, ...]:
    page: Mapping[str, tuple[str, ...]] = getattr(import_module(module), table)
    return tuple(path for pattern, paths in page.items() if _matches(pattern, name) for path in paths)


def _matches(pattern: str, name: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern
