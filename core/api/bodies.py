"""Reading the body of a request: strict members, and no query beside it."""

from functools import lru_cache
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from core.api.queries import read_query

Body = type[serializers.Serializer[Any]]


def read_body(request: Request, kind: Body) -> dict[str, Any]:
    """Return the validated members of a body; raises ValidationError, and ValidationFailed for a query parameter."""
    if request.META.get("QUERY_STRING"):
        read_query(request)
    return validated(kind, request.data)


def validated(kind: Body, data: Any) -> dict[str, Any]:
    """Return the validated members of a part of a body; raises ValidationError."""
    return dict(_reader(kind).run_validation(data))


@lru_cache
def _reader(kind: Body) -> serializers.Serializer[Any]:
    """Return a serializer that all requests share: validation writes nothing to it."""
    return kind()
