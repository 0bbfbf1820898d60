"""Codes: make, list, show, change."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import by_method
from accounts.services.audit import origin_of
from core.api.idempotency import idempotent
from core.api.lean import LeanView
from core.api.queries import read_query
from credits.api.bodies import read_body
from credits.api.pages import page_of

from .. import services
from ..exceptions import BatchRevoked, CodeTaken
from ..selectors.codes import find_code, list_codes
from . import openapi, shapes
from .base import ADD, CHANGE, VIEW
from .bodies import CodeBody, CodeChangeBody, CodeQuery
from .representations import code_of


class CodesView(LeanView):
    permission_classes = (by_method(GET=VIEW, POST=ADD),)

    @extend_schema(**openapi.listing("promo_codes_list", shapes.PromoCode, query=CodeQuery))
    def get(self, request: Request) -> Response:
        """List codes, newest first."""
        filters = read_query(request, CodeQuery, paginated=True)
        return page_of(list_codes(**filters), self, lambda page: [code_of(code) for code in page])

    @extend_schema(
        **openapi.operation(
            "promo_codes_create",
            body=CodeBody,
            answers={201: shapes.PromoCode},
            refusals=(CodeTaken(),),
            is_keyed=True,
        )
    )
    @idempotent()
    def post(self, request: Request) -> Response:
        """Make a code that gives an `amount` of credits at once, or `bonus_percent` of the next purchase."""
        body = read_body(request, CodeBody)
        return Response(code_of(services.create_code(origin=origin_of(request), **body)), status=201)


class CodeView(LeanView):
    permission_classes = (by_method(GET=VIEW, PATCH=CHANGE),)

    @extend_schema(
        **openapi.operation("promo_codes_retrieve", answers={200: shapes.PromoCode}, refusals=(openapi.NO_CODE,))
    )
    def get(self, request: Request, code: str) -> Response:
        """Show a code, however its letters are written."""
        read_query(request)
        return Response(code_of(find_code(code)))

    @extend_schema(
        **openapi.operation(
            "promo_codes_update",
            body=CodeChangeBody,
            answers={200: shapes.PromoCode},
            refusals=(openapi.NO_CODE, BatchRevoked()),
        )
    )
    def patch(self, request: Request, code: str) -> Response:
        """Change limits, dates or audience, or switch a code on or off; what it gives stays as it is."""
        body = read_body(request, CodeChangeBody)
        return Response(code_of(services.change_code(code=code, origin=origin_of(request), **body)))
