"""What the OpenAPI document says about every call: the request's id, and that each refusal is a problem."""

from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from core import exceptions
from core.api.problem_responses import MEDIA_TYPE, problem_body
from core.problems import Problem

REQUEST_ID = {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$", "examples": ["order-4711"]}
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
PROBLEM_REFERENCE = {"$ref": "#/components/schemas/Problem"}
RETRY_AFTER = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
LIMIT_FIELDS: dict[str, dict[str, Any]] = {
    "RateLimit-Policy": {
        "description": "The limits of this call: `q` calls in `w` seconds each (draft-ietf-httpapi-ratelimit-headers).",
        "schema": {"type": "string", "examples": ['"registrations";q=30;w=3600']},
    },
    "RateLimit": {
        "description": "What is left of each limit: `r` calls now, and more in `t` seconds.",
        "schema": {"type": "string", "examples": ['"registrations";r=29;t=1380']},
    },
}
# For `extend_schema(parameters=...)` of a call that announces its limits.
LIMITS = tuple(
    OpenApiParameter(name, field["schema"], OpenApiParameter.HEADER, description=field["description"], response=True)
    for name, field in LIMIT_FIELDS.items()
)

OF_EVERY_CALL: tuple[Problem, ...] = (
    exceptions.ValidationFailed([("amount", "An amount must be more than zero.")]),
    exceptions.Throttled(),
    exceptions.Unavailable(),
)
OF_CALLS_WITH_CREDENTIALS: tuple[Problem, ...] = (exceptions.NotAuthenticated(), exceptions.PermissionDenied())
USUAL: dict[int, Problem] = {
    problem.status: problem
    for problem in (
        *OF_EVERY_CALL,
        *OF_CALLS_WITH_CREDENTIALS,
        exceptions.NotFound(),
        exceptions.SchemaBreaksRows(),
        exceptions.KeyReused(),
    )
}
# Outside of the views that the generator sees.
PROBES = {
    "/healthz": "Tell whether the process answers.",
    "/readyz": "Tell whether database, cache, broker, migrations and triggers are ready; 503 names what is not.",
}


class OnceGenerator(SchemaGenerator):
    """Generate the document once in a process: it takes a second, and nobody needs credentials to ask for it."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        """Return the document."""
        return _document()


@lru_cache(maxsize=1)
def _document() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


def problem_answers(refusals: Iterable[int | Problem]) -> dict[tuple[int, str], OpenApiResponse]:
    """Return these refusals for `extend_schema(responses=...)`: an example each, or a status with a usual one."""
    by_status: dict[int, list[Problem]] = {}
    for refusal in refusals:
        problem = USUAL[refusal] if isinstance(refusal, int) else refusal
        by_status.setdefault(problem.status, []).append(problem)
    return {(status, MEDIA_TYPE): _answer(status, found) for status, found in sorted(by_status.items())}


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add what all calls have: the request's id both ways, and a problem for each refusal that they don't name."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["parameters"] = {"RequestId": {"name": "X-Request-Id", "in": "header", "schema": REQUEST_ID}}
    components["headers"] = {"RequestId": {"description": "The id of this request.", "schema": REQUEST_ID}}
    common = (*OF_EVERY_CALL, *OF_CALLS_WITH_CREDENTIALS)
    components["responses"] = {problem.code: _common(problem) for problem in common}
    result["paths"] |= {path: {"get": _probe(path, text)} for path, text in PROBES.items()}
    for call in (call for calls in result["paths"].values() for call in calls.values()):
        _complete_call(call)
    return result


def _complete_call(call: dict[str, Any]) -> None:
    call.setdefault("parameters", []).append({"$ref": "#/components/parameters/RequestId"})
    anonymous = {} in call.get("security", [{}])
    for problem in OF_EVERY_CALL if anonymous else (*OF_EVERY_CALL, *OF_CALLS_WITH_CREDENTIALS):
        call["responses"].setdefault(str(problem.status), {"$ref": f"#/components/responses/{problem.code}"})
    any_other = {"description": "Any other refusal.", "content": {MEDIA_TYPE: {"schema": PROBLEM_REFERENCE}}}
    call["responses"].setdefault("default", any_other)
    for answer in call["responses"].values():
        if "$ref" not in answer:
            answer.setdefault("headers", {})["X-Request-Id"] = {"$ref": "#/components/headers/RequestId"}


def _common(problem: Problem) -> dict[str, Any]:
    headers: dict[str, Any] = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}
    if problem.status in (429, 503):
        headers["Retry-After"] = RETRY_AFTER
    if problem.status == 429:
        headers |= LIMIT_FIELDS
    content = {"schema": PROBLEM_REFERENCE, "examples": {problem.code: {"value": _example(problem)}}}
    return {"description": problem.title, "headers": headers, "content": {MEDIA_TYPE: content}}


def _answer(status: int, problems: Iterable[Problem]) -> OpenApiResponse:
    examples = [
        OpenApiExample(problem.code, value=_example(problem), media_type=MEDIA_TYPE, response_only=True)
        for problem in problems
    ]
    return OpenApiResponse(PROBLEM_REFERENCE, description=HTTPStatus(status).phrase, examples=examples)


def _example(problem: Problem) -> dict[str, Any]:
    return problem_body(problem, "/api/v1/wallets/ada")


def _probe(path: str, text: str) -> dict[str, Any]:
    shape = {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}
    answer = {"description": "", "content": {"application/json": {"schema": shape, "example": {"status": "ok"}}}}
    return {"operationId": path[1:], "description": text, "tags": ["operations"], "responses": {"200": answer}}
