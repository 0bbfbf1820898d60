"""How calls travel: the connection's terms, what an answer says, and when a call is sent again."""

import random
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx

from .calls import Call, Members
from .problems import Problem, ScripError, ServerUnreachable

T = TypeVar("T")
# Rules of several calls: they yield each call and get its answer, or what it raised.
Steps = Generator[Call, Members, T]

PASSING_STATUSES = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Where the server is, how long an answer may take, and how often and patiently a call is sent again."""

    base_url: str
    api_key: str
    timeout_seconds: float = 10.0
    retries: int = 4
    pause_seconds: float = 0.2
    most_pause_seconds: float = 30.0
    connections: int = 100

    def __post_init__(self) -> None:
        if not self.base_url.startswith(("http://", "https://")) or not self.api_key:
            raise ValueError("Give the server's address, such as https://credits.example.com, and an API key.")

    @property
    def options(self) -> dict[str, Any]:
        """Return what httpx's clients take."""
        return {
            "base_url": f"{self.base_url.rstrip('/')}/api/v1/",
            "headers": {"Authorization": f"Api-Key {self.api_key}", "User-Agent": "scrip-client/0.1"},
            "timeout": self.timeout_seconds,
            "limits": httpx.Limits(max_connections=self.connections),
        }

    def pause_after(self, error: ScripError, tries: int) -> float:
        """Return for how many seconds to wait before the next try; raises the error if there is to be none.

        What Retry-After asks for (RFC 9110, section 10.2.3) is kept, or the call is given up; it is never shortened.
        """
        passes = isinstance(error, ServerUnreachable) or getattr(error, "status", 0) in PASSING_STATUSES
        asked = float(getattr(error, "retry_after", None) or 0)
        if not passes or tries > self.retries or asked > self.most_pause_seconds:
            raise error
        # Callers that failed together must not come back together.
        pause = min(self.pause_seconds * 2.0 ** (tries - 1), self.most_pause_seconds)
        return max(asked, random.uniform(0.5, 1) * pause)  # noqa: S311  no secret


def options_of(call: Call) -> dict[str, Any]:
    """Return what httpx's `request` takes for a call."""
    headers = {} if call.key is None else {"Idempotency-Key": call.key}
    return {"method": call.method, "url": call.path, "json": call.body, "headers": headers}


def unreachable(error: httpx.RequestError) -> ServerUnreachable:
    """Return the error for an answer that did not come."""
    return ServerUnreachable(f"{type(error).__name__}: {error}")


def read_answer(response: httpx.Response) -> Members:
    """Return the members of an answer; raise Problem for a refusal, and for what no server of this API answers."""
    try:
        members = response.json()
    except ValueError:
        members = None
    if response.is_success and isinstance(members, dict):
        return members
    if not isinstance(members, dict):
        members = {"detail": f"The answer is no JSON object: {response.text[:200]}"}
    raise Problem.of(response.status_code, members, _retry_after(response))


def _retry_after(response: httpx.Response) -> float | None:
    text = response.headers.get("Retry-After", "")
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max((parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None
