"""Calls that end: a session that both SDKs use, so that no answer is waited for longer than was said."""

import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import requests
from requests import Response
from urllib3.exceptions import HTTPError

from .protocol import ProviderUnreachable

LONGEST_ANSWER_BYTES = 8_000_000
PIECE_BYTES = 65_536

Client = TypeVar("Client")


class PatientSession(requests.Session):
    """Waits `timeout_seconds` for a whole answer, not only between two bytes of it, and follows no redirect.

    Razorpay's SDK has no time limit of its own, and prints what goes wrong before it raises; so this raises in our
    words, which it doesn't know.
    """

    def __init__(self, timeout_seconds: float) -> None:
        super().__init__()
        self._seconds = timeout_seconds

    def request(self, method: str | bytes, url: str | bytes, **options: Any) -> Response:  # type: ignore[override]
        """Send a request and read its answer whole; raise ProviderUnreachable if that takes too long or fails."""
        deadline = time.monotonic() + self._seconds
        options |= {"timeout": self._seconds, "allow_redirects": False, "stream": True}
        try:
            with super().request(method, url, **options) as answer:
                # `requests` has no way to give a body that was read with a deadline; it takes this one for its own.
                answer._content, answer._content_consumed = _read(answer, deadline), True  # type: ignore[attr-defined]
                return answer
        except (requests.RequestException, HTTPError, OSError) as error:
            raise ProviderUnreachable("The provider gave no answer.", code=type(error).__name__) from None


def _read(answer: Response, deadline: float) -> bytes:
    pieces = bytearray()
    while piece := answer.raw.read1(PIECE_BYTES, decode_content=True):
        pieces += piece
        if len(pieces) > LONGEST_ANSWER_BYTES:
            raise ProviderUnreachable("The provider's answer has no end.", code="answer_too_long")
        if time.monotonic() > deadline:
            raise ProviderUnreachable("The provider's answer came too slowly.", code="answer_too_slow")
    return bytes(pieces)


class PerThread(Generic[Client]):
    """One client for each thread: neither SDK shares a session of `requests` safely."""

    def __init__(self, build: Callable[[], Client]) -> None:
        self._build = build
        self._of_thread = threading.local()

    def get(self) -> Client:
        """Return this thread's client, built when it is first wanted."""
        if not hasattr(self._of_thread, "client"):
            self._of_thread.client = self._build()
        return self._of_thread.client  # type: ignore[no-any-return]
