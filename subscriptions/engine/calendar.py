"""Dates counted from an anchor: always anchor + n periods, never a step from the date before."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

UNITS = ("day", "week", "month", "quarter", "year")
MAX_COUNT = 100
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_LONGEST_DAYS = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Every `count` units from `anchor`, a naive local time in the IANA time zone `zone`."""

    anchor: datetime
    unit: str
    count: int
    zone: str

    def instant(self, number: int) -> datetime:
        """Return the instant, in UTC, at which period `number` begins; period 0 begins at the anchor.

        A month that is too short ends the date on its last day. A local time that a change of the clocks leaves out
        is taken as if they had not changed yet, one that comes twice is its first coming.
        """
        return self.local(number).replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    def local(self, number: int) -> datetime:
        """Return the local time at which period `number` begins."""
        if number == 0:
            return self.anchor
        steps = number * self.count
        if self.unit in _DAYS:
            return (self.anchor + timedelta(days=_DAYS[self.unit] * steps)).replace(fold=0)
        return _add_months(self.anchor, _MONTHS[self.unit] * steps)

    def number_at(self, instant: datetime) -> int:
        """Return the number of the period that `instant` lies in; negative before the anchor."""
        days = _LONGEST_DAYS[self.unit] * self.count
        number = (instant - self.instant(0)) // timedelta(days=days)
        while self.instant(number) > instant:
            number -= 1
        while self.instant(number + 1) <= instant:
            number += 1
        return number

    def first_after(self, instant: datetime) -> int:
        """Return the number of the first period that begins after `instant`, at least 0."""
        return max(self.number_at(instant) + 1, 0)


def rhythm_from(instant: datetime, unit: str, count: int, zone: str) -> Rhythm:
    """Return the rhythm whose anchor is an instant, as the clocks of `zone` show it."""
    return Rhythm(instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None), unit, count, zone)


def add_days(instant: datetime, days: int, zone: str) -> datetime:
    """Return the same local time `days` days later, in UTC; days of 23 and 25 hours count as one."""
    return rhythm_from(instant, "day", 1, zone).instant(days)


def _add_months(anchor: datetime, months: int) -> datetime:
    years, month = divmod(anchor.month - 1 + months, 12)
    year = anchor.year + years
    day = min(anchor.day, monthrange(year, month + 1)[1])
    return anchor.replace(year=year, month=month + 1, day=day, fold=0)
