"""One bounded pool of threads for calls to the ledger, so that no event loop waits for the database.

What was handed in is done even if the request is cancelled meanwhile, and before the process ends by itself.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import lru_cache
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

from core import logs

from .config import metering_settings

P = ParamSpec("P")
T = TypeVar("T")
log = logs.get_logger(__name__)


def submit(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
    """Run `work` in a thread of the pool, with the caller's context."""
    context = copy_context()
    return _executor(os.getpid()).submit(lambda: context.run(_with_connections, lambda: work(*args, **kwargs)))


async def run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Wait for `work` in the pool; a cancelled caller stops waiting, the work goes on."""
    return await _result(submit(work, *args, **kwargs))


async def run_or_undo(work: Callable[[], T], undo: Callable[[T], object]) -> T:
    """Wait for `work` in the pool; if the caller is cancelled, undo what it will have done."""
    future = submit(work)
    try:
        return await _result(future)
    except asyncio.CancelledError:
        submit(lambda: undo(future.result())).add_done_callback(_log_failure)
        raise


async def _result(future: "Future[T]") -> T:
    """Wait for a future without cancelling it: what the ledger was asked for is not left half asked."""
    return await asyncio.shield(asyncio.wrap_future(future))


def run_soon(work: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
    """Run `work` in this thread, or in the pool if this thread runs an event loop; then a failure is logged."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        work(*args, **kwargs)
    else:
        submit(work, *args, **kwargs).add_done_callback(_log_failure)


@lru_cache
def _executor(process: int) -> ThreadPoolExecutor:
    """Return the pool of this process; the threads of a parent don't live on in its fork."""
    return ThreadPoolExecutor(metering_settings().threads, thread_name_prefix="metering")


def _with_connections(work: Callable[[], T]) -> T:
    """Run `work` as a request runs: on no broken connection, and giving back to psycopg's pool what it took."""
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()


def _log_failure(done: "Future[object]") -> None:
    if (error := done.exception()) is not None:
        log.error("metering_failed", exc_info=error)
