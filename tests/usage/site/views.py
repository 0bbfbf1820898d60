"""Handlers of plain answers."""

import asyncio
import threading
from decimal import Decimal
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import requires
from usage.context import record_usage
from usage.decorators import metered
from usage.permissions import pays
from usage.throttles import LedgerThrottle

tasks: set[asyncio.Task[Any]] = set()


def hold_of(request: HttpRequest) -> Decimal:
    """Estimate what the query says."""
    return Decimal(request.GET.get("hold", "10"))


def record(request: HttpRequest) -> HttpResponse:
    """Record each `cost`, and answer with `status`."""
    for cost in request.GET.getlist("cost"):
        record_usage(cost=cost, model="m", metadata={"note": "a note"})
    return JsonResponse({"done": True}, status=int(request.GET.get("status", 200)))


async def arecord(request: HttpRequest) -> HttpResponse:
    return record(request)


def answer(request: HttpRequest) -> HttpResponse:
    """Answer with what the query says: `header` in X-Cost, `tokens` in the body."""
    tokens = request.GET.get("tokens")
    body = f'{{"usage": {{"total_tokens": {tokens}}}}}' if tokens else "{}"
    headers = {"X-Cost": request.GET["header"]} if "header" in request.GET else None
    return HttpResponse(body, content_type="application/json", headers=headers)


def fail(request: HttpRequest) -> HttpResponse:
    record_usage(cost=5)
    raise RuntimeError("a defect")


async def afail(request: HttpRequest) -> HttpResponse:
    return fail(request)


async def slow(request: HttpRequest) -> HttpResponse:
    """Use something, and take `seconds`."""
    record_usage(cost=request.GET.get("cost", "5"))
    await asyncio.sleep(float(request.GET["seconds"]))
    return JsonResponse({})


async def background(request: HttpRequest) -> HttpResponse:
    """Record after the answer, in a task that the request started."""

    async def later() -> None:
        await asyncio.sleep(float(request.GET.get("seconds", "0.05")))
        record_usage(cost=request.GET["late"])

    record_usage(cost=request.GET["cost"])
    task = asyncio.create_task(later())
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return JsonResponse({})


async def threads(request: HttpRequest) -> HttpResponse:
    """Record `cost` in every way: here, in threads, in tasks, and in a task's thread."""
    cost = Decimal(request.GET["cost"])

    async def in_task() -> None:
        await asyncio.sleep(0)
        record_usage(cost=cost)
        await sync_to_async(lambda: record_usage(cost=cost), thread_sensitive=False)()

    record_usage(cost=cost)
    await asyncio.gather(
        in_task(),
        asyncio.to_thread(record_usage, cost=cost),
        sync_to_async(record_usage)(cost=cost),
        asyncio.sleep(0.01),
    )
    return JsonResponse({})


async def where(request: HttpRequest) -> HttpResponse:
    """Tell in which thread the handler runs."""
    record_usage(cost=1)
    return JsonResponse({"on_main_thread": threading.current_thread() is threading.main_thread()})


class FlatView(APIView):
    permission_classes = (requires(scope="read", own=True), pays("2.5"))

    def get(self, request: Request) -> Response:
        if "raise" in request.query_params:
            raise RuntimeError("a defect")
        return Response({}, status=int(request.query_params.get("status", 200)))


class LimitedView(APIView):
    permission_classes = (requires(scope="read", own=True),)
    throttle_classes = (LedgerThrottle,)

    def get(self, request: Request) -> Response:
        return Response({})


@metered(amount="1.5")
def decorated(request: HttpRequest) -> HttpResponse:
    return record(request)


@metered(amount="1.5", estimate=lambda request: Decimal(request.GET.get("estimate", 1)))
async def adecorated(request: HttpRequest) -> HttpResponse:
    return record(request)
