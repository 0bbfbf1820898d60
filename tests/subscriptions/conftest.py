import pytest
from pytest_django import Settings

from core import clock
from tests.subscriptions.stories import move


@pytest.fixture
def moving_clock(settings: Settings) -> None:
    """Allow the clock to be moved; stories begin on 1 January 2027."""
    settings.TEST_CLOCK_ENABLED = True
    clock.forget_offset()


@pytest.fixture
def story(db: None, moving_clock: None) -> None:
    """A database, and a clock that shows 1 January 2027, 10:00 UTC."""
    move("2027-01-01T10:00")
