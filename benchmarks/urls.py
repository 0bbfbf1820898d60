"""The project's URLs, and the endpoint that the HTTP figures are measured against."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.urls import *
from config.urls import urlpatterns as project_urlpatterns
from usage.context import record_usage


class BareBody(serializers.Serializer):
    reference = serializers.CharField(max_length=128)
    amount = serializers.DecimalField(max_digits=16, decimal_places=6)


class BareView(APIView):
    """Authenticate, read JSON through a serializer, answer JSON: nothing else."""

    permission_classes = (IsAuthenticated,)

    def get(self, request: Request) -> Response:
        return Response(BareBody({"reference": "bare", "amount": 1}).data)

    def post(self, request: Request) -> Response:
        body = BareBody(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(body.data)


def plain(request: HttpRequest) -> HttpResponse:
    """Answer at once; under a metered path, use half a credit."""
    if request.path.startswith("/metered/"):
        record_usage(cost="0.5")
    return HttpResponse()


urlpatterns = [
    *project_urlpatterns,
    path("bare", BareView.as_view()),
    path("plain", plain),
    path("metered/plain", plain),
]
