"""A small memory inside the process, so that who calls is not looked up for every request."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Remember what `load` answered, for `seconds` at most; what it answered None for is asked again."""

    def __init__(self, load: Callable[[Key], Value | None], *, seconds: float, size: int = 50_000) -> None:
        self._load, self._seconds, self._size = load, seconds, size
        self._known: dict[Key, tuple[float, Value]] = {}
        self._lock = threading.Lock()

    def get(self, key: Key) -> Value | None:
        """Return the value of `key`, at most `seconds` old."""
        known = self._known.get(key)
        if known is not None and time.monotonic() - known[0] < self._seconds:
            return known[1]
        return self.reload(key)

    def reload(self, key: Key) -> Value | None:
        """Return the value of `key` as it is now.

        Its age counts from before the look, so that a slow answer is not taken for a fresh one.
        """
        looked_at = time.monotonic()
        value = self._load(key)
        with self._lock:
            if len(self._known) >= self._size:
                self._known.clear()
            if value is None:
                self._known.pop(key, None)
            else:
                self._known[key] = (looked_at, value)
        return value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._known.clear()
