"""GET, POST /rates and GET /rates/{id}: versions that never change."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import by_method, caller_of
from core.api.bodies import read_body
from core.api.fields import StrictSerializer
from core.api.idempotency import idempotent
from core.api.queries import read_query
from credits.api.audited import LedgerView
from credits.api.pages import page_of

from ..selectors.rates import list_rates, read_rate
from ..services import NewRate, create_rate
from . import openapi, shapes
from .base import ADD_RATE, READ_RATES
from .bodies import RateBody
from .representations import rate_of


class RateFilter(StrictSerializer):
    provider = serializers.CharField(required=False)
    model = serializers.CharField(required=False)
    operation = serializers.CharField(required=False)


class RatesView(LedgerView):
    permission_classes = (by_method(GET=READ_RATES, POST=ADD_RATE),)

    @extend_schema(**openapi.listing("rates_list", shapes.Rate, query=RateFilter))
    def get(self, request: Request) -> Response:
        """List all versions of all rates, newest first."""
        filters = read_query(request, RateFilter, paginated=True)
        return page_of(list_rates(**filters), self, lambda page: [rate_of(rate) for rate in page])

    @extend_schema(
        **openapi.operation(
            "rate_create", body=RateBody, answers={201: shapes.Rate}, refusals=(openapi.RACED,), keyed=True
        )
    )
    @idempotent()
    def post(self, request: Request) -> Response:
        """Add a version: prices of tokens and characters by the million, of all else by the unit.

        It is in force from `effective_from` on, by default at once, until a later version begins.
        """
        body = read_body(request, RateBody)
        rate = create_rate(rate=NewRate(**body), actor=caller_of(request).actor)
        return Response(rate_of(rate), status=201)


class RateView(LedgerView):
    permission_classes = (READ_RATES,)

    @extend_schema(**openapi.operation("rates_retrieve", answers={200: shapes.Rate}, refusals=(openapi.NO_RATE,)))
    def get(self, request: Request, rate_id: UUID) -> Response:
        """Show one version of a rate."""
        read_query(request)
        return Response(rate_of(read_rate(rate_id)))
