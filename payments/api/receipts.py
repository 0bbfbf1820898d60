"""GET /payments/{id}/receipt: the numbered receipt, as a page to print."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.request import Request

from core.api.lean import LeanView
from core.api.queries import read_query

from ..exceptions import PaymentNotFound, ReceiptNotFound
from ..receipt_page import render_receipt
from . import openapi
from .base import READ_OWN, payment_of

PAGE = OpenApiResponse(
    {"type": "string"},
    description="An HTML page without scripts, ready to print.",
    examples=[OpenApiExample("receipt", "<!doctype html>\n<title>R-000042</title>…", media_type="text/html")],
)


class ReceiptView(LeanView):
    permission_classes = (READ_OWN,)

    @extend_schema(
        **openapi.operation(
            "payment_receipt",
            answers={(200, "text/html"): PAGE},
            refusals=(PaymentNotFound(), ReceiptNotFound()),
        )
    )
    def get(self, request: Request, payment_id: UUID) -> HttpResponse:
        """Show the receipt of a paid payment; its number has no gap before it."""
        read_query(request)
        return HttpResponse(render_receipt(payment_of(request, payment_id)))
