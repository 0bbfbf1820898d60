"""How a metered request begins: its payer is found and its estimate is set aside, in a thread or in an event loop."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from inspect import isawaitable
from typing import Any, TypeVar

from .answers import offer_of
from .async_client import AsyncClient
from .client import Client
from .config import MeteringConfig, Request
from .metering import Metering
from .problems import ScripError
from .transport import Steps

T = TypeVar("T")
_tasks: set[asyncio.Task[Any]] = set()


def begin(client: Client, request: Request, operation: str, config: MeteringConfig) -> Metering:
    """Hold for a request that a thread serves. Raises NotAuthenticated, InsufficientCredits …"""
    reference = config.wallet(request)
    if isawaitable(reference):
        raise TypeError("A thread cannot wait for an asynchronous `wallet`; give a plain function.")
    metering = Metering(offer_of(request, operation, reference, config), config, client.run)
    client.run(metering.place())
    return metering


async def begin_in_loop(client: AsyncClient, request: Request, operation: str, config: MeteringConfig) -> Metering:
    """Hold for a request that an event loop serves. Raises NotAuthenticated, InsufficientCredits …"""
    found = config.wallet(request)
    reference = await found if isawaitable(found) else found
    loop = asyncio.get_running_loop()

    def run_late(steps: Steps[None]) -> None:
        loop.call_soon_threadsafe(_start, client.run(steps))

    metering = Metering(offer_of(request, operation, reference, config), config, run_late)
    placing = _start(client.run(metering.place()))
    try:
        await asyncio.shield(placing)
    except asyncio.CancelledError:
        _start(_undo(placing, metering, client))
        raise
    return metering


async def finish(work: Coroutine[Any, Any, T]) -> T:
    """Wait for `work`; a cancelled caller stops waiting, the work goes on, so that nothing is left half asked."""
    return await asyncio.shield(_start(work))


def _start(work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
    task = asyncio.get_running_loop().create_task(work)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return task


async def _undo(placing: "asyncio.Task[None]", metering: Metering, client: AsyncClient) -> None:
    with suppress(ScripError):
        await placing
    await client.run(metering.release())
