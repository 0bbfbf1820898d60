"""What the OpenAPI document says about people and keys: how a caller shows who it is, and what each call answers."""

from collections.abc import Iterable, Mapping
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers

from core.api.limits import Limit
from core.api.openapi import problem_answers
from core.problems import Problem

Serializer = type[serializers.Serializer[Any]]

USER_ID = "0199a3c5-7d2e-7c3a-9f40-1b6f0c2d9e11"
USER = {
    "id": USER_ID,
    "email": "ada@example.com",
    "name": "Ada",
    "wallet": f"user:{USER_ID}",
    "attributes": {"team": "blue"},
    "preferences": {},
    "created_at": "2026-11-21T09:30:00Z",
}
KEY = {
    "id": "0199a3c5-7d2e-7c3a-9f40-1b6f0c2d9e12",
    "name": "gateway",
    "prefix": "k7m2p9q4xz",
    "scope": "spend",
    "expires_at": None,
    "last_used_at": None,
    "revoked_at": None,
    "created_by": f"user:{USER_ID}",
    "created_at": "2026-11-21T09:30:00Z",
}
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="A repetition with the same key and body makes nothing and answers as before, without the secret.",
)
REGISTRATIONS = [Limit("registrations", 30, 3600, 0, 1380)]
FAILED_LOGINS = [Limit("failed-logins", 5, 900, 0, 412), Limit("failed-logins-of-network", 50, 900, 44, 97)]
TOKENS = {"access": "eyJhbGciOiJIUzI1NiIs…", "refresh": "eyJhbGciOiJIUzI1NiIs…"}


def operation(
    name: str,
    *,
    answers: Mapping[int, Any],
    body: Serializer | None = None,
    refusals: Iterable[int | Problem] = (),
    asks: Any = None,
    shows: Any = None,
    parameters: Iterable[OpenApiParameter] = (),
) -> dict[str, Any]:
    """Return the arguments of `extend_schema` for one call; `asks` and `shows` are examples of body and answer."""
    examples = []
    if asks is not None:
        examples.append(OpenApiExample("request", value=asks, request_only=True))
    if shows is not None:
        statuses = [str(status) for status in answers]
        examples.append(OpenApiExample("answer", value=shows, response_only=True, status_codes=statuses))
    return {
        "operation_id": name,
        "tags": ["identity"],
        "request": body,
        "parameters": list(parameters),
        "responses": {**answers, **problem_answers(refusals)},
        "examples": examples,
    }


class AccessTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.JWTAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Describe the header of a user's call."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Describe the header of a service's call."""
        text = "`Api-Key sk_…`, with the scheme's name before the key"
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": text}
