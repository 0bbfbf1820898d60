"""The clock of a test installation moves for every process; elsewhere there is none, and it costs nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from core import clock
from tests.core.callers import service

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def movable(settings: Settings) -> None:
    """Allow the clock to be moved, starting from real time."""
    settings.TEST_CLOCK_ENABLED = True
    clock.forget_offset()


def move(now: object, scope: str = "admin") -> Any:
    return service(scope).post("/api/v1/test-clock", {"now": now}, format="json")


def is_about(instant: datetime, expected: datetime) -> bool:
    return abs(instant - expected) < timedelta(seconds=30)


def test_the_clock_goes_on_from_where_it_is_put_and_back_to_real_time() -> None:
    answer = move("2030-01-01T00:00:00Z")
    assert answer.status_code == 200
    assert answer.json()["now"].startswith("2030-01-01T00:00:")
    assert is_about(clock.now(), datetime(2030, 1, 1, tzinfo=UTC))
    assert move(None).status_code == 200
    assert is_about(clock.now(), datetime.now(UTC))


def test_another_process_reads_the_offset_from_the_database() -> None:
    move("2030-01-01T00:00:00Z")
    clock.forget_offset()
    assert is_about(clock.now(), datetime(2030, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("now", ["tomorrow", 5, "2030-01-01", "2030-01-01T00:00:00", [], True])
def test_what_is_no_instant_is_refused(now: object) -> None:
    assert move(now).status_code == 400


def test_a_missing_instant_is_not_real_time() -> None:
    assert service("admin").post("/api/v1/test-clock", {}, format="json").status_code == 400


def test_only_an_admin_moves_the_clock() -> None:
    assert move("2030-01-01T00:00:00Z", "grant").status_code == 403


def test_there_is_no_clock_to_move_where_the_settings_allow_none(settings: Settings) -> None:
    settings.TEST_CLOCK_ENABLED = False
    assert move("2030-01-01T00:00:00Z").status_code == 404
    with pytest.raises(CommandError):
        call_command("advance_clock", days=1)


def test_the_real_clock_asks_no_database(settings: Settings, django_assert_num_queries: Any) -> None:
    settings.TEST_CLOCK_ENABLED = False
    with django_assert_num_queries(0):
        clock.now()


def test_the_command_moves_the_clock_forward_and_back(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("advance_clock", days=40)
    call_command("advance_clock", hours=12)
    assert is_about(clock.now(), datetime.now(UTC) + timedelta(days=40, hours=12))
    call_command("advance_clock", reset=True)
    assert is_about(clock.now(), datetime.now(UTC))
    assert "It is now" in capsys.readouterr().out
