"""Wallets: open, find, look at, change, and what an administrator does to a whole wallet."""

from collections.abc import Callable, Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import by_method
from core.api.bodies import read_body
from core.api.fields import InstantField, StrictSerializer
from core.api.queries import read_query
from core.api.shapes import Members
from core.problems import Problem

from .. import services
from ..exceptions import AlreadyInStatus, DebtTooSmall, WalletExists
from ..models import Wallet
from ..selectors.directory import list_wallets, read_wallets
from ..selectors.wallets import balance_at, read_wallet, refresh_wallet
from . import openapi, shapes
from .audited import LedgerView
from .base import ADMIN, GRANT, READ, READ_OWN, answer_entry, origin_of, target_of_path, wallet_of_path
from .bodies import AdjustBody, ForgiveBody, NothingBody, ReasonBody, WalletBody, WalletChangeBody
from .pages import page_of
from .representations import past_of, wallet_of

EXISTS = WalletExists("The wallet exists with other terms; read it, and change it with PATCH.")
FROZEN_ALREADY = AlreadyInStatus("The wallet is frozen already; nothing is left to do.", wallet_status="frozen")
DEBT_TOO_SMALL = DebtTooSmall("The wallet owes 3; forgive at most that.")


class WalletFilter(StrictSerializer):
    search = serializers.CharField(required=False, help_text="A part of the reference.")
    status = serializers.ChoiceField(choices=["active", "frozen"], required=False)


class MomentQuery(StrictSerializer):
    at = InstantField(required=False, help_text="An instant that is past; by default the present.")


class WalletsView(LedgerView):
    permission_classes = (by_method(GET=READ, POST=GRANT),)

    @openapi.listing("wallets_list", shapes.Wallet, query=WalletFilter, refusals=())
    def get(self, request: Request) -> Response:
        """List wallets, newest first."""
        filters = read_query(request, WalletFilter, paginated=True)
        return page_of(list_wallets(**filters), self, _wallets_of)

    @openapi.operation(
        "wallet_open",
        body=WalletBody,
        answers={201: shapes.Wallet, 200: shapes.Wallet},
        refusals=(EXISTS,),
        posts=False,
    )
    def post(self, request: Request) -> Response:
        """Open a wallet; asking for the same again answers 200."""
        wallet, is_new = services.open_wallet(**read_body(request, WalletBody))
        return Response(wallet_of(read_wallet(wallet.reference)), status=201 if is_new else 200)


class WalletView(LedgerView):
    permission_classes = (by_method(GET=READ_OWN, PATCH=ADMIN),)

    @openapi.shows("wallets_retrieve", shapes.Wallet, openapi.NO_WALLET, query=MomentQuery)
    def get(self, request: Request, reference: str) -> Response:
        """Show a wallet as it is at present, or what it held `at` a past instant."""
        moment = read_query(request, MomentQuery) if request.query_params else None
        named = wallet_of_path(request, reference)
        if moment:
            return Response(past_of(read_wallet(named), balance_at(named, moment["at"])))
        return Response(wallet_of(read_wallet(named)))

    @openapi.shows("wallets_update", shapes.Wallet, openapi.NO_WALLET, body=WalletChangeBody)
    def patch(self, request: Request, reference: str) -> Response:
        """Change the time zone, or replace the attributes as a whole."""
        body = read_body(request, WalletChangeBody)
        wallet = services.update_wallet(reference=wallet_of_path(request, reference), **body)
        return Response(wallet_of(read_wallet(wallet.reference)))


class RefreshView(LedgerView):
    permission_classes = (READ_OWN,)
    changes = False

    @openapi.shows("wallet_refresh", shapes.Wallet, openapi.NO_WALLET, body=NothingBody)
    def post(self, request: Request, reference: str) -> Response:
        """Read a wallet from the database, past every cache."""
        read_body(request, NothingBody)
        return Response(wallet_of(refresh_wallet(wallet_of_path(request, reference))))


def _wallets_of(rows: Sequence[Wallet]) -> list[Members]:
    return [wallet_of(reading) for reading in read_wallets([row.reference for row in rows])]


class AdministrationView(LedgerView):
    """One operation on a whole wallet, with a reason."""

    permission_classes = (ADMIN,)
    body: type[StrictSerializer]
    operation: Any

    def post(self, request: Request, reference: str) -> Response:
        """Do it, and answer with the entry."""
        body = read_body(request, self.body)
        target = target_of_path(request, reference)
        return answer_entry(type(self).operation(reference=target, origin=origin_of(request), **body))


def _administration(
    name: str, *refusals: Problem, body: type[StrictSerializer] = ReasonBody
) -> Callable[[type[AdministrationView]], type[AdministrationView]]:
    """Describe such a view for OpenAPI, by its own docstring."""

    def describe(view: type[AdministrationView]) -> type[AdministrationView]:
        view.body = body
        words = (openapi.NO_WALLET, *refusals)
        told = openapi.posts(name, body, shapes.PostedEntry, *words, description=view.__doc__)
        return extend_schema_view(post=told)(view)

    return describe


@_administration("wallet_freeze", FROZEN_ALREADY)
class FreezeView(AdministrationView):
    """Refuse all that spends, until the wallet is unfrozen."""

    operation = services.freeze


@_administration("wallet_unfreeze", FROZEN_ALREADY)
class UnfreezeView(AdministrationView):
    """Let a frozen wallet spend again."""

    operation = services.unfreeze


@_administration("wallet_adjust", openapi.TOO_LITTLE, openapi.TOO_LARGE, body=AdjustBody)
class AdjustView(AdministrationView):
    """Add credits or, with a negative amount, take free ones."""

    operation = services.adjust


@_administration("wallet_reset")
class ResetView(AdministrationView):
    """Take all free credits and cancel scheduled grants; debt stays."""

    operation = services.reset


@_administration("wallet_forgive_debt", DEBT_TOO_SMALL, body=ForgiveBody)
class ForgiveDebtView(AdministrationView):
    """Write off debt: all of it, or `amount`."""

    operation = services.forgive_debt
