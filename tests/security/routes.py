"""The routes of the project, from its URL map."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("get", "post", "put", "patch", "delete")
BASE = "api/v1/"
# The admin has its own ways; tests beside this table look at it.
OTHER = ("admin/", "static/")
PROBES = ("healthz", "readyz")
# For browsers, not for programs.
PAGES = ("problems", "api", "unsubscribe", "checkout", "sandbox")
AT_ROOT = (*PROBES, *PAGES)


def routes() -> list[tuple[str, str]]:
    """Return each method and route of the project; those of the API without its base path."""
    found = []
    for route, view in _walk(get_resolver().url_patterns, ""):
        if not route.startswith(OTHER):
            found += [(method, route.removeprefix(BASE)) for method in _methods(view)]
    return sorted(found)


def url(route: str, arguments: dict[str, str]) -> str:
    """Return the path of a route, with its parameters filled."""
    filled = re.sub(r"<\w+:(\w+)>", lambda match: arguments[match[1]], route)
    at_root = route.split("/")[0] in AT_ROOT
    return f"/{filled}" if at_root else f"/{BASE}{filled}"


def _walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


def _methods(view: Any) -> list[str]:
    kind = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if kind is None:
        return ["GET"]
    return [method.upper() for method in METHODS if hasattr(kind, method)]
