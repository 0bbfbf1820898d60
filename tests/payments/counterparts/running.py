"""The stubs from a test's side: start their process, tell them what to do, and settings that point at them."""

import contextlib
import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .server import RAZORPAY_KEY, RAZORPAY_SECRET, STRIPE_KEY, WEBHOOK_SECRETS

ROOT = Path(__file__).resolve().parents[3]


class Running:
    """A running stub process."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"

    def __call__(self, provider: str, deed: str, **values: Any) -> Any:
        """Do a deed of the provider and return what it gives."""
        request = urllib.request.Request(
            f"{self.address}/control/{provider}/{deed}", json.dumps(values).encode(), method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from None

    def settings(self, provider: str) -> dict[str, Any]:
        """Return the provider's part of the setting PAYMENT_PROVIDERS."""
        keys = {
            "stripe": {"key": STRIPE_KEY},
            "razorpay": {"key": RAZORPAY_KEY, "secret": RAZORPAY_SECRET},
        }
        return {
            **keys[provider],
            "webhook_secrets": (WEBHOOK_SECRETS[provider],),
            "base_url": f"{self.address}/{provider}",
        }


@contextlib.contextmanager
def running() -> Iterator[Running]:
    """Run the stubs in a process of their own as long as the block lasts."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.payments.counterparts"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield Running(int(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait(timeout=10)
