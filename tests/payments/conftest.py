"""The stubs of both providers, in a process of their own."""

from collections.abc import Iterator

import pytest

from tests.payments.counterparts.running import Running, running


@pytest.fixture(scope="session")
def stub_process() -> Iterator[Running]:
    with running() as stubs:
        yield stubs


@pytest.fixture
def stubs(stub_process: Running) -> Iterator[Running]:
    """Give the stubs, and leave no fault to the next test."""
    yield stub_process
    for name in ("stripe", "razorpay"):
        stub_process(name, "clear_faults")
