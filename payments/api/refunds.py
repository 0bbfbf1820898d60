"""POST /payments/{id}/refund."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import REPLAYED
from core.api.lean import LeanView
from credits.api.base import origin_of
from credits.api.bodies import read_body

from ..exceptions import PaymentNotFound, PaymentNotRefundable, ProviderRefusal
from ..services.refunds import refund_payment
from . import openapi, shapes
from .base import REFUND, audit_of, payment_of
from .bodies import RefundBody
from .representations import payment_of as shown
from .representations import refund_of

TOO_MUCH = PaymentNotRefundable("Of this payment $4.99 can be refunded; ask for that.", refundable_minor=499)
REFUSED = ProviderRefusal("The charge is disputed. Change the request, or ask the provider's support.")


class RefundView(LeanView):
    permission_classes = (REFUND,)

    @extend_schema(
        **openapi.operation(
            "payment_refund",
            body=RefundBody,
            answers={201: shapes.PostedRefund},
            refusals=(PaymentNotFound(), TOO_MUCH, REFUSED),
        )
    )
    def post(self, request: Request, payment_id: UUID) -> Response:
        """Give money back, all that is left of it or `amount_minor`; the credits go back by the same share.

        `requested` means that the provider has not answered yet: it is asked again, and gives the money back once.
        """
        payment, body = payment_of(request, payment_id), read_body(request, RefundBody)
        done = refund_payment(payment=payment.pk, origin=origin_of(request), audit=audit_of(request), **body)
        payment = payment_of(request, payment_id)
        headers = {REPLAYED: "true"} if done.replayed else None
        return Response({"refund": refund_of(done.refund), "payment": shown(payment)}, status=201, headers=headers)
