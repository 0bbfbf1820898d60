"""Which providers this installation has."""

from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

from ..exceptions import ProviderUnknown
from .config import ProviderConfig
from .protocol import Provider

CLASSES = {
    "sandbox": "payments.sandbox.provider.Sandbox",
    "stripe": "payments.providers.stripe.Stripe",
    "razorpay": "payments.providers.razorpay.Razorpay",
}


def configured() -> list[str]:
    """Return the names of the providers that have a key, the default one first."""
    names = [name for name in CLASSES if settings.PAYMENT_PROVIDERS.get(name, {}).get("key")]
    return sorted(names, key=lambda name: name != settings.PAYMENT_PROVIDER)


def provider(name: str) -> Provider:
    """Return a provider by name, "" being the default one; raise ProviderUnknown for one that is not configured."""
    if (name or settings.PAYMENT_PROVIDER) not in configured():
        raise ProviderUnknown
    return _build(
        name or settings.PAYMENT_PROVIDER, _frozen(settings.PAYMENT_PROVIDERS[name or settings.PAYMENT_PROVIDER])
    )


def _frozen(values: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((key, tuple(value) if isinstance(value, list) else value) for key, value in values.items())


@lru_cache(maxsize=16)
def _build(name: str, values: tuple[tuple[str, Any], ...]) -> Provider:
    return cast("Provider", import_string(CLASSES[name])(ProviderConfig.of(name, dict(values))))
