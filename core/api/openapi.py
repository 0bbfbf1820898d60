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
REQUEST_ID_HEADER = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}
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
    exceptions.MethodNotAllowed(),
    exceptions.NotAcceptable(),
    exceptions.Throttled(),
    exceptions.Unavailable(),
)
OF_CALLS_WITH_BODY: tuple[Problem, ...] = (exceptions.BodyTooLarge(), exceptions.UnsupportedMediaType())
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
# Outside of the views that the generator sees: what each tells, and how it refuses.
PROBES: dict[str, tuple[str, tuple[Problem, ...]]] = {
    "/healthz": ("Tell whether the process answers.", ()),
    "/readyz": (
        "Tell whether database, cache, broker, migrations and triggers are ready; 503 names what is not.",
        (exceptions.ServiceNotReady(failed={"broker": "It does not answer; the log says why."}),),
    ),
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
    common = (*OF_EVERY_CALL, *OF_CALLS_WITH_CREDENTIALS, *OF_CALLS_WITH_BODY)
    components["responses"] = {problem.code: _common(problem) for problem in common}
    for call in (call for calls in result["paths"].values() for call in calls.values()):
        _complete_call(call)
    result["paths"] |= {path: {"get": _probe(path)} for path in PROBES}
    return result


def _complete_call(call: dict[str, Any]) -> None:
    call.setdefault("parameters", []).append({"$ref": "#/components/parameters/RequestId"})
    with_credentials = {} not in call.get("security", [{}])
    for problem in (
        *OF_EVERY_CALL,
        *(OF_CALLS_WITH_CREDENTIALS if with_credentials else ()),
        *(OF_CALLS_WITH_BODY if "requestBody" in call else ()),
    ):
        call["responses"].setdefault(str(problem.status), {"$ref": f"#/components/responses/{problem.code}"})
    any_other = {"description": "Any other refusal.", "content": {MEDIA_TYPE: {"schema": PROBLEM_REFERENCE}}}
    call["responses"].setdefault("default", any_other)
    for answer in call["responses"].values():
        if "$ref" not in answer:
            answer.setdefault("headers", {}).update(REQUEST_ID_HEADER)


def _common(problem: Problem, path: str = "/api/v1/wallets/ada") -> dict[str, Any]:
    headers: dict[str, Any] = {**REQUEST_ID_HEADER}
    if problem.status in (429, 503):
        headers["Retry-After"] = RETRY_AFTER
    if problem.status == 429:
        headers |= LIMIT_FIELDS
    content = {"schema": PROBLEM_REFERENCE, "examples": {problem.code: {"value": problem_body(problem, path)}}}
    return {"description": problem.title, "headers": headers, "content": {MEDIA_TYPE: content}}


def _answer(status: int, problems: Iterable[Problem]) -> OpenApiResponse:
    examples = [
        OpenApiExample(problem.code, value=_example(problem), media_type=MEDIA_TYPE, response_only=True)
        for problem in problems
    ]
    return OpenApiResponse(PROBLEM_REFERENCE, description=HTTPStatus(status).phrase, examples=examples)


def _example(problem: Problem) -> dict[str, Any]:
    return problem_body(problem, "/api/v1/wallets/ada")


def _probe(path: str) -> dict[str, Any]:
    text, refusals = PROBES[path]
    shape = {"type": "object", "required": ["status"], "properties": {"status": {"const": "ok"}}}
    content = {"application/json": {"schema": shape, "example": {"status": "ok"}}}
    answers = {"200": {"description": "", "headers": REQUEST_ID_HEADER, "content": content}}
    answers |= {str(problem.status): _common(problem, path) for problem in refusals}
    parameters = [{"$ref": "#/components/parameters/RequestId"}]
    words = {"operationId": path[1:], "description": text, "tags": ["operations"]}
    return {**words, "parameters": parameters, "responses": answers}
