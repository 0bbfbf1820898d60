"""GET /usage/summary: what was used, by day, model and operation."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import InstantField, StrictSerializer
from core.api.queries import read_query
from credits.api import openapi as ledger
from credits.api.audited import LedgerView
from credits.api.bodies import ReferenceField

from ..selectors.summaries import GROUPS, summarize
from . import openapi, shapes
from .base import READ_OWN, reference_of


@extend_schema_field({"type": "string", "examples": ["day,model,operation"]})
class GroupsField(serializers.Field[list[str], Any, str, Any]):
    """Names of groups, separated by commas, each once."""

    def to_internal_value(self, data: Any) -> list[str]:
        """Return the names; raises ValidationError."""
        names = str(data).split(",")
        if not set(names) <= set(GROUPS) or len(names) != len(set(names)):
            raise serializers.ValidationError(f"Name some of {', '.join(GROUPS)}, each once, separated by commas.")
        return names


class SummaryQuery(StrictSerializer):
    reference = ReferenceField(required=False, help_text="A wallet; by default a customer's own, else all.")
    group_by = GroupsField(required=False, help_text="Some of day, model, operation; by default day.")
    since = InstantField(required=False)
    until = InstantField(required=False)

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]  # takes no parameter at run time
        """Name the ends as callers do; `from` is a word of Python."""
        fields = super().get_fields()
        return {{"since": "from", "until": "to"}.get(name, name): field for name, field in fields.items()}


class SummaryView(LedgerView):
    permission_classes = (READ_OWN,)

    @extend_schema(
        **openapi.operation(
            "usage_summary",
            answers={200: shapes.UsageSummary},
            query=SummaryQuery,
            refusals=(ledger.NO_WALLET,),
        )
    )
    def get(self, request: Request) -> Response:
        """Sum up usage that occurred `from` <= t < `to`, by default of the last 30 days.

        A day is one of the wallet's time zone, and of UTC where no wallet is named; what corrects an event counts on
        the day of that event. All groups come in one page.
        """
        query = read_query(request, SummaryQuery)
        reference = reference_of(request, query.get("reference"))
        found = summarize(reference, query.get("group_by", ["day"]), query.get("from"), query.get("to"))
        return Response({**found, "next": None, "previous": None})
