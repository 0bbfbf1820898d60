"""The adaptive estimator: holds that follow what calls of an operation and model really cost.

It remembers actual ÷ estimate of the last calls, in Redis for all processes, or here where there is none. What is lost
costs nothing but the adaptation: an operation that is not known well enough is held for by its plain estimate.
"""

import math
import threading
from collections import defaultdict, deque
from decimal import Decimal
from functools import lru_cache
from typing import Protocol, cast

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.recent import Recent
from core import logs

from .metering.config import MeteringSettings

REMEMBERED = 200
LEAST_KNOWN = 20
FORGOTTEN_SECONDS = 30 * 24 * 3600
TIMEOUT_SECONDS = 0.25
LOOK_AGAIN_SECONDS = 5

log = logs.get_logger(__name__)


class Ratios(Protocol):
    def add(self, name: str, ratio: Decimal) -> None:
        """Remember a ratio."""

    def recent(self, name: str) -> list[Decimal]:
        """Return the last ratios."""


class LocalRatios:
    """The ratios of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ratios: dict[str, deque[Decimal]] = defaultdict(lambda: deque(maxlen=REMEMBERED))

    def add(self, name: str, ratio: Decimal) -> None:
        """Remember a ratio in this process."""
        with self._lock:
            self._ratios[name].append(ratio)

    def recent(self, name: str) -> list[Decimal]:
        """Return the last ratios of this process."""
        with self._lock:
            return list(self._ratios[name])


class SharedRatios:
    """The ratios of all processes, in Redis; none while it is away."""

    def __init__(self, url: str) -> None:
        retry = Retry(NoBackoff(), 1)
        self._redis = redis.Redis.from_url(
            url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS, retry=retry
        )
        self._known: Recent[str, list[Decimal]] = Recent(self._load, seconds=LOOK_AGAIN_SECONDS)

    def add(self, name: str, ratio: Decimal) -> None:
        """Remember a ratio for all processes."""
        key = f"ratios:{name}"
        try:
            with self._redis.pipeline() as steps:
                steps.lpush(key, str(ratio))
                steps.ltrim(key, 0, REMEMBERED - 1)
                steps.expire(key, FORGOTTEN_SECONDS)
                steps.execute()
        except redis.RedisError as error:
            log.warning("ratio_not_remembered", error=str(error))

    def recent(self, name: str) -> list[Decimal]:
        """Return the last ratios of all processes, some seconds old at most."""
        return self._known.get(name) or []

    def _load(self, name: str) -> list[Decimal]:
        try:
            return [Decimal(text.decode()) for text in cast("list[bytes]", self._redis.lrange(f"ratios:{name}", 0, -1))]
        except redis.RedisError as error:
            log.warning("ratios_not_read", error=str(error))
            return []


def adapt(base: Decimal, *, operation: str, model: str, metering: MeteringSettings) -> tuple[Decimal, str]:
    """Return what to hold for an estimate of `base` credits, and the basis of it.

    That is the setting's percentile of the last calls' actual ÷ estimate, within the setting's bounds.
    """
    ratios = sorted(_ratios(settings.REDIS_URL).recent(_name(operation, model)))
    if len(ratios) < LEAST_KNOWN:
        return base, "estimate"
    percentile = ratios[math.ceil(len(ratios) * metering.adaptive_percentile / 100) - 1]
    factor = min(max(percentile, metering.adaptive_least), metering.adaptive_most)
    return base * factor, f"adaptive p{metering.adaptive_percentile} of {len(ratios)}: x{factor:.4f}"


def observe(base: Decimal, actual: Decimal, *, operation: str, model: str) -> None:
    """Remember what a call cost whose plain estimate was `base`; both in credits."""
    _ratios(settings.REDIS_URL).add(_name(operation, model), round(actual / base, 6))


@lru_cache
def _ratios(url: str) -> Ratios:
    return SharedRatios(url) if url else LocalRatios()


def _name(operation: str, model: str) -> str:
    return f"{operation} {model}"
