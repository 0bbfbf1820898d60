"""Holds: place, look at, capture, release, extend."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import by_method
from core.api.bodies import read_body
from core.api.queries import read_query

from .. import services
from ..selectors.posted import settled_hold, state_entry_of
from ..selectors.statements import list_holds
from ..selectors.wallets import read_wallet
from . import openapi, shapes
from .audited import LedgerView
from .base import READ_OWN, SPEND_OWN, answer_hold, hold_of_path, origin_of, target_of_path, wallet_of_path
from .bodies import CaptureBody, ExtendBody, HoldBody, NothingBody
from .pages import page_of
from .representations import hold_of, row_of, wallet_of

HOLD_REFUSALS = (openapi.NOT_YOURS, openapi.NO_HOLD, openapi.HOLD_ENDED)


class HoldsView(LedgerView):
    permission_classes = (by_method(GET=READ_OWN, POST=SPEND_OWN),)

    @openapi.listing("holds_list", shapes.Hold)
    def get(self, request: Request, reference: str) -> Response:
        """List a wallet's holds, newest first."""
        read_query(request, paginated=True)
        holds = list_holds(wallet_of_path(request, reference))
        return page_of(holds, self, lambda page: [hold_of(hold, hold.wallet.reference) for hold in page])

    @openapi.posts("hold_place", HoldBody, shapes.PostedHold, openapi.TOO_LITTLE, openapi.FROZEN, openapi.NO_WALLET)
    def post(self, request: Request, reference: str) -> Response:
        """Set credits aside so that nothing else can take them; by default for 15 minutes, at most for 7 days."""
        terms = _with_life(read_body(request, HoldBody))
        target = target_of_path(request, reference)
        return answer_hold(services.place_hold(reference=target, origin=origin_of(request), **terms))


class HoldView(LedgerView):
    permission_classes = (READ_OWN,)

    @openapi.shows("holds_retrieve", shapes.PostedHold, openapi.NO_HOLD)
    def get(self, request: Request, hold_id: UUID) -> Response:
        """Show a hold, the entry that placed or ended it, and the wallet."""
        read_query(request)
        hold = settled_hold(hold_of_path(request, hold_id))
        reference = hold.wallet.reference
        entry = row_of(state_entry_of(hold))
        return Response({"hold": hold_of(hold, reference), "entry": entry, "wallet": wallet_of(read_wallet(reference))})


class CaptureView(LedgerView):
    permission_classes = (SPEND_OWN,)

    @openapi.posts("hold_capture", CaptureBody, shapes.PostedHold, openapi.TOO_LITTLE, *HOLD_REFUSALS)
    def post(self, request: Request, hold_id: UUID) -> Response:
        """Consume from a hold: all of it, or `amount`; the rest is freed, unless `final` is false."""
        body = read_body(request, CaptureBody)
        hold = hold_of_path(request, hold_id)
        return answer_hold(services.capture_hold(hold=hold, origin=origin_of(request), **body))


class ReleaseView(LedgerView):
    permission_classes = (SPEND_OWN,)

    @openapi.posts("hold_release", NothingBody, shapes.PostedHold, *HOLD_REFUSALS)
    def post(self, request: Request, hold_id: UUID) -> Response:
        """Free what a hold covers."""
        read_body(request, NothingBody)
        hold = hold_of_path(request, hold_id)
        return answer_hold(services.release_hold(hold=hold, origin=origin_of(request)))


class ExtendView(LedgerView):
    permission_classes = (SPEND_OWN,)

    @openapi.posts("hold_extend", ExtendBody, shapes.PostedHold, openapi.TOO_LITTLE, *HOLD_REFUSALS)
    def post(self, request: Request, hold_id: UUID) -> Response:
        """Let a hold live `expires_in_seconds` from now, or cover `amount` more, or both."""
        terms = _with_life(read_body(request, ExtendBody))
        hold = hold_of_path(request, hold_id)
        return answer_hold(services.extend_hold(hold=hold, origin=origin_of(request), **terms))


def _with_life(body: dict[str, Any]) -> dict[str, Any]:
    """Return the terms for the service, which takes a time span."""
    seconds = body.pop("expires_in_seconds", None)
    return body if seconds is None else {**body, "expires_in": timedelta(seconds=seconds)}
