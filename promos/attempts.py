"""A limit on guessing codes: refusals are counted by wallet and, of customers, by address; success costs nothing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request

from accounts.callers import Caller
from accounts.exceptions import TooManyAttempts
from accounts.permissions import caller_of
from core import clock, logs
from core.addresses import client_network
from core.api.limits import Limit
from core.problems import Problem

from .exceptions import REFUSALS, CodeInactive, CodeNotForYou, CodeUnknown

HOUR_SECONDS = 3600

log = logs.get_logger(__name__)

Counter = tuple[str, int]
"""A key of the cache, and how many refusals it may count."""


@contextmanager
def counted_attempt(request: Request, reference: str) -> Iterator[None]:
    """Let a caller try a code for a wallet; raises TooManyAttempts, and refusals as the caller may see them.

    The attempt is counted before it is made, so that many at once are no way around the limit, and taken back
    unless it was refused.
    """
    caller = caller_of(request)
    counters = _counters(request, caller, reference)
    _count(counters)
    try:
        yield
    except REFUSALS as refusal:
        raise shown_to(caller, refusal) from None
    except BaseException:
        _take_back(counters)
        raise
    _take_back(counters)


def shown_to(caller: Caller, refusal: Problem) -> Problem:
    """Return the refusal as the caller may see it: no customer learns of a code that he could not use anyway."""
    hides = caller.principal == "customer" and isinstance(refusal, CodeInactive | CodeNotForYou)
    return CodeUnknown() if hides else refusal


def _counters(request: Request, caller: Caller, reference: str) -> list[Counter]:
    """Return what counts; a service asks for many people from one address."""
    hour = int(clock.now().timestamp()) // HOUR_SECONDS
    wallet = f"promos:wallet:{reference}:{hour}", settings.REFUSED_CODES_PER_WALLET_AND_HOUR
    network = f"promos:network:{client_network(request)}:{hour}", settings.REFUSED_CODES_PER_ADDRESS_AND_HOUR
    return [wallet, network] if caller.principal == "customer" else [wallet]


def _count(counters: Sequence[Counter]) -> None:
    """Count an attempt; a cache that is away counts nothing, because it must not keep people from redeeming."""
    try:
        counts = [_add(key) for key, _ in counters]
    except Exception:  # each cache backend has errors of its own
        log.warning("code_attempt_not_counted", exc_info=True)
        return
    if any(count > most for count, (_, most) in zip(counts, counters, strict=True)):
        _take_back(counters)
        left = HOUR_SECONDS - int(clock.now().timestamp()) % HOUR_SECONDS
        raise TooManyAttempts(limits=[Limit("refused-codes", min(counters, key=_most)[1], HOUR_SECONDS, 0, left)])


def _most(counter: Counter) -> int:
    return counter[1]


def _add(key: str) -> int:
    cache.add(key, 0, HOUR_SECONDS)
    return cache.incr(key)


def _take_back(counters: Sequence[Counter]) -> None:
    for key, _ in counters:
        try:
            cache.decr(key)
        except Exception:  # as above; a count too many is gone with the hour
            log.warning("code_attempt_not_taken_back", exc_info=True)
