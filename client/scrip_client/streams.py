"""Metered streams that somebody iterates over: chunks pass as they come, their use is captured slice by slice."""

from collections.abc import AsyncIterator, Iterator
from contextvars import Context, copy_context
from typing import Any

from .answers import last_words
from .async_client import AsyncClient
from .begin import finish
from .client import Client
from .context import recording
from .metering import Metering


class ThreadStream:
    """Pass the chunks of an iterator on, in the context of their call; whoever closes it early is a client gone."""

    def __init__(
        self,
        chunks: Any,
        metering: Metering,
        client: Client,
        media_type: str,
        path: str,
        context: Context | None = None,
    ) -> None:
        self._chunks, self._metering, self._client = chunks, metering, client
        self._media_type, self._path = media_type, path
        with recording(metering.recorder):
            self._context = context or copy_context()
        self._is_over = False

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self._is_over:
            raise StopIteration
        if self._metering.is_out:
            return self._end_early()
        try:
            chunk = self._context.run(next, self._chunks)
        except BaseException as error:
            self._is_over = True
            ended = isinstance(error, StopIteration)
            self._client.run(self._metering.charge() if ended else self._metering.release())
            raise
        if self._metering.is_slice_due():
            self._client.run(self._metering.capture_slice())
        return chunk

    def close(self) -> None:
        """Settle a stream that was not read to its end, by the policy for clients that go away."""
        if self._metering.config.client_gone == "reported":
            for _ in self:
                pass
        if not self._is_over:
            self._is_over = True
            self._close_source()
            self._client.run(self._metering.leave())

    def _end_early(self) -> bytes:
        self._is_over = True
        self._close_source()
        self._client.run(self._metering.charge())
        return last_words(self._metering, self._media_type, self._path)

    def _close_source(self) -> None:
        if hasattr(self._chunks, "close"):
            self._context.run(self._chunks.close)


class LoopStream:
    """Pass the chunks of an asynchronous iterator on; `close` settles it from a thread, as Django calls it."""

    def __init__(
        self, chunks: Any, metering: Metering, clients: tuple[Client, AsyncClient], media_type: str, path: str
    ) -> None:
        self._chunks, self._metering = chunks, metering
        self._client, self._loop_client = clients
        self._media_type, self._path = media_type, path
        self._is_over = False

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        if self._is_over:
            raise StopAsyncIteration
        if self._metering.is_out:
            return await self._end_early()
        try:
            with recording(self._metering.recorder):
                chunk = await anext(self._chunks)
        except Exception as error:  # a cancelled one is a client gone, which `close` settles
            self._is_over = True
            ended = isinstance(error, StopAsyncIteration)
            await finish(self._loop_client.run(self._metering.charge() if ended else self._metering.release()))
            raise
        if self._metering.is_slice_due():
            await finish(self._loop_client.run(self._metering.capture_slice()))
        return chunk

    def close(self) -> None:
        """Settle a stream that was not read to its end, by the policy for clients that go away."""
        self._is_over = True
        self._client.run(self._metering.leave())

    async def _end_early(self) -> bytes:
        self._is_over = True
        if hasattr(self._chunks, "aclose"):
            await self._chunks.aclose()
        await finish(self._loop_client.run(self._metering.charge()))
        return last_words(self._metering, self._media_type, self._path)
