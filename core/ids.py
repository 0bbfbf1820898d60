"""Identifiers that sort by the time they were made."""

import os
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """Return a UUID of version 7 (RFC 9562), greater than every earlier one of this process.

    The 74 bits beside the milliseconds start at random and count on within one millisecond (RFC 9562, 6.2, method 2).
    """
    global _last
    fresh = (time.time_ns() // 1_000_000) << 74 | int.from_bytes(os.urandom(9), "big") << 1
    with _lock:
        _last = max(fresh, _last + 1)
        value = _last
    milliseconds, random_a, random_b = value >> 74, (value >> 62) & 0xFFF, value & ((1 << 62) - 1)
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | random_a << 64 | 2 << 62 | random_b)
