"""A wallet's own code for others."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import by_method, caller_of
from core.api.lean import LeanView
from core.api.queries import read_query
from credits.api.bodies import read_body
from credits.api.openapi import NO_WALLET

from .. import services
from ..exceptions import ReferralsOff
from ..selectors.codes import count_rewarded, find_referral_code
from . import openapi, shapes
from .base import READ_OWN, REDEEM, reference_of
from .bodies import ReferralBody, WalletQuery
from .representations import referral_of


class ReferralCodeView(LeanView):
    permission_classes = (by_method(GET=READ_OWN, POST=REDEEM),)

    @extend_schema(
        **openapi.operation(
            "referral_code_retrieve",
            answers={200: shapes.ReferralCode},
            query=WalletQuery,
            refusals=(openapi.NO_CODE, NO_WALLET),
        )
    )
    def get(self, request: Request) -> Response:
        """Show a wallet's referral code, and how many it brought."""
        reference = reference_of(request, read_query(request, WalletQuery).get("reference"))
        code = find_referral_code(reference)
        return Response(referral_of(code, rewarded=count_rewarded(code)))

    @extend_schema(
        **openapi.operation(
            "referral_code_open",
            body=ReferralBody,
            answers={201: shapes.ReferralCode, 200: shapes.ReferralCode},
            refusals=(NO_WALLET, ReferralsOff()),
        )
    )
    def post(self, request: Request) -> Response:
        """Give a wallet its referral code; asking again answers 200 with the same."""
        reference = reference_of(request, read_body(request, ReferralBody).get("reference"))
        code, is_new = services.open_referral_code(reference=reference, actor=caller_of(request).actor)
        return Response(referral_of(code, rewarded=count_rewarded(code)), status=201 if is_new else 200)
