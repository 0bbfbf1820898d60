"""What the OpenAPI document says about the calls of usage."""

from collections.abc import Iterable, Mapping
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, PolymorphicProxySerializer
from rest_framework import serializers

from core.api.openapi import problem_answers
from core.problems import Problem
from credits.api.openapi import KEY, PAGE, REPLAYED, REUSED

from ..exceptions import BudgetExceeded, BudgetNotFound, ModelUnknown, QuantityUnpriced, RateExists, RateNotFound
from .examples import EXAMPLES

Shape = type[serializers.Serializer[Any]]
Words = dict[str, Any]

UNKNOWN = ModelUnknown("No rate is in force for gpt-5; add one, or correct the name.", model="gpt-5")
UNPRICED = QuantityUnpriced(
    "The rate of gpt-4o has no price for images; add a version of the rate that has one.",
    rate="019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7b01",
    quantity="images",
)
OVER = BudgetExceeded(
    "7.2 credits are required and the budget leaves 5; ask for less, wait until the window changes, or have the budget "
    "raised.",
    budget="019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7b03",
    window="day",
    limit="50",
    consumed="45",
    held="0",
    required="7.2",
    resets_at="2026-11-22T00:00:00Z",
)
NO_RATE, NO_BUDGET, RACED = RateNotFound(), BudgetNotFound(), RateExists()


def operation(
    name: str,
    *,
    answers: Mapping[int, Shape | tuple[Shape, Shape] | None],
    body: Shape | tuple[Shape, Shape] | None = None,
    query: Shape | None = None,
    refusals: Iterable[Problem] = (),
    keyed: bool = False,
) -> Words:
    """Return the arguments of `extend_schema`; a pair of shapes stands for the one or the other."""
    return {
        "operation_id": name,
        "tags": ["usage"],
        "request": None if body is None else _either(body, f"{name}_body"),
        "parameters": [*((KEY, REPLAYED) if keyed else ()), *((query,) if query else ())],
        "responses": {
            **{status: _answer(shape, name) for status, shape in answers.items()},
            **problem_answers([*refusals, *((REUSED,) if keyed else ())]),
        },
        "examples": [] if body is None else _examples(body, request_only=True),
    }


def listing(name: str, row: Shape, *, query: Shape | None = None, refusals: Iterable[Problem] = ()) -> Words:
    """Return the arguments of `extend_schema` for a list that comes in pages."""
    members = {
        "results": row(many=True),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
    }
    page = {"results": [EXAMPLES[row.__name__]], "next": None, "previous": None}
    shape = type(f"{row.__name__}Page", (serializers.Serializer,), members)
    words = operation(name, answers={}, query=query, refusals=refusals)
    words["responses"][200] = OpenApiResponse(shape, examples=[OpenApiExample("page", value=page, response_only=True)])
    return {**words, "parameters": [*words["parameters"], *PAGE]}


def _answer(shape: Shape | tuple[Shape, Shape] | None, name: str) -> OpenApiResponse:
    if shape is None:
        return OpenApiResponse(None)
    return OpenApiResponse(_either(shape, f"{name}_answer"), examples=_examples(shape, response_only=True))


def _either(shape: Shape | tuple[Shape, Shape], name: str) -> Any:
    if not isinstance(shape, tuple):
        return shape
    component = "".join(word.capitalize() for word in name.split("_"))
    return PolymorphicProxySerializer(component, list(shape), resource_type_field_name=None)


def _examples(shape: Shape | tuple[Shape, Shape], **side: Any) -> list[OpenApiExample]:
    shapes = shape if isinstance(shape, tuple) else (shape,)
    return [OpenApiExample(one.__name__, value=EXAMPLES[one.__name__], **side) for one in shapes]
