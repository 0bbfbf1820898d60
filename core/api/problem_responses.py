"""Every error as `application/problem+json` (RFC 9457), for views of the API and for what fails around them."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import set_rollback

from core import exceptions, logs
from core.amounts import format_micros, to_micros
from core.problems import Problem

MEDIA_TYPE = "application/problem+json"
log = logs.get_logger(__name__)


def handle_exception(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer for an exception in a view of the API; None leaves a defect to `handler500`."""
    problem = problem_of(error)
    if problem is None:
        return None
    set_rollback()
    headers = {**_challenge(problem, context), **problem.headers}
    body = problem_body(problem, context["request"].path)
    return Response(body, status=problem.status, headers=headers, content_type=MEDIA_TYPE)


def problem_response(problem: Problem, request: HttpRequest) -> HttpResponse:
    """Return the answer for a problem outside of the views of the API."""
    body = json.dumps(problem_body(problem, request.path), cls=JSONEncoder)
    return HttpResponse(body, status=problem.status, headers=problem.headers, content_type=MEDIA_TYPE)


def problem_body(problem: Problem, path: str) -> dict[str, Any]:
    """Return the members of a problem; `path` is its `instance`."""
    return {
        "type": problem.type_link(),
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "instance": path,
        **{name: _on_the_wire(value) for name, value in problem.members.items()},
    }


def problem_of(error: Exception) -> Problem | None:
    """Return the problem that an exception stands for; None means a defect of ours."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, drf.ValidationError):
        return exceptions.ValidationFailed(_flatten(error.detail))
    if isinstance(error, DjangoValidationError):
        return exceptions.ValidationFailed(_django_errors(error))
    if isinstance(error, drf.Throttled):
        return _throttled(error)
    if isinstance(error, OperationalError | InterfaceError):
        return unavailable(error)
    return next((problem() for kind, problem in _SIMPLE if isinstance(error, kind)), None)


def unavailable(error: Exception) -> Problem | None:
    """Return a 503 for a database that is locked, slow or gone; None for a statement that is wrong."""
    text = str(error).lower()
    if text.startswith(("no such", "near ", "(1054", "(1146")):
        return None
    log.error("database_unavailable", exc_info=error)
    return exceptions.Unavailable()


_SIMPLE: tuple[tuple[type[Exception], type[Problem]], ...] = (
    (drf.NotAuthenticated, exceptions.NotAuthenticated),
    (drf.AuthenticationFailed, exceptions.AuthenticationFailed),
    (drf.PermissionDenied, exceptions.PermissionDenied),
    (DjangoPermissionDenied, exceptions.PermissionDenied),
    (drf.NotFound, exceptions.NotFound),
    (Http404, exceptions.NotFound),
    (drf.MethodNotAllowed, exceptions.MethodNotAllowed),
    (drf.NotAcceptable, exceptions.NotAcceptable),
    (drf.UnsupportedMediaType, exceptions.UnsupportedMediaType),
    (RequestDataTooBig, exceptions.BodyTooLarge),
    (SuspiciousOperation, exceptions.BadRequest),
    (drf.ParseError, exceptions.BadRequest),
)


def _challenge(problem: Problem, context: Mapping[str, Any]) -> dict[str, str]:
    """Return WWW-Authenticate, which every 401 carries (RFC 9110), as the view's authenticators name it."""
    if problem.status != 401:
        return {}
    return {"WWW-Authenticate": context["view"].get_authenticate_header(context["request"]) or "Bearer"}


def _throttled(error: drf.Throttled) -> Problem:
    seconds = max(1, int(getattr(error, "wait", None) or 1))
    problem: Problem = exceptions.Throttled(f"Wait {seconds} seconds, then send the request again.")
    problem.headers["Retry-After"] = str(seconds)
    return problem


def _flatten(detail: Any, path: str = "") -> list[tuple[str, str]]:
    """Return (dotted path, text) for each leaf of DRF's nested errors."""
    if isinstance(detail, dict):
        pairs = [(path if name == "non_field_errors" else _join(path, name), child) for name, child in detail.items()]
    elif isinstance(detail, list):
        nested = any(isinstance(child, dict | list) for child in detail)
        pairs = [(_join(path, index) if nested else path, child) for index, child in enumerate(detail)]
    else:
        return [(path, str(detail))]
    return [leaf for child_path, child in pairs for leaf in _flatten(child, child_path)]


def _join(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def _django_errors(error: DjangoValidationError) -> list[tuple[str, str]]:
    if not hasattr(error, "error_dict"):
        return [("", message) for message in error.messages]
    fields = error.message_dict.items()
    return [("" if field == "__all__" else field, text) for field, texts in fields for text in texts]


def _on_the_wire(value: object) -> object:
    """Return a member with its amounts as canonical texts."""
    if isinstance(value, Decimal):
        return format_micros(to_micros(value))
    if isinstance(value, Mapping):
        return {name: _on_the_wire(child) for name, child in value.items()}
    return [_on_the_wire(child) for child in value] if isinstance(value, list | tuple) else value
