"""Metering of every request under the paths that the setting METERING names."""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase

from core.api.problem_responses import problem_of, problem_response

from .context import recording
from .metering import pool
from .metering.calls import Metering
from .metering.config import metering_settings
from .metering.requests import begin_request
from .metering.responses import announce, settle_response
from .streaming.responses import is_metered_stream, meter_stream


class CreditMeteringMiddleware:
    """Hold, run the handler, settle: in a thread as in an event loop, where the ledger is called through a pool.

    It stands last in MIDDLEWARE, so that the status that it sees is the handler's own.
    """

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self._get_response = get_response
        self._settings = metering_settings()
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        request.metered_calls = []  # type: ignore[attr-defined]  # of the path, and of permissions
        return self._run_async(request) if self._is_async else self._run(request)

    def _run(self, request: HttpRequest) -> HttpResponseBase:
        calls: list[Metering] = request.metered_calls  # type: ignore[attr-defined]
        operation = self._operation_of(request.path)
        try:
            if operation is not None:
                calls.append(self._begin(request, operation))
            with recording(calls[0].recorder if calls else None):
                response: HttpResponseBase = self._get_response(request)
            if calls:
                _settle(calls, request, response, metered_path=operation is not None)
        except BaseException as error:
            _release(calls)
            return _refusal(error, request)
        return response

    async def _run_async(self, request: HttpRequest) -> HttpResponseBase:
        calls: list[Metering] = request.metered_calls  # type: ignore[attr-defined]
        operation = self._operation_of(request.path)
        try:
            if operation is not None:
                calls.append(await pool.run_or_undo(lambda: self._begin(request, operation), Metering.release))
            with recording(calls[0].recorder if calls else None):
                response: HttpResponseBase = await self._get_response(request)
            if calls:
                await pool.run(_settle, calls, request, response, metered_path=operation is not None)
        except BaseException as error:
            await pool.run(_release, calls)
            return _refusal(error, request)
        return response

    def _operation_of(self, path: str) -> str | None:
        """Return the metered prefix of a path, by which budgets and estimates know it; None for what is free."""
        if path.startswith(self._settings.skip_paths):
            return None
        return max((prefix for prefix in self._settings.paths if path.startswith(prefix)), key=len, default=None)

    def _begin(self, request: HttpRequest, operation: str) -> Metering:
        return begin_request(request, operation, self._settings)


def _settle(calls: list[Metering], request: HttpRequest, response: HttpResponseBase, *, metered_path: bool) -> None:
    """Settle what a request held; a stream under a metered path goes on, and settles itself."""
    streams = metered_path and is_metered_stream(response)
    for metering in calls[1:] if streams else calls:
        settle_response(metering, response)
    announce(response, calls)
    if streams:
        meter_stream(calls[0], response, request)


def _release(calls: list[Metering]) -> None:
    for metering in calls:
        metering.release()


def _refusal(error: BaseException, request: HttpRequest) -> HttpResponseBase:
    """Answer for what kept a request from its handler; raises what is a defect, or a cancellation."""
    problem = problem_of(error) if isinstance(error, Exception) else None
    if problem is None:
        raise error
    return problem_response(problem, request)
