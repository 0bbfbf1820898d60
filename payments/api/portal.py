"""POST /payment-portal: the provider's page for a customer's means of payment."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.lean import LeanView
from credits.api.bodies import read_body
from credits.api.openapi import NO_WALLET

from ..exceptions import ProviderRefusal, ProviderUnavailable, ProviderUnknown
from ..services.recurring import portal_url
from . import openapi, shapes
from .base import STANDING_ORDER, wallet_of
from .bodies import PortalBody

NOBODY = ProviderRefusal("The customer has not paid yet. Change the request, or ask the provider's support.")


class PortalView(LeanView):
    permission_classes = (STANDING_ORDER,)

    @extend_schema(
        **openapi.operation(
            "payment_portal_open",
            body=PortalBody,
            answers={201: shapes.Portal},
            refusals=(NO_WALLET, ProviderUnknown(), NOBODY, ProviderUnavailable()),
            is_keyed=False,
        )
    )
    def post(self, request: Request) -> Response:
        """Open the page on which a customer changes or removes means of payment, and ends what recurs."""
        body = read_body(request, PortalBody)
        return Response(
            {"url": portal_url(reference=wallet_of(request, body.pop("reference", None)), **body)}, status=201
        )
