"""What the OpenAPI document says about the calls of promos."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers

from core.api.openapi import problem_answers
from core.api.shapes import Shape
from core.problems import Problem
from credits.api.openapi import KEY, NO_WALLET, PAGE, REPLAYED, REUSED, TOO_LARGE

from .. import exceptions
from .examples import BODIES

Body = type[serializers.Serializer[Any]]
Words = dict[str, Any]

NO_CODE = exceptions.CodeUnknown()
REFUSED = (*(refusal() for refusal in exceptions.REFUSALS), NO_WALLET, TOO_LARGE)


def operation(
    name: str,
    *,
    answers: Mapping[int, type[Shape]],
    body: Body | None = None,
    query: Body | None = None,
    refusals: Iterable[int | Problem] = (),
    is_keyed: bool = False,
) -> Words:
    """Return the arguments of `extend_schema` for one call; one that `is_keyed` takes an idempotency key."""
    parameters = [*((KEY, REPLAYED) if is_keyed else ()), *((query,) if query else ())]
    return {
        "operation_id": name,
        "tags": ["promos"],
        "request": body,
        "parameters": parameters,
        "responses": {
            **{status: _with_example(shape) for status, shape in answers.items()},
            **problem_answers([*refusals, *((REUSED,) if is_keyed else ())]),
        },
        "examples": [OpenApiExample("request", value=BODIES[body.__name__], request_only=True)] if body else [],
    }


def listing(name: str, row: type[Shape], *, query: Body | None = None, refusals: Iterable[Problem] = ()) -> Words:
    """Return the arguments of `extend_schema` for a list that comes in pages."""
    words = operation(name, answers={}, query=query, refusals=refusals)
    words["responses"][200] = _page_of(row)
    return {**words, "parameters": [*words["parameters"], *PAGE]}


def csv_file(name: str, example: str) -> Words:
    """Return the arguments of `extend_schema` for a file of codes."""
    words = operation(name, answers={}, refusals=(404,))
    shown = OpenApiExample("file", value=example, media_type="text/csv", response_only=True)
    return {**words, "responses": {(200, "text/csv"): OpenApiResponse(str, examples=[shown]), **words["responses"]}}


@lru_cache
def _page_of(row: type[Shape]) -> OpenApiResponse:
    members = {
        "results": row(many=True),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
    }
    page = {"results": [row.example()], "next": None, "previous": None}
    shape = type(f"{row.__name__}Page", (serializers.Serializer,), members)
    return OpenApiResponse(shape, examples=[OpenApiExample("page", value=page, response_only=True)])


def _with_example(shape: type[Shape]) -> OpenApiResponse:
    return OpenApiResponse(shape, examples=[OpenApiExample("answer", value=shape.example(), response_only=True)])
