"""GET, PUT /schemas/{subject}: what runtime attributes may hold."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.actors import actor_of
from core.api.bodies import read_body
from core.api.fields import StrictBooleanField, StrictSerializer, TextField
from core.api.lean import LeanView
from core.api.openapi import problem_answers
from core.api.queries import read_query
from core.attributes import current_schema, replace_schema
from core.models import AttributeSchema


class SchemaChange(StrictSerializer):
    """A new JSON Schema; `force` with a `reason` lets stored rows break it."""

    schema = serializers.DictField()
    force = StrictBooleanField(default=False)
    reason = TextField(max_length=500, default="", allow_blank=True)


class SchemaShown(serializers.Serializer[Any]):
    """The version that holds; 0 and an empty schema while everything is allowed."""

    subject = serializers.CharField()
    version = serializers.IntegerField()
    schema = serializers.DictField()
    broken_rows = serializers.IntegerField()
    reason = serializers.CharField()
    actor = serializers.CharField()
    created_at = serializers.DateTimeField(allow_null=True)


CHANGE = {"schema": {"properties": {"tier": {"enum": ["free", "gold"]}}}, "force": False}
SHOWN = {
    "subject": "wallet",
    "version": 1,
    "schema": CHANGE["schema"],
    "broken_rows": 0,
    "reason": "",
    "actor": "key:k7m2p9q4xz",
    "created_at": "2026-11-21T09:30:00Z",
}
EXAMPLES = [
    OpenApiExample("change", value=CHANGE, request_only=True),
    OpenApiExample("shown", value=SHOWN, response_only=True),
]


class SchemaView(LeanView):
    """The runtime schema of a subject."""

    @extend_schema(
        operation_id="schemas_retrieve",
        tags=["operations"],
        responses={200: SchemaShown, **problem_answers([404])},
        examples=EXAMPLES,
    )
    def get(self, request: Request, subject: str) -> Response:
        """Show the schema that holds."""
        read_query(request)
        row = current_schema(subject) or AttributeSchema(subject=subject, version=0, schema={})
        return Response(SchemaShown(row).data)

    @extend_schema(
        operation_id="schemas_update",
        tags=["operations"],
        request=SchemaChange,
        responses={200: SchemaShown, **problem_answers([404, 409])},
        examples=EXAMPLES,
    )
    def put(self, request: Request, subject: str) -> Response:
        """Put a new version in force, unless stored rows would break it."""
        change = read_body(request, SchemaChange)
        row = replace_schema(subject=subject, actor=actor_of(request), **change)
        return Response(SchemaShown(row).data)
