"""A metered stream that an event loop serves (ASGI)."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextvars import Context, copy_context
from typing import Any

from asgiref.sync import sync_to_async

from usage.context import recording
from usage.metering import pool

from .meters import StreamMeter
from .threads import ThreadStream

END = object()


class LoopStream:
    """Pass the chunks of an asynchronous iterator on; each step runs in the context of the call.

    A step is a task of its own: a cancelled request stops waiting for it, and `aclose` decides what becomes of it.
    """

    def __init__(self, chunks: Any, meter: StreamMeter) -> None:
        self._chunks, self._meter = chunks, meter
        self._context: Context | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._step: asyncio.Task[Any] | None = None
        self._is_over = False

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        if self._is_over:
            raise StopAsyncIteration
        if self._meter.is_out:
            return await self._end_early()
        chunk = await self._next_chunk()
        if chunk is END:
            self._is_over = True
            await pool.run(self._meter.end)
            raise StopAsyncIteration
        if self._meter.note_chunk():
            await pool.run(self._meter.settle_slice)
        return chunk

    async def _next_chunk(self) -> Any:
        if self._step is None:
            self._step = self._start_step()
        step = self._step
        try:
            chunk = await asyncio.shield(step)
        except BaseException:
            if step.done() and (step.cancelled() or step.exception()):
                self._is_over = True
                await pool.run(self._meter.fail)
            raise
        self._step = None
        return chunk

    def _start_step(self) -> asyncio.Task[Any]:
        """Start a step in one context for all; the one in which the handler ran has no thread any more."""
        if self._context is None or self._loop is None:
            self._loop = asyncio.get_running_loop()
            with recording(self._meter.metering.recorder):
                self._context = copy_context()
        return self._loop.create_task(_next_of(self._chunks), context=self._context)

    def close(self) -> None:
        """Settle a stream that was not read to its end; Django calls this in the request's thread, at the end.

        That thread reads a plain source, so it must not wait for the loop to have it read there.
        """
        if self._is_over:
            return
        if isinstance(self._chunks, ThreadedIterator):
            self._is_over = True
            ThreadStream(self._chunks.source, self._meter).close()
        elif self._loop is None:
            self._is_over = True
            self._meter.leave()
        else:
            asyncio.run_coroutine_threadsafe(self.aclose(), self._loop).result()

    async def aclose(self) -> None:
        """Settle a stream that was not read to its end, by the policy for clients that go away."""
        if self._meter.drains:
            async for _ in self:
                pass
        if not self._is_over:
            self._is_over = True
            await self._close_source()
            await pool.run(self._meter.leave)

    async def _end_early(self) -> bytes:
        self._is_over = True
        await self._close_source()
        await pool.run(self._meter.end)
        return self._meter.last_words()

    async def _close_source(self) -> None:
        if self._step is not None:
            self._step.cancel()
            await asyncio.wait([self._step])
        if hasattr(self._chunks, "aclose"):
            await self._chunks.aclose()


async def _next_of(chunks: AsyncIterator[Any]) -> Any:
    return await anext(chunks, END)


class ThreadedIterator:
    """Read an iterator from an event loop, one chunk at a time, in the request's own thread."""

    def __init__(self, chunks: Iterator[Any]) -> None:
        self.source = chunks

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        chunk = await sync_to_async(_next_or_end)(self.source)
        if chunk is END:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        """Close the source."""
        if hasattr(self.source, "close"):
            await sync_to_async(self.source.close)()


def _next_or_end(chunks: Iterator[Any]) -> Any:
    return next(chunks, END)
