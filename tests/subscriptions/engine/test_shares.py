"""What a change in the middle of a period costs and brings."""

from datetime import UTC, datetime, timedelta

import pytest

from subscriptions.engine.shares import Given, Increment, Window, increment

START = datetime(2027, 4, 1, tzinfo=UTC)
MONTH = Window(START, START + timedelta(days=30))
BASIC, PRO = (360, 1000), (900, 3000)


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(days=30), 900),
        (timedelta(days=30, seconds=-1), 900),
        (timedelta(days=15), 450),
        (timedelta(hours=1), 1),
        (timedelta(seconds=1), 1),
        (timedelta(0), 0),
        (timedelta(days=-1), 0),
        (timedelta(days=31), 900),
    ],
)
def test_a_share_counts_started_hours_and_is_rounded_down(left: timedelta, expected: int) -> None:
    assert MONTH.share(900, MONTH.ends_at - left) == expected


def test_vector_14_basic_pro_basic_pro_is_pro_once() -> None:
    given = [Given(MONTH, *BASIC)]
    first = increment(MONTH, *PRO, given, START)
    assert first == Increment(540, 2000)
    given.append(Given(MONTH, 540, 2000))
    assert increment(MONTH, *BASIC, given, START) == Increment(0, 0)
    assert increment(MONTH, *PRO, given, START) == Increment(0, 0)
    assert 360 + first.credits == 900


def test_half_a_period_brings_and_costs_half_of_the_difference() -> None:
    middle = START + timedelta(days=15)
    assert increment(MONTH, *PRO, [Given(MONTH, *BASIC)], middle) == Increment(270, 1000)


def test_starting_again_and_again_brings_no_more_than_time_does() -> None:
    """Somebody cancels and starts a free plan every five days, for 60 days: each month is worth its credits once."""
    given: list[Given] = []
    had = 0
    for day in range(0, 60, 5):
        at = START + timedelta(days=day)
        window = Window(at, at + timedelta(days=30))
        running = [one for one in given if one.window.ends_at > at]
        had += increment(window, 360, 0, running, at).credits
        given.append(Given(window, 360, 0))
    assert had <= 360 * 3


def test_a_longer_period_takes_what_is_left_of_the_shorter_one_into_account() -> None:
    middle = START + timedelta(days=15)
    year = Window(middle, middle + timedelta(days=365))
    assert increment(year, 12000, 30000, [Given(MONTH, 1000, 2000)], middle) == Increment(11500, 29000)
