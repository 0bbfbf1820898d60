"""A copy of balances in Redis for readers; no decision is ever taken from it, and flushing it changes nothing.

A writer marks its wallets dirty with the sequence that it is about to commit, before COMMIT; a value is served and
filled only if its own sequence has reached the mark. After COMMIT the writer sets the value and lifts the mark. So a
process that dies in between leaves a mark, and readers go to the database until it is overtaken or fades.

If a mark cannot be set, the writer waits before COMMIT for as long as a value lives, counted from the first failure:
by then every value that was there when Redis was cut off has died. A reader that fails leaves Redis alone for longer
than a value lives. Two outages within one second of each other count as one.
"""

import threading
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import cast

import redis
from django.conf import settings
from django.db import transaction

from core import clock, logs
from core.redis_lines import Lines, Script

from .engine.state import Wallet
from .readings import WalletReading, dump_reading, load_reading, reading_of

MARK_LIFE_SECONDS = 60
TIMEOUT_SECONDS = 0.25
SAME_OUTAGE_SECONDS = 1.0

log = logs.get_logger(__name__)

MARK = Script("""
for i, key in ipairs(KEYS) do
  local seen = tonumber(redis.call('GET', key) or '0')
  redis.call('SET', key, math.max(seen, tonumber(ARGV[i + 1])), 'PX', ARGV[1])
end
""")

PUT = Script("""
for i = 1, #KEYS, 2 do
  local sequence, text = ARGV[i + 2], ARGV[i + 3]
  local mark = tonumber(redis.call('GET', KEYS[i + 1]) or '0')
  local old = redis.call('GET', KEYS[i])
  local newest = old and tonumber(string.match(old, '^%d+')) or 0
  if mark <= tonumber(sequence) and newest <= tonumber(sequence) then
    redis.call('SET', KEYS[i], sequence .. ' ' .. text, 'PX', ARGV[1])
    if ARGV[2] == 'lift' then redis.call('DEL', KEYS[i + 1]) end
  end
end
""")

DROP = Script("""
redis.call('DEL', KEYS[1])
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
""")


class BalanceCache:
    """The readings of one Redis database, as one process uses it; safe for threads. A value lives `life` seconds."""

    def __init__(self, url: str, life: float) -> None:
        self.life = life
        self._left_alone = life + 1
        self._redis = Lines(url, TIMEOUT_SECONDS)
        self._lock = threading.Lock()
        self._outage_began = self._last_failure = float("-inf")

    def get(self, reference: str) -> WalletReading | None:
        """Return a reading that no committed entry has overtaken and that time has not changed, or None."""
        if time.monotonic() < self._last_failure + self._left_alone:
            return None
        try:
            value, mark = cast("list[bytes | None]", self._redis.call("MGET", *_keys(reference)))
        except redis.RedisError as error:
            self._note_failure(error)
            return None
        if value is None:
            return None
        sequence, text = value.split(b" ", 1)
        if mark is not None and float(mark) > int(sequence):
            return None
        reading = load_reading(text)
        due = reading.next_change_at
        return None if due is not None and due <= clock.now() else reading

    def fill(self, reading: WalletReading) -> None:
        """Keep what a reader found in the database, unless a writer is at work or a newer value is there."""
        if time.monotonic() >= self._last_failure + self._left_alone:
            self._put_readings([reading], "keep")

    def mark(self, sequences: dict[str, float]) -> None:
        """Mark wallets dirty up to a sequence; without Redis, wait until every value has died."""
        keys = [_keys(reference)[1] for reference in sequences]
        try:
            self._redis.run(MARK, keys, [MARK_LIFE_SECONDS * 1000, *sequences.values()])
        except redis.RedisError as error:
            self._note_failure(error)
            time.sleep(max(0.0, self._outage_began + self.life + TIMEOUT_SECONDS - time.monotonic()))

    def set(self, readings: Sequence[WalletReading]) -> None:
        """Set the values that were just committed, and lift their marks."""
        self._put_readings(readings, "lift")

    def drop(self, reference: str, mark: float) -> None:
        """Forget a value whose other members changed; the mark fades when no reader can hold the old ones any more."""
        try:
            self._redis.run(DROP, _keys(reference), [mark, int(self.life * 1000)])
        except redis.RedisError as error:
            self._note_failure(error)

    def _put_readings(self, readings: Sequence[WalletReading], mark: str) -> None:
        args: list[str | int | float] = [int(self.life * 1000), mark]
        for reading in readings:
            args += [reading.sequence, dump_reading(reading)]
        try:
            self._redis.run(PUT, [key for reading in readings for key in _keys(reading.reference)], args)
        except redis.RedisError as error:
            self._note_failure(error)

    def _note_failure(self, error: redis.RedisError) -> None:
        with self._lock:
            now = time.monotonic()
            if now > self._last_failure + SAME_OUTAGE_SECONDS:
                self._outage_began = now
                log.warning("balance_cache_unreachable", error=str(error))
            self._last_failure = now


def read_through(reference: str, load: Callable[[str], WalletReading]) -> WalletReading:
    """Return the cached reading, or what `load` reads from the database, which is kept unless that took too long."""
    cache = _cache()
    if cache is None:
        return load(reference)
    return cache.get(reference) or refresh(reference, load)


def refresh(reference: str, load: Callable[[str], WalletReading]) -> WalletReading:
    """Return what `load` reads from the database and keep it.

    A reader that was held up must not fill: the newer value that would refuse his may have died meanwhile.
    """
    began = time.monotonic()
    reading = load(reference)
    cache = _cache()
    if cache is not None and time.monotonic() < began + cache.life / 2:
        cache.fill(reading)
    return reading


def announce(wallets: Sequence[Wallet]) -> None:
    """Mark wallets dirty inside the transaction that changes them, and set their values after its COMMIT."""
    cache = _cache()
    if cache is None or not wallets:
        return
    cache.mark({wallet.reference: wallet.sequence for wallet in wallets})
    readings = [reading_of(wallet) for wallet in wallets]
    transaction.on_commit(lambda: cache.set(readings), robust=True)


def announce_other_members(reference: str, sequence: int) -> None:
    """Mark a wallet whose members outside of the ledger change in this transaction, and forget it after COMMIT."""
    cache = _cache()
    if cache is not None:
        mark = sequence + 0.5
        cache.mark({reference: mark})
        transaction.on_commit(lambda: cache.drop(reference, mark), robust=True)


def _keys(reference: str) -> list[str]:
    return [f"balance:{{{reference}}}", f"dirty:{{{reference}}}"]


def _cache() -> BalanceCache | None:
    url: str = settings.BALANCE_CACHE_URL
    return _cache_at(url, settings.BALANCE_CACHE_SECONDS) if url else None


@lru_cache
def _cache_at(url: str, life: float) -> BalanceCache:
    return BalanceCache(url, life)
