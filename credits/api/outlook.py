"""What a wallet's balance is made of, what it was used for, and what comes."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.amounts import to_micros
from core.api.fields import AmountField, InstantField, StrictIntegerField, StrictSerializer
from core.api.queries import read_query

from .. import selectors
from . import explained, openapi, shapes
from .audited import LedgerView
from .base import READ_OWN, wallet_of_path
from .pages import page_of
from .representations import grant_of


class ExplainQuery(StrictSerializer):
    at = InstantField(required=False, help_text="An instant that is past; by default the present.")
    refusal = serializers.UUIDField(required=False, help_text="The `refusal` that a problem names; instead of `at`.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters; raises ValidationError for both at once."""
        if len(attrs) > 1:
            raise serializers.ValidationError({"refusal": "Name a refusal or an instant, not both."})
        return attrs


class ExpiringQuery(StrictSerializer):
    days = StrictIntegerField(default=7, min_value=1, max_value=366)


class StatsQuery(StrictSerializer):
    days = StrictIntegerField(default=30, min_value=1, max_value=366)


class ForecastQuery(StrictSerializer):
    daily = AmountField(required=False, positive=False, help_text="Daily use; by default the mean of 30 days.")
    days = StrictIntegerField(default=365, min_value=1, max_value=365)


class ExplainView(LedgerView):
    permission_classes = (READ_OWN,)

    @openapi.shows("wallet_explain", explained.BalanceExplained, openapi.NO_WALLET, query=ExplainQuery)
    def get(self, request: Request, reference: str) -> Response:
        """Re-add a balance, at present or `at` a past instant; or tell why an operation was refused."""
        query = read_query(request, ExplainQuery)
        named = wallet_of_path(request, reference)
        if "refusal" in query:
            return Response(selectors.explain_refusal(named, str(query["refusal"])))
        return Response(selectors.explain_balance(named, query.get("at")))


class ExpiringView(LedgerView):
    permission_classes = (READ_OWN,)
    ordering = ("expires_at", "id")

    @openapi.listing("wallet_expiring", shapes.Grant, query=ExpiringQuery)
    def get(self, request: Request, reference: str) -> Response:
        """List the grants that end within `days` and have credits left that nothing holds, soonest first."""
        days = read_query(request, ExpiringQuery, paginated=True)["days"]
        grants = selectors.list_expiring(wallet_of_path(request, reference), days)
        return page_of(grants, self, lambda page: [grant_of(grant, grant.created_at) for grant in page])


class StatsView(LedgerView):
    permission_classes = (READ_OWN,)

    @openapi.shows("wallet_stats", explained.Stats, openapi.NO_WALLET, query=StatsQuery)
    def get(self, request: Request, reference: str) -> Response:
        """Show totals by kind, and what was consumed and issued on each of the last `days` days."""
        days = read_query(request, StatsQuery)["days"]
        return Response(selectors.stats(wallet_of_path(request, reference), days))


class ForecastView(LedgerView):
    permission_classes = (READ_OWN,)

    @openapi.shows("wallet_forecast", explained.Forecast, openapi.NO_WALLET, query=ForecastQuery)
    def get(self, request: Request, reference: str) -> Response:
        """Tell which grants pay for a daily use, what expires unused, and when credits run out."""
        query = read_query(request, ForecastQuery)
        daily = to_micros(query["daily"]) if "daily" in query else None
        found = selectors.forecast(wallet_of_path(request, reference), daily, query["days"])
        return Response(found.members())
