"""What the OpenAPI document says about the calls of subscriptions."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers

from core.api.openapi import problem_answers
from core.problems import Problem
from credits.api.openapi import KEY, PAGE, REPLAYED, REUSED
from payments.exceptions import ProviderUnknown

from .. import exceptions as refused
from .examples import EXAMPLES

Shape = type[serializers.Serializer[Any]]
Words = dict[str, Any]

NO_PLAN, NO_SUBSCRIPTION, NO_ALLOWANCE = (
    refused.PlanNotFound(),
    refused.SubscriptionNotFound(),
    refused.AllowanceNotFound(),
)
PLAN_EXISTS, RULE_EXISTS, NOT_OFFERED = refused.PlanExists(), refused.AllowanceExists(), refused.PlanNotOffered()
IN_USE = refused.PlanInUse("2 subscriptions run on this plan; move or end them first.", subscriptions=2)
SUBSCRIBED = refused.AlreadySubscribed(
    "The wallet has a running subscription of this family; change that one, or end it first.",
    subscription="019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7b01",
)
WRONG_STATE = refused.SubscriptionStateConflict(
    "The subscription is ended; possible from there: nothing.", subscription_status="ended"
)
NO_PROVIDER = ProviderUnknown()
NO_CHANGE = refused.ChangeNotPossible("The subscription is on these terms already; name another plan.")


def operation(
    name: str,
    *,
    answers: Mapping[int, Shape | None],
    body: Shape | None = None,
    query: Shape | None = None,
    refusals: Iterable[Problem] = (),
    is_keyed: bool = True,
) -> Words:
    """Return the arguments of `extend_schema` for one call; one with a `body` takes an idempotency key."""
    keyed = body is not None and is_keyed
    return {
        "operation_id": name,
        "tags": ["subscriptions"],
        "request": body,
        "parameters": [*((KEY, REPLAYED) if keyed else ()), *((query,) if query else ())],
        "responses": {
            **{status: _with_example(shape) for status, shape in answers.items()},
            **problem_answers([*refusals, *((REUSED,) if keyed else ())]),
        },
        "examples": [OpenApiExample("request", value=EXAMPLES[body.__name__], request_only=True)] if body else [],
    }


def listing(name: str, row: Shape, *, query: Shape | None = None, refusals: Iterable[Problem] = ()) -> Words:
    """Return the arguments of `extend_schema` for a list that comes in pages."""
    words = operation(name, answers={}, query=query, refusals=refusals)
    words["responses"][200] = _page_of(row)
    return {**words, "parameters": [*words["parameters"], *PAGE]}


@lru_cache
def _page_of(row: Shape) -> OpenApiResponse:
    members = {
        "results": row(many=True),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
    }
    page = {"results": [EXAMPLES[row.__name__]], "next": None, "previous": None}
    shape = type(f"{row.__name__}Page", (serializers.Serializer,), members)
    return OpenApiResponse(shape, examples=[OpenApiExample("page", value=page, response_only=True)])


def _with_example(shape: Shape | None) -> OpenApiResponse:
    if shape is None:
        return OpenApiResponse(None)
    example = OpenApiExample("answer", value=EXAMPLES[shape.__name__], response_only=True)
    return OpenApiResponse(shape, examples=[example])
