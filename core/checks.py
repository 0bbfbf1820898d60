"""System checks: a dotted name in the settings that leads nowhere is found before anything runs."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.utils.module_loading import import_string

from core import handlers


@register()
def handlers_exist(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Report what the page of event handlers names and is not there."""
    names = set().union(*map(handlers.listed, handlers.TABLES))
    return _missing(names, settings.EVENT_HANDLERS, "core.E001")


@register()
def readiness_checks_exist(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Report readiness checks that are not there."""
    return _missing(settings.READINESS_CHECKS.values(), "READINESS_CHECKS", "core.E002")


@register(Tags.security, deploy=True)
def real_time(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Warn of a clock that callers can move."""
    if not settings.TEST_CLOCK_ENABLED:
        return []
    hint = "Leave TEST_CLOCK_ENABLED False: whoever has the scope admin can expire every grant with it."
    return [Warning("Callers can move the clock.", hint=hint, id="core.W001")]


def _missing(names: Iterable[str], place: str, code: str) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for name in sorted(names):
        try:
            import_string(name)
        except ImportError as error:
            found.append(Error(f"{place} names {name}: {error}", hint="Correct the dotted name.", id=code))
    return found
