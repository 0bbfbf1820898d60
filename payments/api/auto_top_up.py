"""GET, PUT /auto-top-up: the customer's standing order."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import by_method
from core.api.lean import LeanView
from core.api.queries import read_query
from credits.api.base import origin_of
from credits.api.bodies import read_body
from credits.api.openapi import NO_WALLET

from ..exceptions import ConsentMissing, PackNotFound
from ..selectors.top_ups import standing_order
from ..services.standing_orders import state_auto_top_up
from . import openapi, shapes
from .base import READ_OWN, STANDING_ORDER, wallet_of
from .bodies import AutoTopUpBody, WalletQuery
from .representations import auto_top_up_of


class AutoTopUpView(LeanView):
    permission_classes = (by_method(GET=READ_OWN, PUT=STANDING_ORDER),)

    @extend_schema(
        **openapi.operation(
            "auto_top_up_retrieve", answers={200: shapes.AutoTopUpShape}, query=WalletQuery, refusals=(NO_WALLET,)
        )
    )
    def get(self, request: Request) -> Response:
        """Show the standing order, and how much of its monthly cap is used."""
        reference = wallet_of(request, read_query(request, WalletQuery).get("reference"))
        return Response(_shown(reference))

    @extend_schema(
        **openapi.operation(
            "auto_top_up_update",
            body=AutoTopUpBody,
            answers={200: shapes.AutoTopUpShape},
            refusals=(NO_WALLET, PackNotFound(), ConsentMissing()),
            is_keyed=False,
        )
    )
    def put(self, request: Request) -> Response:
        """Buy the pack by itself below the threshold, within the monthly cap; the text of the consent is kept.

        The means of payment is the one that was kept with a payment of `keeps_method`.
        """
        body = read_body(request, AutoTopUpBody)
        reference = wallet_of(request, body.pop("reference", None))
        state_auto_top_up(reference=reference, origin=origin_of(request), **body)
        return Response(_shown(reference))


def _shown(reference: str) -> dict[str, object]:
    order = standing_order(reference)
    return auto_top_up_of(order.top_up, order.spent_minor, has_method=order.has_method)
