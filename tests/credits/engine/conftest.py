import pytest

from tests.credits.engine.book import Book


@pytest.fixture
def book() -> Book:
    """A ledger with the one wallet `w`."""
    return Book()


@pytest.fixture
def two() -> Book:
    """A ledger with the wallets `w` and `v`."""
    return Book("v")
