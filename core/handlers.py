"""Who reacts to which event: reads the one page that the setting EVENT_HANDLERS names."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

Handler = Callable[[Any], None]
BatchHandler = Callable[[Sequence[Any]], None]
TABLES = ("IN_ORDER", "IN_BATCHES", "WAKE_UPS")


def in_order(name: str) -> tuple[Handler, ...]:
    """Return the functions that get the events of this name one by one, in the order of the stream."""
    return tuple(cast("Handler", import_string(path)) for path in _matching(settings.EVENT_HANDLERS, "IN_ORDER", name))


def in_batches(name: str) -> tuple[BatchHandler, ...]:
    """Return the functions that get the events of this name in lists, each stream's in its order."""
    paths = _matching(settings.EVENT_HANDLERS, "IN_BATCHES", name)
    return tuple(cast("BatchHandler", import_string(path)) for path in paths)


def takes_only_batches(name: str) -> bool:
    """Tell whether the events of this name may be delivered together with those of other streams."""
    return bool(in_batches(name)) and not in_order(name)


def wake_ups(name: str) -> tuple[str, ...]:
    """Return the names of the Celery tasks that get the id of each event of this name."""
    return _matching(settings.EVENT_HANDLERS, "WAKE_UPS", name)


def has_any(name: str) -> bool:
    """Tell whether anybody reacts to the events of this name."""
    return any(_matching(settings.EVENT_HANDLERS, table, name) for table in TABLES)


def listed(table: str) -> set[str]:
    """Return every dotted name that one table of the page lists."""
    page = _table(settings.EVENT_HANDLERS, table)
    return {path for paths in page.values() for path in paths}


@lru_cache(maxsize=1_024)
def _matching(module: str, table: str, name: str) -> tuple[str, ...]:
    page = _table(module, table)
    return tuple(path for pattern, paths in page.items() if _matches(pattern, name) for path in paths)


def _table(module: str, table: str) -> Mapping[str, tuple[str, ...]]:
    found: Mapping[str, tuple[str, ...]] = getattr(import_module(module), table, {})
    return found


def _matches(pattern: str, name: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern
