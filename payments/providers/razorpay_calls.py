"""Razorpay's SDK, so set up and so asked that every failure is one of ours.

The SDK keeps no status of a refusal, prints what fails on the way and reads every body as JSON; so the session looks
at the answer before the SDK does.
"""

import json
from collections.abc import Callable
from typing import Any

import razorpay
from razorpay.constants import URL
from requests import Response

from .calls import PatientSession, PerThread
from .config import ProviderConfig
from .protocol import ProviderError, ProviderMisconfigured, ProviderRefused, ProviderUnreachable
from .reading import text


class RazorpayCalls:
    """Asks Razorpay one question at a time; it tries once, because our own rows are what is tried again."""

    def __init__(self, config: ProviderConfig) -> None:
        self._config = config
        self._clients: PerThread[Any] = PerThread(self._client)

    def ask(self, call: Callable[[Any], Any]) -> dict[str, Any]:
        """Return the answer; an empty one, for which the SDK gives the text "{}", is an empty object."""
        answer = call(self._clients.get())
        return answer if isinstance(answer, dict) else {}

    def _client(self) -> razorpay.Client:
        return razorpay.Client(
            session=_JudgingSession(self._config.timeout_seconds),
            auth=(self._config.key, self._config.secret),
            base_url=self._config.base_url or URL.BASE_URL,
        )


class _JudgingSession(PatientSession):
    """Raises for every answer that is no success or no JSON object."""

    def request(self, method: str | bytes, url: str | bytes, **options: Any) -> Response:  # type: ignore[override]
        answer = super().request(method, url, **options)
        body = _read(answer)
        if body is None or not 200 <= answer.status_code < 300:
            raise in_our_words(answer.status_code, body)
        return answer


def _read(answer: Response) -> dict[str, Any] | None:
    try:
        body = json.loads(answer.content or b"{}")
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def in_our_words(status: int, body: dict[str, Any] | None) -> ProviderError:
    """Return our exception; Razorpay's description may hold personal data, so only its words for machines stay."""
    code = text(body, "error", "reason") or text(body, "error", "code") or f"http_{status}"
    if status in (401, 403):
        detail = "Razorpay refuses our key; check RAZORPAY_KEY_ID and RAZORPAY_KEY_SECRET."
        return ProviderMisconfigured(detail, code=code)
    if body is None or status in (409, 429) or not 400 <= status < 500:
        return ProviderUnreachable("Razorpay gave no usable answer.", code=code)
    field = text(body, "error", "field")
    return ProviderRefused(f"Razorpay refuses the request{f' because of {field}' if field else ''}.", code=code)
