"""Both providers as they are configured, pointed at a stub process."""

import pytest

from payments.providers.config import ProviderConfig
from payments.providers.razorpay import Razorpay
from payments.providers.stripe import Stripe
from tests.payments.counterparts.running import Running


@pytest.fixture
def stripe(stubs: Running) -> Stripe:
    return Stripe(ProviderConfig.of("stripe", stubs.settings("stripe") | {"timeout_seconds": 2.0}))


@pytest.fixture
def razorpay(stubs: Running) -> Razorpay:
    return Razorpay(ProviderConfig.of("razorpay", stubs.settings("razorpay") | {"timeout_seconds": 2.0}))
