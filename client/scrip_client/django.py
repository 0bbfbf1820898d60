"""Metering for a Django project without Scrip's own apps: `scrip_client.django.CreditMeteringMiddleware`.

The setting SCRIP = {"base_url": …, "api_key": …, "metering": {…}} has the members of Client and of MeteringConfig;
`metering["wallet"]` may be the dotted name of a function.
"""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.module_loading import import_string

from .answers import refusal, settle
from .async_client import AsyncClient
from .begin import begin, begin_in_loop, finish
from .client import Client
from .config import MeteringConfig, Request
from .context import recording
from .metering import Metering
from .problems import ScripError
from .streams import LoopStream, ThreadStream
from .transport import Steps


@lru_cache
def clients() -> tuple[Client, AsyncClient]:
    """Return the clients of this process, for threads and for event loops."""
    terms = {name: value for name, value in _setting().items() if name != "metering"}
    return Client(**terms), AsyncClient(**terms)


def _setting() -> dict[str, Any]:
    members: dict[str, Any] = getattr(settings, "SCRIP", {})
    if "metering" not in members:
        raise ImproperlyConfigured("Set SCRIP to {'base_url': …, 'api_key': …, 'metering': {…}}.")
    return members


def read_config() -> MeteringConfig:
    """Return the setting's terms of metering. Raises ValueError, TypeError, ImportError for what cannot work."""
    members = dict(_setting()["metering"])
    if isinstance(members.get("wallet"), str):
        members["wallet"] = import_string(members["wallet"])
    return MeteringConfig(**members)


class CreditMeteringMiddleware:
    """Holds, runs the handler, settles, in threads as in event loops. It stands last in MIDDLEWARE."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self._get_response, self._config = get_response, read_config()
        self._client, self._loop_client = clients()
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        return self._run_async(request) if self._is_async else self._run(request)

    def _run(self, request: HttpRequest) -> Any:
        operation = self._config.operation_of(request.path)
        if operation is None:
            return self._get_response(request)
        try:
            metering = begin(self._client, _seen(request), operation, self._config)
        except ScripError as error:
            return self._refuse(error, request)
        try:
            with recording(metering.recorder):
                response: HttpResponseBase = self._get_response(request)
            if (steps := _settling(metering, response)) is not None:
                self._client.run(steps)
            return self._announce(response, metering, request.path, streams=steps is None)
        except BaseException:
            self._client.run(metering.release())
            raise

    async def _run_async(self, request: HttpRequest) -> Any:
        operation = self._config.operation_of(request.path)
        if operation is None:
            return await self._get_response(request)
        try:
            metering = await begin_in_loop(self._loop_client, _seen(request), operation, self._config)
        except ScripError as error:
            return self._refuse(error, request)
        try:
            with recording(metering.recorder):
                response: HttpResponseBase = await self._get_response(request)
            if (steps := _settling(metering, response)) is not None:
                await finish(self._loop_client.run(steps))
            return self._announce(response, metering, request.path, streams=steps is None)
        except BaseException:
            await finish(self._loop_client.run(metering.release()))
            raise

    def _announce(self, response: Any, metering: Metering, path: str, *, streams: bool) -> Any:
        """Tell what was consumed, and let a stream pass through its meter."""
        for name, value in metering.headers().items():
            response.headers[name] = value
        if streams:
            source, media_type = response._iterator, response.headers.get("Content-Type", "")
            both = (self._client, self._loop_client)
            # The meter closes the source, because it may have to read on without a client.
            closers = response._resource_closers
            closers[:] = [closer for closer in closers if getattr(closer, "__self__", None) is not source]
            response.streaming_content = (
                LoopStream(source, metering, both, media_type, path)
                if response.is_async
                else ThreadStream(source, metering, self._client, media_type, path)
            )
        return response

    def _refuse(self, error: ScripError, request: HttpRequest) -> HttpResponse:
        status, headers, body = refusal(error, request.path, self._client.terms.base_url)
        return HttpResponse(body, status=status, headers=headers)


def _settling(metering: Metering, response: HttpResponseBase) -> Steps[None] | None:
    """Return the steps that settle an answer; None for a stream, which settles itself."""
    if response.streaming and response.status_code < 400:
        return None
    headers = {name.lower(): value for name, value in response.headers.items()}
    body = response.content if isinstance(response, HttpResponse) else None
    return settle(metering, response.status_code, headers, body)


def _seen(request: HttpRequest) -> Request:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Request(str(request.method), request.path, headers, request)
