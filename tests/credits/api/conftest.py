import pytest

from tests.credits.api import callers


@pytest.fixture
def admin(db: None) -> callers.Caller:
    """A service with every scope."""
    return callers.service("admin")


@pytest.fixture
def customer(db: None) -> callers.Caller:
    return callers.customer()
