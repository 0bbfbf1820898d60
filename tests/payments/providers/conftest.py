"""Both providers as they are configured, pointed at a stub process."""

from collections.abc import Iterator

import pytest

from payments.providers.config import ProviderConfig
from payments.providers.razorpay import Razorpay
from payments.providers.stripe import Stripe
from tests.payments.counterparts.running import Running, running


@pytest.fixture(scope="session")
def stub_process() -> Iterator[Running]:
    with running() as stubs:
        yield stubs


@pytest.fixture
def stubs(stub_process: Running) -> Iterator[Running]:
    """Give the stubs without the faults of the test before."""
    yield stub_process
    for name in ("stripe", "razorpay"):
        stub_process(name, "clear_faults")


@pytest.fixture
def stripe(stubs: Running) -> Stripe:
    return Stripe(ProviderConfig.of("stripe", stubs.settings("stripe") | {"timeout_seconds": 2.0}))


@pytest.fixture
def razorpay(stubs: Running) -> Razorpay:
    return Razorpay(ProviderConfig.of("razorpay", stubs.settings("razorpay") | {"timeout_seconds": 2.0}))
