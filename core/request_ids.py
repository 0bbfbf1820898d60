"""The id of the request at hand: taken from the caller or made here, on every answer and every log line."""

import re
from contextvars import ContextVar, Token

from core.ids import uuid7

HEADER = "X-Request-Id"
_VALID = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)
_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """Return the id of the request (or task) that this thread works for, "" outside of one."""
    return _current.get()


def begin(offered: str | None) -> Token[str]:
    """Make `offered` the current id if it is valid, else a new one; `end` takes the token."""
    return _current.set(offered if offered and _VALID.fullmatch(offered) else str(uuid7()))


def end(token: Token[str]) -> None:
    """Forget the current id."""
    _current.reset(token)
