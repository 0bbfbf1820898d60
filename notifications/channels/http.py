"""Calls of channels: what an answer means for the delivery."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from django.conf import settings

from core import clock

from ..outgoing import Answer, NotReached, TargetRefused, call
from .base import Undelivered

GONE = 410
THROTTLES = (429, 502, 503, 504)
LONGEST_PAUSE = timedelta(days=1)


def post(url: str, body: bytes, headers: Mapping[str, str], *, method: str = "POST") -> None:
    """Send a request; raises Undelivered for everything but an answer of 2xx (Standard Webhooks, "Delivery")."""
    try:
        answer = call(method, url, body=body, headers=headers, timeout_seconds=settings.WEBHOOK_TIMEOUT_SECONDS)
    except TargetRefused as error:
        raise Undelivered(str(error)) from None
    except NotReached as error:
        raise Undelivered(str(error), is_unreachable=True) from None
    if not 200 <= answer.status < 300:
        raise Undelivered(_text_of(answer), is_gone=answer.status == GONE, pause=_pause_of(answer))


def _text_of(answer: Answer) -> str:
    redirected = 300 <= answer.status < 400
    return f"The answer was {answer.status}" + ("; redirects are not followed." if redirected else ".")


def _pause_of(answer: Answer) -> timedelta | None:
    if answer.status not in THROTTLES or answer.retry_after is None:
        return None
    seconds = _seconds_until(answer.retry_after.strip())
    return None if seconds is None else min(max(timedelta(seconds=seconds), timedelta(0)), LONGEST_PAUSE)


def _seconds_until(text: str) -> float | None:
    """Return what Retry-After asks for, as seconds or as a date (RFC 9110, section 10.2.3)."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        instant: datetime = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return (aware - clock.now()).total_seconds()
