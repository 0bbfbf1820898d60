"""Let a streaming answer pass through its meter."""

from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponseBase

from usage.metering.calls import Metering

from .loops import LoopStream, ThreadedIterator
from .meters import StreamMeter
from .threads import LoopIterator, ThreadStream


def is_metered_stream(response: HttpResponseBase) -> bool:
    """Tell whether an answer goes on after its headers, and may be charged."""
    return response.streaming and response.status_code < 400


def meter_stream(metering: Metering, response: Any, request: HttpRequest) -> None:
    """Let a stream pass through its meter, one chunk at a time, whoever serves it: a thread or an event loop."""
    source = response._iterator
    _give_up_closing(response, source)
    meter = StreamMeter(metering, media_type=response.headers.get("Content-Type", ""), path=request.path)
    if isinstance(request, ASGIRequest):
        response.streaming_content = LoopStream(source if response.is_async else ThreadedIterator(source), meter)
    else:
        response.streaming_content = ThreadStream(LoopIterator(source) if response.is_async else source, meter)


def _give_up_closing(response: Any, source: Any) -> None:
    """Leave it to the meter when the source is closed: it may have to be read on without a client."""
    closers: list[Any] = response._resource_closers
    closers[:] = [closer for closer in closers if getattr(closer, "__self__", None) is not source]
