"""Handlers of streams: `chunks` of them, each costing `cost`, with `pause` seconds before each."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

from django.http import HttpRequest, StreamingHttpResponse

from usage.context import record_usage

made: list[int] = []
closed: list[str] = []


def stream(request: HttpRequest) -> StreamingHttpResponse:
    """Stream from a plain generator."""
    return StreamingHttpResponse(_chunks(request), content_type=request.GET.get("type", "text/event-stream"))


async def astream(request: HttpRequest) -> StreamingHttpResponse:
    """Stream from an asynchronous generator."""
    return StreamingHttpResponse(_achunks(request), content_type=request.GET.get("type", "text/event-stream"))


async def source(request: HttpRequest) -> StreamingHttpResponse:
    """Stream from a source that reports its use only with its last chunk."""

    async def chunks() -> AsyncIterator[bytes]:
        for number in range(int(request.GET["chunks"])):
            await asyncio.sleep(float(request.GET.get("pause", 0)))
            yield _event(number)
        if "cost" in request.GET:
            record_usage(cost=request.GET["cost"])

    return StreamingHttpResponse(chunks(), content_type="text/event-stream")


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    try:
        for number in range(int(request.GET["chunks"])):
            time.sleep(float(request.GET.get("pause", 0)))
            _make(request, number)
            yield _event(number)
    finally:
        closed.append("plain")


async def _achunks(request: HttpRequest) -> AsyncIterator[bytes]:
    try:
        for number in range(int(request.GET["chunks"])):
            await asyncio.sleep(float(request.GET.get("pause", 0)))
            _make(request, number)
            yield _event(number)
    finally:
        closed.append("asynchronous")


def _make(request: HttpRequest, number: int) -> None:
    if request.GET.get("break") == str(number):
        raise RuntimeError("the source broke")
    made.append(number)
    if "cost" in request.GET:
        record_usage(cost=request.GET["cost"], model="m")


def _event(number: int) -> bytes:
    return f"data: {number} {time.time()}\n\n".encode()
