"""What the OpenAPI document says about every call of payments: headers, refusals, examples."""

from collections.abc import Iterable, Mapping
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers

from core.api.openapi import problem_answers
from core.problems import Problem
from credits.api.openapi import KEY, PAGE, REPLAYED, REUSED

from .examples import EXAMPLES

Shape = type[serializers.Serializer[Any]]


def operation(
    name: str,
    *,
    answers: Mapping[Any, Any],
    body: Shape | None = None,
    query: Shape | None = None,
    refusals: Iterable[Problem] = (),
    is_keyed: bool = True,
) -> dict[str, Any]:
    """Return the arguments of `extend_schema` for one call; one with a `body` that is `keyed` takes a key."""
    keyed = body is not None and is_keyed
    return {
        "operation_id": name,
        "tags": ["payments"],
        "request": body,
        "parameters": [*((KEY, REPLAYED) if keyed else ()), *((query,) if query else ())],
        "responses": {
            **{status: _with_example(shape) for status, shape in answers.items()},
            **problem_answers([*refusals, *((REUSED,) if keyed else ())]),
        },
        "examples": [] if body is None else [_example(body, request_only=True)],
    }


def listing(name: str, row: Shape, *, query: Shape | None = None) -> dict[str, Any]:
    """Return the arguments of `extend_schema` for a list that comes in pages."""
    members = {
        "results": row(many=True),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
    }
    shape = type(f"{row.__name__}Page", (serializers.Serializer,), members)
    page = {"results": [EXAMPLES[row.__name__]], "next": None, "previous": None}
    answer = OpenApiResponse(shape, examples=[OpenApiExample("page", value=page, response_only=True)])
    words = operation(name, answers={200: answer}, query=query)
    return {**words, "parameters": [*words["parameters"], *PAGE]}


def _with_example(shape: Any) -> OpenApiResponse:
    if isinstance(shape, OpenApiResponse):
        return shape
    return OpenApiResponse(shape, examples=[_example(shape, response_only=True)])


def _example(shape: Shape, **side: Any) -> OpenApiExample:
    return OpenApiExample(shape.__name__, value=EXAMPLES[shape.__name__], **side)
