"""Metering for FastAPI, Starlette, and whatever else speaks ASGI."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from .answers import CreditsExhausted, last_words, refusal, settle
from .async_client import AsyncClient
from .begin import begin_in_loop, finish
from .config import MeteringConfig, Request
from .context import recording
from .metering import Metering
from .problems import ScripError
from .transport import Steps

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class CreditMeteringMiddleware:
    """Holds, runs the application, settles; the event loop waits for nothing but the network."""

    def __init__(self, app: App, *, client: AsyncClient, config: MeteringConfig) -> None:
        self._app, self._client, self._config = app, client, config

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        operation = self._config.operation_of(scope["path"]) if scope["type"] == "http" else None
        if operation is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope["method"], scope["path"], _texts(scope["headers"]), scope)
        try:
            metering = await begin_in_loop(self._client, request, operation, self._config)
        except ScripError as error:
            status, headers, body = refusal(error, request.path, self._client.terms.base_url)
            await send({"type": "http.response.start", "status": status, "headers": _pairs(headers)})
            await send({"type": "http.response.body", "body": body})
            return
        await Exchange(metering, self._client, request.path, receive, send).run(self._app, scope)


class Exchange:
    """One metered request on its way through an application; chunks pass as they come."""

    def __init__(self, metering: Metering, client: AsyncClient, path: str, receive: Receive, send: Send) -> None:
        self._metering, self._client, self._path = metering, client, path
        self._receive, self._send = receive, send
        self._drains = metering.config.client_gone == "reported"
        self._start: Message | None = None
        self._media_type = ""
        self._streams = self._is_gone = self._has_ended = False

    async def run(self, app: App, scope: Message) -> None:
        """Run the application and settle what it leaves open: a failure, or a client that went away."""
        try:
            with recording(self._metering.recorder):
                await app(scope, self.receive, self.send)
        except BaseException as error:
            if self._has_ended and isinstance(error, Exception):
                return
            gone = self._is_gone or (self._streams and isinstance(error, asyncio.CancelledError))
            await self._do(self._metering.leave() if gone else self._metering.release())
            raise
        await self._do(self._metering.leave() if self._streams else self._metering.release())

    async def receive(self) -> Message:
        """Receive for the application, which does not hear of a client's end if it shall run on without one."""
        message = await self._receive()
        if self._drains and self._streams and message["type"] == "http.disconnect":
            await asyncio.Event().wait()
        return message

    async def send(self, message: Message) -> None:
        """Send for the application; its headers wait until it is known what they have to say."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._has_ended:
            raise CreditsExhausted("the stream has ended")
        is_last = not message.get("more_body", False)
        if self._start is not None:
            await self._open(self._start, message.get("body") if is_last else None, is_last=is_last)
        elif self._streams and is_last:
            await self._do(self._metering.charge())
        elif self._metering.is_out:
            await self._end_early()
        if self._streams and not is_last and self._metering.is_slice_due():
            await self._do(self._metering.capture_slice())
        await self._pass_on(message)

    async def _open(self, start: Message, body: bytes | None, *, is_last: bool) -> None:
        """Settle a whole answer, or let a stream begin; then send the headers."""
        headers = _texts(start["headers"])
        self._start, self._media_type = None, headers.get("content-type", "")
        self._streams = not is_last and start["status"] < 400
        if not self._streams:
            await self._do(settle(self._metering, start["status"], headers, body))
        told = _pairs(self._metering.headers())
        await self._pass_on({**start, "headers": [*start["headers"], *told]})

    async def _end_early(self) -> None:
        """End the stream in the client's sight, and make the application stop. Raises CreditsExhausted."""
        await self._do(self._metering.charge())
        words = last_words(self._metering, self._media_type, self._path)
        self._has_ended = True
        await self._pass_on({"type": "http.response.body", "body": words, "more_body": False})
        raise CreditsExhausted("the stream has ended")

    async def _pass_on(self, message: Message) -> None:
        try:
            await self._send(message)
        except OSError:
            self._is_gone = True
            if not self._drains:
                raise

    async def _do(self, steps: Steps[None]) -> None:
        await finish(self._client.run(steps))


def _texts(headers: Any) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}


def _pairs(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
