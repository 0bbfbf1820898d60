"""GET /credit-packs: what is sold."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.lean import LeanView
from core.api.queries import read_query

from ..models import CreditPack
from . import openapi, shapes
from .representations import packs_of


class PacksView(LeanView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(**openapi.operation("credit_packs_list", answers={200: shapes.Packs}))
    def get(self, request: Request) -> Response:
        """Show the packs and free amounts on sale, and the providers through which they are paid."""
        read_query(request)
        return Response(packs_of(CreditPack.objects.filter(is_active=True).prefetch_related("prices")))
