"""Use a code, or ask whether one may."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import by_method, caller_of
from core import clock
from core.api.idempotency import idempotent
from core.api.lean import LeanView
from core.api.queries import read_query
from credits.api.audited import LedgerView
from credits.api.base import origin_with
from credits.api.bodies import read_body
from credits.api.openapi import NO_WALLET
from credits.api.pages import page_of
from credits.api.representations import entry_of, wallet_of
from credits.selectors import read_wallet

from .. import services
from ..attempts import counted_attempt
from ..exceptions import REFUSALS
from ..selectors.codes import list_redemptions
from ..selectors.eligibility import eligible_code
from . import openapi, shapes
from .base import READ_OWN, REDEEM, filter_of, reference_of
from .bodies import RedemptionBody, WalletQuery
from .representations import code_of, redemption_of


class EligibilityView(LeanView):
    permission_classes = (READ_OWN,)

    @extend_schema(
        **openapi.operation(
            "promo_codes_eligibility",
            answers={200: shapes.Eligibility},
            query=WalletQuery,
            refusals=(NO_WALLET,),
        )
    )
    def get(self, request: Request, code: str) -> Response:
        """Tell whether a wallet may use a code, and what it would give; a refusal counts as an attempt."""
        reference = reference_of(request, read_query(request, WalletQuery).get("reference"))
        try:
            with counted_attempt(request, reference):
                found = code_of(eligible_code(code=code, reference=reference, at=clock.now()))
        except REFUSALS as refusal:
            return Response({"eligible": False, "reason": refusal.code, "amount": None, "bonus_percent": None})
        gives = {name: found[name] for name in ("amount", "bonus_percent")}
        return Response({"eligible": True, "reason": None, **gives})


class RedemptionsView(LedgerView):
    permission_classes = (by_method(GET=READ_OWN, POST=REDEEM),)

    @extend_schema(**openapi.listing("redemptions_list", shapes.Redemption, query=WalletQuery))
    def get(self, request: Request) -> Response:
        """List a wallet's uses of codes, newest first; without `reference` a service sees those of all wallets."""
        query = read_query(request, WalletQuery, paginated=True)
        found = list_redemptions(filter_of(request, query.get("reference")))
        return page_of(found, self, lambda page: [redemption_of(redemption) for redemption in page])

    @extend_schema(
        **openapi.operation(
            "redemptions_create",
            body=RedemptionBody,
            answers={201: shapes.PostedRedemption},
            refusals=openapi.REFUSED,
            is_keyed=True,
        )
    )
    def post(self, request: Request) -> Response:
        """Use a code: its credits are granted at once, a percentage or a referral with the next purchase."""
        body = read_body(request, RedemptionBody)
        reference = reference_of(request, body.get("reference"))
        try:
            with counted_attempt(request, reference):
                return self._redeem(request, reference, body["code"])
        except REFUSALS as refusal:
            # After all else is undone; what is counted is what was answered, so counting tells nothing either.
            services.count_refusal(reason=refusal.code)
            raise

    @idempotent()
    def _redeem(self, request: Request, reference: str, code: str) -> Response:
        origin = origin_with(caller_of(request), None)
        redeemed = services.redeem_code(code=code, reference=reference, origin=origin)
        posted = redeemed.posted
        shown = redemption_of(redeemed.redemption)
        entry = None if posted is None else entry_of(posted.entry)
        return Response({**shown, "entry": entry, "wallet": wallet_of(read_wallet(reference))}, status=201)
