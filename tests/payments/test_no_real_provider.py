"""No test and no default setting can reach a real provider."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from core.clock import now
from payments.providers import registry
from payments.providers.config import ProviderConfig
from payments.providers.protocol import Provider, ProviderUnreachable
from payments.providers.razorpay import Razorpay
from payments.providers.stripe import Stripe
from tests.payments.providers import orders

ROOT = Path(__file__).resolve().parents[2]
CALLS: dict[str, Callable[[Provider], Any]] = {
    "create_checkout": lambda provider: provider.create_checkout(orders.checkout()),
    "fetch": lambda provider: provider.fetch("cs_1"),
    "refund": lambda provider: provider.refund(orders.refund("pi_1", 5)),
    "list_payments": lambda provider: next(provider.list_payments(now())),
    "charge": lambda provider: provider.charge(orders.consented("cus_1", "pm_1")),
    "start_subscription": lambda provider: provider.start_subscription(orders.subscription()),
    "cancel_subscription": lambda provider: provider.cancel_subscription("sub_1", at_period_end=False),
}


@pytest.mark.parametrize("name", ["stripe", "razorpay"])
def test_tests_have_no_keys(name: str) -> None:
    assert not settings.PAYMENT_PROVIDERS.get(name, {}).get("key")
    assert name not in registry.configured()


@pytest.mark.parametrize("module", ["embedded", "test"])
def test_default_settings_have_no_keys(module: str, tmp_path: Path) -> None:
    code = (
        "from django.conf import settings; providers = settings.PAYMENT_PROVIDERS;"
        "print([name for name in providers if name != 'sandbox' and providers[name]['key']])"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": f"config.settings.{module}",
        "VAR_DIR": str(tmp_path),
        "SECRET_KEY": "x",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("build", [Stripe, Razorpay])
def test_a_call_with_keys_and_no_address_of_ours_leaves_no_test(
    build: Callable[[ProviderConfig], Provider], call: Callable[[Provider], Any]
) -> None:
    """Were somebody to put real keys into a test, the wall around all tests would still hold."""
    with pytest.raises(ProviderUnreachable):
        call(build(ProviderConfig("any", key="sk_live_of_nobody", secret="s", timeout_seconds=1)))


@pytest.mark.parametrize("address", [("203.0.113.7", 443), ("2001:db8::7", 443)])
def test_a_socket_connects_to_this_machine_alone(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as outside, pytest.raises(PermissionError, match="outside"):
        outside.connect(address)
