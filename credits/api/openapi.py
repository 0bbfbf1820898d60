"""What the OpenAPI document says about every call of the ledger: headers, refusals, examples."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from core.api.openapi import problem_answers
from core.api.pagination import DEFAULT_LIMIT, MAX_LIMIT
from core.api.shapes import Shape
from core.exceptions import KeyReused
from core.problems import Problem

from ..exceptions import (
    BalanceTooLarge,
    EntryNotFound,
    GrantNotFound,
    HoldNotActive,
    HoldNotFound,
    InsufficientCredits,
    NotYourHold,
    WalletFrozen,
    WalletNotFound,
)
from .examples import BODIES

Body = type[serializers.Serializer[Any]]
Words = dict[str, Any]
Described = TypeVar("Described", bound=Callable[..., Any])
Describe = Callable[[Described], Described]

KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    OpenApiParameter.HEADER,
    description="Of your choice. A repetition with the same key has one effect and the first answer; another request"
    " with the same key is refused with 422.",
    examples=[OpenApiExample("key", value="request-4711", parameter_only=("Idempotency-Key", "header"))],
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

TOO_LITTLE = InsufficientCredits(
    "7 credits are required and 6 are available; add at least 1, or ask for less.",
    required="7",
    available="6",
    held="4",
    balance="10",
    expiring=[{"amount": "6", "expires_at": "2026-12-01T00:00:00Z"}],
    refusal="019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a11",
)
FROZEN = WalletFrozen("An operator froze this wallet; ask support to unfreeze it.")
TOO_LARGE = BalanceTooLarge("The wallet would pass the largest balance of 1,000,000,000; grant less.")
REUSED = KeyReused("This key was used for another request; send a new request under a new key.")
NO_WALLET, NO_GRANT, NO_HOLD, NO_ENTRY = WalletNotFound(), GrantNotFound(), HoldNotFound(), EntryNotFound()
HOLD_ENDED = HoldNotActive(
    "The hold was released at 2026-11-21T09:30:00.000000Z; place a new one.",
    hold_status="released",
    ended_at="2026-11-21T09:30:00Z",
)
NOT_YOURS = NotYourHold("Only who placed a hold, or a service, may change it.")


def operation(
    name: str,
    *,
    answers: Mapping[Any, Any],
    body: Body | None = None,
    query: Body | None = None,
    refusals: Iterable[Problem] = (),
    posts: bool = True,
    parameters: Iterable[OpenApiParameter] = (),
    description: str | None = None,
) -> Describe[Any]:
    """Describe one call of a view; one with a `body` that `posts` takes an idempotency key."""
    keyed = body is not None and posts
    replayable = keyed and 201 in answers
    return extend_schema(
        operation_id=name,
        tags=["credits"],
        description=description,
        request=body,
        parameters=[
            *((KEY,) if keyed else ()),
            *((REPLAYED,) if replayable else ()),
            *((query,) if query else ()),
            *parameters,
        ],
        responses={
            **{status: _with_example(shape) for status, shape in answers.items()},
            **problem_answers([*refusals, *((REUSED,) if keyed else ())]),
        },
        examples=[OpenApiExample(body.__name__, value=BODIES[body.__name__], request_only=True)] if body else [],
    )


def posts(
    name: str, body: Body, shape: type[Shape], *refusals: Problem, description: str | None = None
) -> Describe[Any]:
    """Describe a call that posts, and answers with this shape."""
    return operation(name, answers={201: shape}, body=body, refusals=refusals, description=description)


def shows(
    name: str, shape: type[Shape], *refusals: Problem, query: Body | None = None, body: Body | None = None
) -> Describe[Any]:
    """Describe a call that posts nothing, and answers with this shape."""
    return operation(name, answers={200: shape}, query=query, body=body, refusals=refusals, posts=False)


def listing(
    name: str,
    row: type[Shape],
    *,
    query: Body | None = None,
    other: Mapping[str, Callable[[Words], str]] | None = None,
    refusals: Iterable[Problem] = (NO_WALLET,),
) -> Describe[Any]:
    """Describe a list in pages, or in `other` media types, of which each function makes an example of a row."""
    answers = {(200, kind): _text(kind, write(row.example())) for kind, write in (other or {}).items()}
    answers[200, "application/json"] = _page_of(row)
    return operation(name, answers=answers, query=query, refusals=refusals, parameters=PAGE)


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


def _text(media_type: str, example: str) -> OpenApiResponse:
    shown = OpenApiExample("text", value=example, media_type=media_type, response_only=True)
    return OpenApiResponse(OpenApiTypes.STR, examples=[shown])


def _with_example(shape: Any) -> OpenApiResponse:
    if isinstance(shape, OpenApiResponse):
        return shape
    return OpenApiResponse(shape, examples=[OpenApiExample(shape.__name__, value=shape.example(), response_only=True)])
