"""A metered stream that a thread serves (WSGI)."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextvars import copy_context
from typing import Any

from usage.context import recording

from .meters import StreamMeter


class ThreadStream:
    """Pass the chunks of an iterator on, in the context of their call; whoever closes it early is a client gone."""

    def __init__(self, chunks: Any, meter: StreamMeter) -> None:
        self._chunks, self._meter = chunks, meter
        with recording(meter.metering.recorder):
            self._context = copy_context()
        self._is_over = False

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self._is_over:
            raise StopIteration
        if self._meter.is_out:
            return self._end_early()
        try:
            chunk = self._context.run(next, self._chunks)
        except StopIteration:
            self._is_over = True
            self._meter.end()
            raise
        except BaseException:
            self._is_over = True
            self._meter.fail()
            raise
        if self._meter.note_chunk():
            self._meter.settle_slice()
        return chunk

    def close(self) -> None:
        """Settle a stream that was not read to its end, by the policy for clients that go away."""
        if self._meter.drains:
            for _ in self:
                pass
        if not self._is_over:
            self._is_over = True
            self._close_source()
            self._meter.leave()

    def _end_early(self) -> bytes:
        self._is_over = True
        self._close_source()
        self._meter.end()
        return self._meter.last_words()

    def _close_source(self) -> None:
        if hasattr(self._chunks, "close"):
            self._context.run(self._chunks.close)


class LoopIterator:
    """Read an asynchronous iterator from a thread, one chunk at a time, on an event loop of its own."""

    def __init__(self, chunks: Any) -> None:
        self._chunks = chunks
        self._loop = asyncio.new_event_loop()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            return self._loop.run_until_complete(_next_of(self._chunks))
        except StopAsyncIteration:
            self.close()
            raise StopIteration from None

    def close(self) -> None:
        """Close the source and the loop."""
        if not self._loop.is_closed():
            if hasattr(self._chunks, "aclose"):
                self._loop.run_until_complete(self._chunks.aclose())
            self._loop.close()


async def _next_of(chunks: AsyncIterator[Any]) -> Any:
    return await anext(chunks)
