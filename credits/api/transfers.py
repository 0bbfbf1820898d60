"""POST /transfers: credits from wallet to wallet."""

from rest_framework.request import Request
from rest_framework.response import Response

from core.api.bodies import read_body

from .. import services
from . import openapi, shapes
from .audited import LedgerView
from .base import ADMIN, answer_transfer, origin_of
from .bodies import TransferBody


class TransfersView(LedgerView):
    permission_classes = (ADMIN,)

    @openapi.posts(
        "transfer",
        TransferBody,
        shapes.PostedTransfer,
        openapi.TOO_LITTLE,
        openapi.FROZEN,
        openapi.NO_WALLET,
        openapi.TOO_LARGE,
    )
    def post(self, request: Request) -> Response:
        """Move credits to another wallet; each part keeps its source, priority and expiry."""
        body = read_body(request, TransferBody)
        return answer_transfer(services.transfer(origin=origin_of(request), **body))
