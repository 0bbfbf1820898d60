"""How many requests a wallet made in the last minute, counted once for all processes.

Seconds are counted in buckets, so that no minute, wherever it begins, has more requests than its quota, and a counter
takes 60 numbers however high the quota is. Without Redis each process counts for itself.
"""

import threading
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Protocol

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from core import logs
from core.api.limits import Limit

MINUTE = 60
TIMEOUT_SECONDS = 0.25
LEFT_ALONE_SECONDS = 1.0
MOST_COUNTERS = 50_000

log = logs.get_logger(__name__)

# The server's own clock decides, so that hosts whose clocks differ count the same seconds.
COUNT = """
local now, quota, window = tonumber(redis.call('TIME')[1]), tonumber(ARGV[1]), tonumber(ARGV[2])
local counted = redis.call('HGETALL', KEYS[1])
local total, oldest = 0, now
for i = 1, #counted, 2 do
  local second = tonumber(counted[i])
  if second <= now - window then redis.call('HDEL', KEYS[1], counted[i])
  else total, oldest = total + tonumber(counted[i + 1]), math.min(oldest, second) end
end
local allowed = total < quota
if allowed then
  redis.call('HINCRBY', KEYS[1], now, 1)
  redis.call('EXPIRE', KEYS[1], window)
  total = total + 1
end
return {allowed and 1 or 0, math.max(quota - total, 0), oldest + window - now}
"""


class Counter(Protocol):
    def count(self, name: str, quota: int) -> tuple[bool, Limit]:
        """Count a request if `quota` allows it; tell whether it does, and how near it is."""


class LocalCounter:
    """The counters of this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._seconds: dict[str, dict[int, int]] = {}

    def count(self, name: str, quota: int) -> tuple[bool, Limit]:
        """Count a request in this process."""
        now = int(self._clock())
        with self._lock:
            if len(self._seconds) >= MOST_COUNTERS:
                self._seconds.clear()
            recent = {second: count for second, count in self._seconds.get(name, {}).items() if second > now - MINUTE}
            self._seconds[name] = recent
            if allowed := sum(recent.values()) < quota:
                recent[now] = recent.get(now, 0) + 1
            return allowed, _limit(quota, quota - sum(recent.values()), min(recent, default=now) + MINUTE - now)


class SharedCounter:
    """The counters of all processes, in Redis; while it is away, each process counts for itself, and nobody waits."""

    def __init__(self, url: str) -> None:
        self._local = LocalCounter()
        self._left_alone_until = float("-inf")
        retry = Retry(NoBackoff(), 1)
        self._redis = redis.Redis.from_url(
            url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS, retry=retry
        )
        self._count = self._redis.register_script(COUNT)

    def count(self, name: str, quota: int) -> tuple[bool, Limit]:
        """Count a request among those of all processes."""
        if time.monotonic() < self._left_alone_until:
            return self._local.count(name, quota)
        try:
            allowed, remaining, reset_seconds = self._count(keys=[f"requests:{{{name}}}"], args=[quota, MINUTE])
        except redis.RedisError as error:
            log.warning("rate_limits_counted_here_only", error=str(error))
            self._left_alone_until = time.monotonic() + LEFT_ALONE_SECONDS
            return self._local.count(name, quota)
        return bool(allowed), _limit(quota, int(remaining), int(reset_seconds))


def request_counter() -> Counter:
    """Return the counters of this installation."""
    return _counter_at(settings.REDIS_URL)


@lru_cache
def _counter_at(url: str) -> Counter:
    return SharedCounter(url) if url else LocalCounter()


def _limit(quota: int, remaining: int, reset_seconds: int) -> Limit:
    return Limit("requests", quota, MINUTE, max(remaining, 0), reset_seconds)
