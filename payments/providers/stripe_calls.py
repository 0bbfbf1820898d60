"""Stripe's SDK, so set up and so asked that every failure is one of ours."""

from collections.abc import Callable
from typing import Any

import stripe

from .calls import PatientSession, PerThread
from .config import ProviderConfig
from .protocol import (
    Declined,
    ProviderError,
    ProviderMisconfigured,
    ProviderRefused,
    ProviderUnreachable,
)
from .stripe_events import API_VERSION


class StripeCalls:
    """Asks Stripe one question at a time; it tries once, because our own rows are what is tried again."""

    def __init__(self, config: ProviderConfig) -> None:
        self._config = config
        self._clients: PerThread[Any] = PerThread(self._client)

    def ask(self, call: Callable[[Any], Any]) -> dict[str, Any]:
        """Return the answer as plain values; `call` gets version 1 of the API."""
        try:
            answer = call(self._clients.get().v1)
        except stripe.StripeError as error:
            raise in_our_words(error) from None
        return dict(answer.to_dict())

    def _client(self) -> stripe.StripeClient:
        base = self._config.base_url
        addresses: Any = dict.fromkeys(("api", "files", "connect", "meter_events"), base) if base else {}
        return stripe.StripeClient(
            self._config.key,
            stripe_version=API_VERSION,
            base_addresses=addresses,
            max_network_retries=0,
            http_client=stripe.RequestsClient(session=PatientSession(self._config.timeout_seconds)),
        )


def in_our_words(error: stripe.StripeError) -> ProviderError:
    """Return our exception; Stripe's own message may hold an address or part of a key, so it stays behind."""
    code = error.code or type(error).__name__
    if isinstance(error, stripe.CardError):
        return Declined("The customer's means of payment was declined.", code=code)
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return ProviderMisconfigured("Stripe doesn't accept our key for this; check STRIPE_API_KEY.", code=code)
    if _is_unclear(error):
        return ProviderUnreachable("Stripe gave no usable answer.", code=code)
    param = getattr(error, "param", None)
    return ProviderRefused(f"Stripe refuses the request{f' because of {param}' if param else ''}.", code=code)


def _is_unclear(error: stripe.StripeError) -> bool:
    """409 is a twin of this call that is still at work."""
    status = error.http_status
    if isinstance(error, stripe.APIConnectionError | stripe.RateLimitError) or status is None:
        return True
    return status >= 500 or status in (409, 429) or not 400 <= status < 600
