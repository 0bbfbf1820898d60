"""The client for threads."""

import time
from typing import Any, Self, TypeVar

import httpx

from .calls import Call, Calls, Members
from .problems import ScripError
from .transport import Steps, Terms, options_of, read_answer, unreachable

T = TypeVar("T")


class Client(Calls[Members]):
    """Calls a server over one pool of connections; one client serves all threads of a process."""

    def __init__(self, base_url: str, api_key: str, **terms: Any) -> None:
        self.terms = Terms(base_url=base_url, api_key=api_key, **terms)
        self._http = httpx.Client(**self.terms.options)

    def send(self, call: Call) -> Members:
        """Send a call, again while its failure is one that passes; its key makes that harmless."""
        tries = 0
        while True:
            tries += 1
            try:
                return self._send_once(call)
            except ScripError as error:
                time.sleep(self.terms.pause_after(error, tries))

    def run(self, steps: Steps[T]) -> T:
        """Send each call that the rules ask for."""
        try:
            call = next(steps)
            while True:
                try:
                    answer = self.send(call)
                except ScripError as error:
                    call = steps.throw(error)
                else:
                    call = steps.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _send_once(self, call: Call) -> Members:
        try:
            return read_answer(self._http.request(**options_of(call)))
        except httpx.RequestError as error:
            raise unreachable(error) from error
