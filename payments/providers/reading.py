"""What a provider sends, read with suspicion: a member that is missing or of another type reads as empty."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

LONGEST_TEXT = 128
LARGEST_NUMBER = 10**15


def member(source: object, *path: str) -> object:
    """Return what stands at the path, None where the path breaks off."""
    for name in path:
        if not isinstance(source, Mapping):
            return None
        source = source.get(name)
    return source


def text(source: object, *path: str) -> str:
    """Return an id or a word; anything that no provider calls one is empty."""
    found = member(source, *path)
    if isinstance(found, str) and len(found) <= LONGEST_TEXT and found.isascii() and found.isprintable():
        return found
    return ""


def number(source: object, *path: str) -> int:
    """Return a whole number from 0; a boolean is none."""
    found = member(source, *path)
    if isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= LARGEST_NUMBER:
        return found
    return 0


def rows(source: object, *path: str) -> list[Mapping[str, Any]]:
    """Return the objects of a list."""
    found = member(source, *path)
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def instant(source: object, *path: str) -> datetime | None:
    """Return a Unix time, None for what is none or stands beyond the calendar."""
    try:
        return datetime.fromtimestamp(number(source, *path), UTC) if number(source, *path) else None
    except (ValueError, OverflowError, OSError):
        return None


def named(*ids: str) -> tuple[str, ...]:
    """Return the ids that there are, each once."""
    return tuple(dict.fromkeys(id for id in ids if id))
