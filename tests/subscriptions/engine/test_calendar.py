"""Dates that are counted from an anchor: ends of months, leap days, and changes of the clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from subscriptions.engine.calendar import UNITS, Rhythm, add_days, rhythm_from

BERLIN, NEW_YORK, SYDNEY = "Europe/Berlin", "America/New_York", "Australia/Sydney"


def dates(anchor: str, unit: str, numbers: range, *, count: int = 1, zone: str = "UTC") -> list[str]:
    rhythm = Rhythm(datetime.fromisoformat(anchor), unit, count, zone)
    return [rhythm.local(number).date().isoformat() for number in numbers]


def test_the_31st_of_january_never_sticks_at_the_28th() -> None:
    assert dates("2027-01-31T12:00", "month", range(5)) == [
        *("2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"),
    ]
    assert dates("2028-01-31T12:00", "month", range(1, 3)) == ["2028-02-29", "2028-03-31"]


def test_a_leap_day_comes_back_every_fourth_year() -> None:
    found = dates("2024-02-29T00:00", "year", range(9))
    assert found[:5] == ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]
    assert found[8] == "2032-02-29"


@pytest.mark.parametrize(
    ("unit", "count", "expected"),
    [
        ("day", 1, "2026-11-30"),
        ("day", 45, "2027-01-13"),
        ("week", 2, "2026-12-13"),
        ("month", 3, "2027-02-28"),
        ("quarter", 1, "2027-02-28"),
        ("quarter", 2, "2027-05-29"),
        ("year", 1, "2027-11-29"),
    ],
)
def test_each_unit_has_its_length(unit: str, count: int, expected: str) -> None:
    assert dates("2026-11-29T08:00", unit, range(1, 2), count=count) == [expected]


@pytest.mark.parametrize(
    ("zone", "anchor", "number", "expected"),
    [
        # 02:30 does not exist: half an hour after the clocks went from 02:00 to 03:00.
        (BERLIN, "2027-03-27T02:30", 1, "2027-03-28T01:30"),
        (BERLIN, "2027-03-27T02:30", 2, "2027-03-29T00:30"),
        # 02:30 comes twice: the first time.
        (BERLIN, "2027-10-30T02:30", 1, "2027-10-31T00:30"),
        (BERLIN, "2027-10-30T02:30", 2, "2027-11-01T01:30"),
        (NEW_YORK, "2027-03-13T02:30", 1, "2027-03-14T07:30"),
        (NEW_YORK, "2027-11-06T01:30", 1, "2027-11-07T05:30"),
        (SYDNEY, "2027-10-02T02:30", 1, "2027-10-02T16:30"),
        (SYDNEY, "2027-04-03T02:30", 1, "2027-04-03T15:30"),
    ],
)
def test_a_local_time_stays_through_changes_of_the_clocks(zone: str, anchor: str, number: int, expected: str) -> None:
    rhythm = Rhythm(datetime.fromisoformat(anchor), "day", 1, zone)
    assert rhythm.instant(number) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [("2027-03-27T12", 23), ("2027-10-30T12", 25), ("2027-06-01T12", 24)])
def test_a_day_has_as_many_hours_as_the_clocks_give_it(day: str, hours: int) -> None:
    rhythm = Rhythm(datetime.fromisoformat(day), "day", 1, BERLIN)
    assert rhythm.instant(1) - rhythm.instant(0) == timedelta(hours=hours)


def test_an_anchor_in_the_second_of_two_hours_is_kept() -> None:
    second = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    rhythm = rhythm_from(second, "month", 1, BERLIN)
    assert rhythm.instant(0) == second
    assert rhythm.instant(1) == datetime(2027, 11, 30, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, SYDNEY])
def test_every_instant_lies_in_the_period_that_is_found_for_it(unit: str, zone: str) -> None:
    rhythm = Rhythm(datetime.fromisoformat("2024-01-31T02:30"), unit, 1, zone)
    for number in range(-3, 800 if unit == "day" else 60):
        began_at = rhythm.instant(number)
        assert rhythm.number_at(began_at) == number
        assert rhythm.number_at(began_at - timedelta(microseconds=1)) == number - 1
        assert rhythm.first_after(began_at) == max(number + 1, 0)


def test_days_are_added_by_the_clocks_of_the_zone() -> None:
    noon = datetime(2027, 3, 27, 12, tzinfo=ZoneInfo(BERLIN))
    assert add_days(noon, 2, BERLIN) - noon == timedelta(hours=47)
