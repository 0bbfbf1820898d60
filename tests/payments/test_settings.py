"""Production refuses payment settings that give credits away or cannot verify a webhook."""

from typing import Any

import pytest

from config.settings.guard import unsafe_payments

STRIPE: dict[str, Any] = {"key": "sk_live_x", "webhook_secrets": ["whsec_x"], "base_url": ""}
SAFE: dict[str, Any] = {
    "PAYMENT_PROVIDER": "stripe",
    "PAYMENT_PROVIDERS": {"stripe": STRIPE},
    "SITE_URL": "https://credits.example.com",
}


def test_a_configured_provider_and_none_at_all_are_safe() -> None:
    assert list(unsafe_payments(SAFE)) == []
    none = {"stripe": {"key": "", "webhook_secrets": [], "base_url": ""}}
    assert list(unsafe_payments({**SAFE, "PAYMENT_PROVIDERS": none, "SITE_URL": "http://127.0.0.1:8000"})) == []


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"PAYMENT_PROVIDER": "sandbox"}, "PAYMENT_PROVIDER"),
        ({"PAYMENT_PROVIDERS": {"stripe": STRIPE, "sandbox": {**STRIPE, "key": "x"}}}, "PAYMENT_PROVIDER"),
        ({"PAYMENT_PROVIDERS": {"stripe": {**STRIPE, "webhook_secrets": []}}}, "STRIPE_WEBHOOK_SECRETS"),
        ({"PAYMENT_PROVIDERS": {"stripe": {**STRIPE, "webhook_secrets": [" "]}}}, "STRIPE_WEBHOOK_SECRETS"),
        ({"PAYMENT_PROVIDERS": {"stripe": {**STRIPE, "base_url": "http://evil"}}}, "STRIPE_API_BASE"),
        ({"SITE_URL": "http://credits.example.com"}, "SITE_URL"),
    ],
)
def test_an_unsafe_value_is_named(changes: dict[str, Any], word: str) -> None:
    (sentence,) = unsafe_payments({**SAFE, **changes})
    assert word in sentence
    assert "sk_live_x" not in sentence
