"""What a change in the middle of a period costs and brings, in whole numbers: parts are counted in started hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Window:
    """The whole period from `begins_at` to `ends_at`; what counts of it is what is left."""

    begins_at: datetime
    ends_at: datetime

    def share(self, amount: int, at: datetime) -> int:
        """Return the part of `amount` for what is left of the window at `at`, rounded down."""
        left = min(_hours(self.ends_at - at), self.hours)
        return amount * max(left, 0) // self.hours

    @property
    def hours(self) -> int:
        return max(_hours(self.ends_at - self.begins_at), 1)


@dataclass(frozen=True, slots=True)
class Given:
    """What was given, and paid, for a whole window: millionths of credits, minor units of money."""

    window: Window
    credits: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Increment:
    """What is to be added now, and what has to be paid for it."""

    credits: int
    amount_minor: int


def increment(window: Window, credits: int, amount_minor: int, given: Iterable[Given], at: datetime) -> Increment:
    """Return the share of `window` at `at` less the shares of what was given and is still running, never negative.

    So the dearest plan of a period is paid and granted once, however often somebody changes to it.
    """
    before = list(given)
    had = sum(one.window.share(one.credits, at) for one in before)
    paid = sum(one.window.share(one.amount_minor, at) for one in before)
    return Increment(max(window.share(credits, at) - had, 0), max(window.share(amount_minor, at) - paid, 0))


def _hours(span: timedelta) -> int:
    return -(-span // HOUR)
