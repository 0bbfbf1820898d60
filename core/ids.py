"""Identifiers: UUID version 7 (RFC 9562), rising inside a process."""

import secrets
import threading
import time
import uuid

_lock = threading.Lock()
_last_stamp = 0


def uuid7() -> uuid.UUID:
    """Return a new UUID version 7, greater than every one that this process made before.

    The 60 leading bits are milliseconds and their 4,096th parts (RFC 9562, section 6.2, method 3), raised by one
    when the clock stands still or steps back.
    """
    stamp = _next_stamp()
    milliseconds, part = stamp >> 12, stamp & 0xFFF
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | part << 64 | 0b10 << 62 | secrets.randbits(62))


def _next_stamp() -> int:
    global _last_stamp
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    stamp = milliseconds << 12 | rest * 4096 // 1_000_000
    with _lock:
        _last_stamp = max(stamp, _last_stamp + 1)
        return _last_stamp
