from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usage.windows import window_of

INSTANTS = st.integers(1_577_836_800_000, 2_051_222_400_000).map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC))
ZONES = ("UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia", "Africa/Cairo")


@pytest.mark.parametrize(
    ("kind", "zone", "at", "starts_at", "changes_at"),
    [
        ("day", "UTC", "2026-11-21T00:00:00", "2026-11-21T00:00:00", "2026-11-22T00:00:00"),
        ("day", "UTC", "2026-11-20T23:59:59", "2026-11-20T00:00:00", "2026-11-21T00:00:00"),
        ("day", "Asia/Tokyo", "2026-11-20T15:00:00", "2026-11-20T15:00:00", "2026-11-21T15:00:00"),
        # The day on which the clock goes forward has 23 hours, the one on which it goes back 25.
        ("day", "Europe/Berlin", "2026-03-29T12:00:00", "2026-03-28T23:00:00", "2026-03-29T22:00:00"),
        ("day", "Europe/Berlin", "2026-10-25T12:00:00", "2026-10-24T22:00:00", "2026-10-25T23:00:00"),
        ("month", "UTC", "2026-12-31T23:00:00", "2026-12-01T00:00:00", "2027-01-01T00:00:00"),
        ("month", "America/New_York", "2026-03-01T04:59:59", "2026-02-01T05:00:00", "2026-03-01T05:00:00"),
        ("month", "America/New_York", "2026-03-01T05:00:00", "2026-03-01T05:00:00", "2026-04-01T04:00:00"),
    ],
)
def test_a_calendar_window_is_that_of_its_zone(kind: str, zone: str, at: str, starts_at: str, changes_at: str) -> None:
    found = window_of(kind, None, zone, datetime.fromisoformat(f"{at}+00:00"))
    assert (found.starts_at, found.bucket_at, found.changes_at) == (
        datetime.fromisoformat(f"{starts_at}+00:00"),
        datetime.fromisoformat(f"{starts_at}+00:00"),
        datetime.fromisoformat(f"{changes_at}+00:00"),
    )


@given(INSTANTS, st.sampled_from(["day", "month"]), st.sampled_from(ZONES))
def test_calendar_windows_follow_each_other_without_a_gap(at: datetime, kind: str, zone: str) -> None:
    window = window_of(kind, None, zone, at)
    assert window.starts_at <= at < window.changes_at
    assert window_of(kind, None, zone, window.changes_at).starts_at == window.changes_at
    assert window_of(kind, None, zone, window.changes_at - timedelta(microseconds=1)) == window


@given(INSTANTS, st.integers(1, 10_000))
def test_a_rolling_window_has_sixty_buckets_and_the_present_one_is_the_last(at: datetime, bucket: int) -> None:
    window = window_of("rolling", bucket * 60, "UTC", at)
    length = timedelta(seconds=bucket)
    assert window.bucket_at <= at < window.changes_at == window.bucket_at + length
    assert window.bucket_at - window.starts_at == 59 * length
    assert window_of("rolling", bucket * 60, "Asia/Tokyo", at) == window
