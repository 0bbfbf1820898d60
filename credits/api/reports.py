"""The ledger as a whole: the trial balance and the signed checkpoint."""

from rest_framework.request import Request
from rest_framework.response import Response

from core.api.queries import read_query

from ..selectors.reports import checkpoint, settled_trial_balance
from . import explained, openapi
from .audited import LedgerView
from .base import READ


class TrialBalanceView(LedgerView):
    permission_classes = (READ,)

    @openapi.shows("trial_balance", explained.TrialBalance)
    def get(self, request: Request) -> Response:
        """Sum up all wallets and every contra account: together they are zero, and `transfers` alone is.

        What is due by `as_of` is posted first; `unsettled` wallets could not be, and count as they last were.
        """
        read_query(request)
        return Response(settled_trial_balance())


class CheckpointView(LedgerView):
    permission_classes = (READ,)

    @openapi.shows("ledger_checkpoint", explained.Checkpoint)
    def get(self, request: Request) -> Response:
        """Sign where the chain of every wallet ends now, so that a tail that is cut later is missed."""
        read_query(request)
        return Response(checkpoint())
