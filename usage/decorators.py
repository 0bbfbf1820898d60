"""`@metered`: hold, run, settle, around a view or any function."""

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from decimal import Decimal
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponseBase
from rest_framework.request import Request

from core.api.problem_responses import problem_of, problem_response

from .context import recording
from .metering import pool
from .metering.calls import Metering
from .metering.functions import Amount, Offer, request_among
from .metering.responses import announce, settle_response
from .streaming.loops import LoopStream
from .streaming.meters import StreamMeter
from .streaming.responses import is_metered_stream, meter_stream
from .streaming.threads import ThreadStream

F = TypeVar("F", bound=Callable[..., Any])
Arguments = tuple[Any, ...]


def metered(
    *,
    amount: Amount = 0,
    estimate: Amount | Callable[..., Any] = 0,
    wallet: str | Callable[..., str] | None = None,
    operation: str = "",
) -> Callable[[F], F]:
    """Charge each call: `amount` flat, and what it records; `estimate` (also of its arguments) is held for that.

    Who pays is read from the request that a view gets, else from `wallet`: the name of a parameter that has the
    reference, or a function of the arguments. A view answers a refusal as problem+json; a function raises it.
    """
    if not amount and not estimate:
        raise TypeError("Give @metered an amount, an estimate, or both.")

    def decorate(function: F) -> F:
        offer = Offer(function, Decimal(amount), estimate, wallet, operation or function.__qualname__[-64:])
        return cast(F, wraps(function)(_wrapper_of(function)(offer)))

    return decorate


def _wrapper_of(function: Callable[..., Any]) -> Callable[[Offer], Callable[..., Any]]:
    if inspect.isasyncgenfunction(function):
        return _async_stream
    if inspect.isgeneratorfunction(function):
        return _stream
    return _async_call if inspect.iscoroutinefunction(function) else _call


def _call(offer: Offer) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            metering = offer.begin(args, kwargs)
        except Exception as error:
            return _refusal(error, args)
        try:
            with recording(metering.recorder):
                result = offer.function(*args, **kwargs)
            _settle(metering, result, args)
        except BaseException:
            metering.release()
            raise
        return result

    return call


def _async_call(offer: Offer) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        try:
            metering = await pool.run_or_undo(lambda: offer.begin(args, kwargs), Metering.release)
        except Exception as error:
            return _refusal(error, args)
        try:
            with recording(metering.recorder):
                result = await offer.function(*args, **kwargs)
            await pool.run(_settle, metering, result, args)
        except BaseException:
            await pool.run(metering.release)
            raise
        return result

    return call


def _stream(offer: Offer) -> Callable[..., Any]:
    def stream(*args: Any, **kwargs: Any) -> Iterator[Any]:
        metering = offer.begin(args, kwargs)
        chunks = ThreadStream(offer.function(*args, **kwargs), StreamMeter(metering))
        try:
            yield from chunks
        finally:
            chunks.close()

    return stream


def _async_stream(offer: Offer) -> Callable[..., Any]:
    async def stream(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        metering = await pool.run_or_undo(lambda: offer.begin(args, kwargs), Metering.release)
        chunks = LoopStream(offer.function(*args, **kwargs), StreamMeter(metering))
        try:
            async for chunk in chunks:
                yield chunk
        finally:
            await chunks.aclose()

    return stream


def _settle(metering: Metering, result: object, args: Arguments) -> None:
    """Settle a call that returned; a view's stream goes on, and settles itself."""
    request = request_among(args)
    if request is None or not isinstance(result, HttpResponseBase):
        metering.charge()
    elif is_metered_stream(result):
        announce(result, [metering])
        plain = request._request if isinstance(request, Request) else request
        meter_stream(metering, result, plain)
    else:
        settle_response(metering, result)
        announce(result, [metering])


def _refusal(error: Exception, args: Arguments) -> HttpResponseBase:
    """Answer for a plain Django view; raise in a function, and in a view of DRF, which answers by itself."""
    request, problem = request_among(args), problem_of(error)
    if problem is None or not isinstance(request, HttpRequest):
        raise error
    return problem_response(problem, request)
