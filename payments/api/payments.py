"""Payments: order, list, look at."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import by_method
from core.api.idempotency import REPLAYED
from core.api.lean import LeanView
from core.api.queries import read_query
from credits.api.base import origin_of
from credits.api.bodies import read_body
from credits.api.openapi import NO_WALLET
from credits.api.pages import page_of

from ..exceptions import AmountNotSold, PackNotFound, PaymentNotFound, ProviderRefusal, ProviderUnavailable
from ..exceptions import ProviderUnknown as UnknownProvider
from ..models import Payment
from ..services.checkouts import Order, order_payment
from . import openapi, shapes
from .base import ORDER, READ_OWN, audit_of, filter_of, payment_of, wallet_of
from .bodies import PaymentBody, PaymentFilter
from .representations import payment_of as shown
from .representations import payments_of

REFUSALS = (
    NO_WALLET,
    PackNotFound(),
    AmountNotSold("Pay from $5.00 to $1,000.00.", minimum_minor=500, maximum_minor=100000),
    UnknownProvider(),
    ProviderRefusal("The provider's word for it. Change the request, or ask the provider's support."),
    ProviderUnavailable(),
)


class PaymentsView(LeanView):
    permission_classes = (by_method(GET=READ_OWN, POST=ORDER),)

    @extend_schema(**openapi.listing("payments_list", shapes.PaymentShape, query=PaymentFilter))
    def get(self, request: Request) -> Response:
        """List payments, newest first."""
        filters = filter_of(request, read_query(request, PaymentFilter, paginated=True))
        return page_of(Payment.objects.filter(**filters).select_related("wallet", "pack"), self, payments_of)

    @extend_schema(
        **openapi.operation("payments_create", body=PaymentBody, answers={201: shapes.PaymentShape}, refusals=REFUSALS)
    )
    def post(self, request: Request) -> Response:
        """Order a pack or a free amount; `checkout_url` is where it is paid, at the provider.

        The credits come when the provider says that the money did, however late.
        """
        body = read_body(request, PaymentBody)
        reference = wallet_of(request, body.pop("reference", None))
        order = Order(reference=reference, **body)
        ordered = order_payment(order=order, origin=origin_of(request), audit=audit_of(request))
        headers = {REPLAYED: "true"} if ordered.replayed else None
        return Response(shown(ordered.payment), status=201, headers=headers)


class PaymentView(LeanView):
    permission_classes = (READ_OWN,)

    @extend_schema(
        **openapi.operation("payments_retrieve", answers={200: shapes.PaymentShape}, refusals=(PaymentNotFound(),))
    )
    def get(self, request: Request, payment_id: UUID) -> Response:
        """Show a payment."""
        read_query(request)
        return Response(shown(payment_of(request, payment_id)))
