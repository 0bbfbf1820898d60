"""The site behind a Django project that has none of our apps: `wsgi` and `asgi`."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from tests.client.sites import handlers

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="a key of a test",
    MIDDLEWARE=["scrip_client.django.CreditMeteringMiddleware"],
    SCRIP={**handlers.TERMS, "metering": {**handlers.METERING, "wallet": "tests.client.sites.handlers.wallet"}},
)
wsgi = get_wsgi_application()
asgi = get_asgi_application()


def up(request: HttpRequest) -> HttpResponse:
    return HttpResponse("up")


def record(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done", status=handlers.record(query(request)))


async def arecord(request: HttpRequest) -> HttpResponse:
    return record(request)


async def slow(request: HttpRequest) -> HttpResponse:
    status = handlers.record({"cost": request.GET["cost"]})
    await asyncio.sleep(float(request.GET["seconds"]))
    return HttpResponse("done", status=status)


def answer(request: HttpRequest) -> HttpResponse:
    body, headers = handlers.reported(query(request))
    return HttpResponse(body, headers=headers, content_type="application/json")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(handlers.chunks(query(request)), content_type="text/event-stream")


async def astream(request: HttpRequest) -> StreamingHttpResponse:
    async def chunks() -> AsyncIterator[bytes]:
        for chunk in handlers.chunks(query(request)):
            await asyncio.sleep(0)
            yield chunk

    return StreamingHttpResponse(chunks(), content_type="text/event-stream")


def query(request: HttpRequest) -> dict[str, Any]:
    return request.GET.dict()


urlpatterns = [
    path("up", up),
    path("m/free/up", up),
    path("m/record", record),
    path("m/small", record),
    path("m/arecord", arecord),
    path("m/slow", slow),
    path("m/answer", answer),
    path("m/stream", stream),
    path("m/astream", astream),
]
