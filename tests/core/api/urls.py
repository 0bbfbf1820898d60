"""URLs with views that fail in every way, for the tests of what stands around views."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.urls import handler400, handler403, handler404, handler500, urlpatterns
from core import clock
from core.api.fields import AmountField, InstantField, StrictBooleanField, StrictIntegerField, StrictSerializer
from core.api.idempotency import idempotent
from core.api.pagination import CursorPagination
from core.api.queries import read_query
from core.models import AttributeSchema

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class OpenView(APIView):
    """A view for everybody."""

    authentication_classes = ()
    permission_classes = ()


class Line(StrictSerializer):
    amount = AmountField()


class Body(StrictSerializer):
    amount = AmountField(required=False)
    change = AmountField(required=False, signed=True)
    count = StrictIntegerField(required=False, max_value=10)
    final = StrictBooleanField(required=False)
    at = InstantField(required=False)
    lines = Line(many=True, required=False)


class EchoView(OpenView):
    def get(self, request: Request) -> Response:
        return Response({"read": read_query(request, Body)})

    def post(self, request: Request) -> Response:
        body = Body(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(Body(body.validated_data).data)


class AnyJSONView(OpenView):
    def post(self, request: Request) -> Response:
        return Response({"type": type(request.data).__name__})


ERRORS: dict[str, Any] = {
    "defect": RuntimeError("the password is hunter2"),
    "locked": OperationalError("database is locked"),
    "gone": OperationalError("server closed the connection unexpectedly"),
    "statement": OperationalError("no such column: nothing"),
    "model": ValidationError({"name": ["Too long."]}),
    "throttled": Throttled(wait=7.2),
    "stranger": AuthenticationFailed(),
}


class FailingView(OpenView):
    def get(self, request: Request, error: str) -> Response:
        raise ERRORS[error]


class ProtectedView(APIView):
    """A view with the project's own callers, and none of them allowed."""

    def get(self, request: Request) -> Response:
        raise AssertionError("nobody may get here")


class SchemaRow(serializers.ModelSerializer[AttributeSchema]):
    class Meta:
        model = AttributeSchema
        fields = ("version", "reason")


class RowsView(OpenView):
    """Rows to write with an idempotency key, and to list in pages."""

    ordering: tuple[str, ...] = ("-version", "-id")

    def get(self, request: Request) -> Response:
        read_query(request, paginated=True)
        pages = CursorPagination()
        rows = pages.paginate_queryset(AttributeSchema.objects.all(), request, self)
        return pages.get_paginated_response(SchemaRow(rows, many=True).data)

    @idempotent(secrets=("secret",))
    def post(self, request: Request) -> Response:
        version = AttributeSchema.objects.count() + 1
        AttributeSchema.objects.create(
            subject="thing", version=version, schema={}, actor="", reason=request.data["reason"], created_at=clock.now()
        )
        if request.data.get("fails"):
            raise ValidationError("asked to fail")
        return Response({"version": version, "secret": "s3cr3t", "at": clock.now()}, status=201)


class UpwardsView(RowsView):
    ordering = ("version", "id")


class StrictKeyView(OpenView):
    @idempotent(required=True)
    def post(self, request: Request) -> Response:
        return Response({}, status=201)


def page(request: HttpRequest) -> HttpResponse:
    """Be a page outside of the API that fails."""
    raise ERRORS[request.GET["error"]]


urlpatterns = [
    *urlpatterns,
    path("api/echo", EchoView.as_view()),
    path("api/any", AnyJSONView.as_view()),
    path("api/fail/<str:error>", FailingView.as_view()),
    path("api/protected", ProtectedView.as_view()),
    path("api/rows", RowsView.as_view()),
    path("api/rows-upwards", UpwardsView.as_view()),
    path("api/strict-key", StrictKeyView.as_view()),
    path("page", page),
]
