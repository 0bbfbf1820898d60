"""The answers that Django gives around our views: unknown paths, defects, CSRF; and the page of problem types."""

import sys
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults
from django.views.csrf import csrf_failure as django_csrf_failure
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from core.api.problem_responses import problem_of, problem_response
from core.exceptions import BadRequest, CsrfFailed, InternalError, NotFound, PermissionDenied


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 (or 413) for what Django refuses before a view runs."""
    problem = problem_of(exception) or BadRequest()
    return defaults.bad_request(request, exception) if _wants_html(request) else problem_response(problem, request)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 for a view outside of the API."""
    if _wants_html(request):
        return defaults.permission_denied(request, exception)
    return problem_response(PermissionDenied(), request)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 for a path that nothing serves."""
    return (
        defaults.page_not_found(request, exception) if _wants_html(request) else problem_response(NotFound(), request)
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 for a database that is away and 500 for a defect; the log has the traceback, the answer has not."""
    error = sys.exc_info()[1]
    problem = (problem_of(error) if isinstance(error, Exception) else None) or InternalError()
    if _wants_html(request) and problem.status == 500:
        return defaults.server_error(request)
    return problem_response(problem, request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 for a form without its token."""
    return django_csrf_failure(request, reason) if _wants_html(request) else problem_response(CsrfFailed(), request)


@csrf_exempt
@require_safe
def problem_types(request: HttpRequest) -> HttpResponse:
    """Show docs/problems.md: what each `type` of a problem means and what to do."""
    return render(request, "core/problems.html", {"sections": _problem_sections()})


@lru_cache(maxsize=1)
def _problem_sections() -> list[tuple[str, str]]:
    """Return (heading, text) of each section of docs/problems.md."""
    text = (settings.BASE_DIR / "docs" / "problems.md").read_text(encoding="utf-8")
    sections = (section.partition("\n") for section in text.split("\n## ")[1:])
    return [(heading.strip(), body.strip()) for heading, _, body in sections]


def _wants_html(request: HttpRequest) -> bool:
    return not request.path.startswith("/api/") and "text/html" in request.headers.get("Accept", "")
