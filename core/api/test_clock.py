"""POST /test-clock: move the time of an installation that allows it."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.bodies import read_body
from core.api.fields import InstantField, StrictSerializer
from core.api.lean import LeanView
from core.api.openapi import problem_answers
from core.exceptions import NotFound


class ClockSetting(StrictSerializer):
    """The instant that every process shall take for the present; null is real time."""

    now = InstantField(allow_null=True)


class TestClockView(LeanView):
    """The clock of a test installation."""

    __test__ = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Hide the clock where the settings allow none."""
        if not settings.TEST_CLOCK_ENABLED:
            raise NotFound
        super().initial(request, *args, **kwargs)

    @extend_schema(
        operation_id="test_clock_set",
        tags=["operations"],
        request=ClockSetting,
        responses={200: ClockSetting, **problem_answers([404])},
        examples=[OpenApiExample("now", value={"now": "2026-11-21T09:30:00Z"})],
    )
    def post(self, request: Request) -> Response:
        """Move the clock; every process follows within a second."""
        setting = read_body(request, ClockSetting)
        return Response({"now": serializers.DateTimeField().to_representation(clock.set_now(setting["now"]))})
