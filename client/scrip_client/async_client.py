"""The client for event loops."""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any, Self, TypeVar
from weakref import WeakKeyDictionary

import httpx

from .calls import Call, Calls, Members
from .problems import ScripError
from .transport import Steps, Terms, options_of, read_answer, unreachable

T = TypeVar("T")


class AsyncClient(Calls[Awaitable[Members]]):
    """Calls a server over one pool of connections for each event loop, because a connection belongs to its loop."""

    def __init__(self, base_url: str, api_key: str, **terms: Any) -> None:
        self.terms = Terms(base_url=base_url, api_key=api_key, **terms)
        self._pools: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()

    def send(self, call: Call) -> Coroutine[Any, Any, Members]:
        """Send a call, again while its failure is one that passes; its key makes that harmless."""
        return self._send(call)

    async def run(self, steps: Steps[T]) -> T:
        """Send each call that the rules ask for."""
        try:
            call = next(steps)
            while True:
                try:
                    answer = await self.send(call)
                except ScripError as error:
                    call = steps.throw(error)
                else:
                    call = steps.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result

    async def aclose(self) -> None:
        """Close the connections of this event loop."""
        if pool := self._pools.pop(asyncio.get_running_loop(), None):
            await pool.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.aclose()

    async def _send(self, call: Call) -> Members:
        tries = 0
        while True:
            tries += 1
            try:
                return await self._send_once(call)
            except ScripError as error:
                await asyncio.sleep(self.terms.pause_after(error, tries))

    async def _send_once(self, call: Call) -> Members:
        try:
            return read_answer(await self._pool().request(**options_of(call)))
        except httpx.RequestError as error:
            raise unreachable(error) from error

    def _pool(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        if loop not in self._pools:
            self._pools[loop] = httpx.AsyncClient(**self.terms.options)
        return self._pools[loop]
