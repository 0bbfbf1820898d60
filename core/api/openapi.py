"""What the OpenAPI document says about every call: the request's id, and that each refusal is a problem."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse

from core import exceptions
from core.api.problem_responses import MEDIA_TYPE, problem_body
from core.problems import Problem

REQUEST_ID = {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457. Decide by `code`; `type` links to what it means, `detail` says what to do next.",
    "required": ["type", "title", "status", "detail", "code", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "pattern": "^[a-z_]+$"},
        "instance": {"type": "string", "format": "uri-reference"},
        "errors": {
            "type": "array",
            "description": "Of `validation_failed`: what is wrong with which member.",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
    "additionalProperties": True,
}
EXAMPLES: dict[int, Problem] = {
    400: exceptions.ValidationFailed([("amount", "An amount must be more than zero.")]),
    401: exceptions.NotAuthenticated(),
    403: exceptions.PermissionDenied(),
    404: exceptions.NotFound(),
    422: exceptions.KeyReused(),
}


def problem_answers(statuses: Iterable[int]) -> dict[tuple[int, str], OpenApiResponse]:
    """Return the refusals for `extend_schema(responses=...)`; those without an example here name a status only."""
    return {(status, MEDIA_TYPE): _answer(status) for status in sorted(statuses)}


def add_example(problem: Problem) -> None:
    """Let an app above show one of its own problems as the example of its status."""
    EXAMPLES[problem.status] = problem


def _answer(status: int) -> OpenApiResponse:
    examples = []
    if problem := EXAMPLES.get(status):
        body = problem_body(problem, "/api/v1/…")
        examples = [OpenApiExample(problem.code, value=body, media_type=MEDIA_TYPE, response_only=True)]
    return OpenApiResponse(PROBLEM_REFERENCE, description=HTTPStatus(status).phrase, examples=examples)


PROBLEM_REFERENCE = {"$ref": "#/components/schemas/Problem"}


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add to each call what all have: the request's id both ways, and a problem for every refusal not named."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    header = {"description": "The id of this request in our records: yours, if you sent one.", "schema": REQUEST_ID}
    parameter = {"name": "X-Request-Id", "in": "header", "description": "Your own id of this request."}
    for calls in result["paths"].values():
        for call in calls.values():
            call.setdefault("parameters", []).append({**parameter, "schema": REQUEST_ID})
            refusal = {"description": "Any other refusal.", "content": {MEDIA_TYPE: {"schema": PROBLEM_REFERENCE}}}
            call["responses"].setdefault("default", refusal)
            for answer in call["responses"].values():
                answer.setdefault("headers", {})["X-Request-Id"] = header
    return result
