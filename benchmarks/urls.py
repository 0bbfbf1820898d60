"""The project's URLs, and the endpoint that the HTTP figures are measured against."""

from django.urls import path
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.urls import *
from config.urls import urlpatterns as project_urlpatterns


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


urlpatterns = [*project_urlpatterns, path("bare", BareView.as_view())]
