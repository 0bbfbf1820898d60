"""A dotted name in the settings that leads nowhere is found before anything runs."""

from pytest_django import Settings

from core import checks


def ids(found: list[object]) -> list[str]:
    return [message.id for message in found]  # type: ignore[attr-defined]


def test_the_projects_own_names_lead_somewhere() -> None:
    assert checks.handlers_exist(None) == []
    assert checks.readiness_checks_exist(None) == []


def test_a_missing_handler_is_an_error(settings: Settings) -> None:
    settings.EVENT_HANDLERS = "tests.core.event_handlers"
    found = checks.handlers_exist(None)
    assert ids(found) == ["core.E001"]
    assert "tests.core.wake_up" in found[0].msg


def test_a_missing_readiness_check_is_an_error(settings: Settings) -> None:
    settings.READINESS_CHECKS = {"moon": "core.readiness.check_moon"}
    assert ids(checks.readiness_checks_exist(None)) == ["core.E002"]


def test_a_movable_clock_is_worth_a_warning(settings: Settings) -> None:
    settings.TEST_CLOCK_ENABLED = False
    assert checks.real_time(None) == []
    settings.TEST_CLOCK_ENABLED = True
    assert ids(checks.real_time(None)) == ["core.W001"]
