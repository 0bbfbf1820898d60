"""What the OpenAPI document says about every call of the ledger: headers, refusals, tags."""

from collections.abc import Iterable, Mapping
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from core.api.openapi import problem_answers
from core.api.pagination import DEFAULT_LIMIT, MAX_LIMIT

Serializer = type[serializers.Serializer[Any]]
Words = dict[str, Any]

KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="1 to 255 visible ASCII characters, of your choice. A repetition with the same key has one effect and"
    " the first answer; another request with the same key is refused with 422.",
)
REPLAYED = OpenApiParameter(
    "Idempotency-Replayed",
    {"type": "string", "enum": ["true"]},
    OpenApiParameter.HEADER,
    response=[201],
    description="Sent when the key was used before: nothing was done again.",
)
PAGE = (
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}),
    OpenApiParameter("cursor", OpenApiTypes.STR, description="From `next` or `previous` of a page."),
)


def operation(
    name: str,
    *,
    answers: Mapping[Any, Any],
    body: Serializer | None = None,
    query: Serializer | None = None,
    refusals: Iterable[int] = (),
    posts: bool = True,
) -> Words:
    """Return the arguments of `extend_schema` for one call; one with a `body` that `posts` takes an idempotency key."""
    keyed = body is not None and posts
    statuses = {400, 401, 403, *refusals, *((422,) if keyed else ())}
    replayable = keyed and 201 in answers
    return {
        "operation_id": name,
        "tags": ["credits"],
        "request": body,
        "parameters": [*((KEY,) if keyed else ()), *((REPLAYED,) if replayable else ()), *((query,) if query else ())],
        "responses": {**answers, **problem_answers(statuses)},
    }


def listing(
    name: str, row: Serializer, *, query: Serializer | None = None, other: Mapping[str, Any] | None = None
) -> Words:
    """Return the arguments of `extend_schema` for a list that comes in pages, or in `other` media types."""
    answers = {(200, media_type): shape for media_type, shape in (other or {}).items()}
    words = operation(
        name, answers={(200, "application/json"): _page_shape(row), **answers}, query=query, refusals=(404,)
    )
    return {**words, "parameters": [*words["parameters"], *PAGE]}


def _page_shape(row: Serializer) -> OpenApiResponse:
    members = {
        "results": row(many=True),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
    }
    return OpenApiResponse(type(f"{row.__name__}Page", (serializers.Serializer,), members))
