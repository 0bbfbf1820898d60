"""Structured logs: one JSON object a line, with the request's id and without secrets."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from core import request_ids

REDACTED = "[redacted]"
_SECRET_NAME = re.compile(
    r"authori[sz]ation|passw|secret|token|cookie|credential|signature|api[-_]?key|^key$|_key$|^(access|refresh)$", re.I
)
# The line of the request says what Django would say again; the tasks that sweep would fill a line a second.
_QUIETER = {
    "django.request": "ERROR",
    "django.server": "ERROR",
    "django_celery_beat": "WARNING",
    "celery": "WARNING",
    "kombu": "ERROR",
}
_HARMLESS_NAMES = frozenset({"idempotency_key", "primary_key"})
_SECRET_TEXT = re.compile(
    r"(?P<scheme>\b(?:Bearer|Api-Key|Basic)\s+)\S+"
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"
    r"|(?P<name>(?:passw\w*|secret|token|api[-_]?key)[\"']?\s*[=:]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s,;&}]+)",
    re.I,
)


def get_logger(name: str) -> Any:
    """Return a logger whose calls are `log.info("noun_participle", member=value)`."""
    return structlog.get_logger(name)


def configure() -> None:
    """Send structlog's events through the standard library, where the handlers of LOGGING take them."""
    structlog.configure(
        processors=[*_COMMON, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def logging_settings(level: str, *, readable: bool = False) -> dict[str, Any]:
    """Return the value of LOGGING: every logger writes JSON lines, or readable ones, to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "core.logs.formatter", "readable": readable}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {name: {"level": level} for name, level in _QUIETER.items()},
    }


def formatter(*, readable: bool = False) -> structlog.stdlib.ProcessorFormatter:
    """Return the formatter of every line, also of those that libraries write."""
    json_lines = structlog.processors.JSONRenderer(default=str)
    plain_lines = structlog.dev.ConsoleRenderer(
        colors=False, timestamp_key="at", exception_formatter=structlog.dev.plain_traceback
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_COMMON],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            *([show_controls, plain_lines] if readable else [json_lines]),
        ],
    )


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace what is a secret by its name or by its looks, however deep."""
    return {name: _clean(name, value) for name, value in event.items()}


def show_controls(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Write control characters as escapes: a terminal would obey them, and a line break would forge a line."""
    return {name: _shown(name, value) if isinstance(value, str) else value for name, value in event.items()}


def _shown(name: str, text: str) -> str:
    kept = "\n\t" if name in ("exception", "stack") else ""
    return "".join(
        sign if sign.isprintable() or sign in kept else sign.encode("unicode_escape").decode() for sign in text
    )


def _clean(name: object, value: Any) -> Any:
    if isinstance(name, str) and name not in _HARMLESS_NAMES and _SECRET_NAME.search(name):
        return REDACTED
    if isinstance(value, Mapping):
        return {key: _clean(key, child) for key, child in value.items()}
    if isinstance(value, list | tuple | set):
        return [_clean("", child) for child in value]
    if isinstance(value, int | float | None):
        return value
    return _SECRET_TEXT.sub(_hide, str(value))


def _hide(match: re.Match[str]) -> str:
    return f"{match['scheme'] or match['name'] or ''}{REDACTED}"


def _add_request_id(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if current := request_ids.current():
        event["request_id"] = current
    return event


_COMMON: tuple[Any, ...] = (
    structlog.contextvars.merge_contextvars,
    _add_request_id,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
)
