"""Wallets: open, find, look at, change, and what an administrator does to a whole wallet."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import by_method
from core.api.fields import InstantField, StrictSerializer
from core.api.lean import LeanView
from core.api.queries import read_query

from .. import services
from ..models import Wallet
from ..selectors.directory import list_wallets, read_wallets
from ..selectors.wallets import balance_at, read_wallet, refresh_wallet
from . import openapi, shapes
from .base import ADMIN, GRANT, READ, READ_OWN, answer_entry, origin_of, target_of_path, wallet_of_path
from .bodies import AdjustBody, ForgiveBody, NothingBody, ReasonBody, WalletBody, WalletChangeBody, read_body
from .pages import page_of
from .representations import Members, past_of, wallet_of


class WalletFilter(serializers.Serializer[Any]):
    search = serializers.CharField(required=False, help_text="A part of the reference.")
    status = serializers.ChoiceField(choices=["active", "frozen"], required=False)


class MomentQuery(serializers.Serializer[Any]):
    at = InstantField(required=False, help_text="An instant that is past; by default the present.")


class WalletsView(LeanView):
    permission_classes = (by_method(GET=READ, POST=GRANT),)

    @extend_schema(**openapi.listing("wallets_list", shapes.Wallet, query=WalletFilter))
    def get(self, request: Request) -> Response:
        """List wallets, newest first."""
        filters = read_query(request, WalletFilter, paginated=True)
        return page_of(list_wallets(**filters), self, _wallets_of)

    @extend_schema(
        **openapi.operation(
            "wallet_open",
            body=WalletBody,
            answers={201: shapes.Wallet, 200: shapes.Wallet},
            refusals=(409,),
            posts=False,
        )
    )
    def post(self, request: Request) -> Response:
        """Open a wallet; asking for the same again answers 200."""
        wallet, is_new = services.open_wallet(**read_body(request, WalletBody))
        return Response(wallet_of(read_wallet(wallet.reference)), status=201 if is_new else 200)


class WalletView(LeanView):
    permission_classes = (by_method(GET=READ_OWN, PATCH=ADMIN),)

    @extend_schema(
        **openapi.operation("wallets_retrieve", answers={200: shapes.Wallet}, query=MomentQuery, refusals=(404,))
    )
    def get(self, request: Request, reference: str) -> Response:
        """Show a wallet as it is at present, or what it held `at` a past instant."""
        moment = read_query(request, MomentQuery) if request.query_params else None
        named = wallet_of_path(request, reference)
        if moment:
            return Response(past_of(read_wallet(named), balance_at(named, moment["at"])))
        return Response(wallet_of(read_wallet(named)))

    @extend_schema(
        **openapi.operation(
            "wallets_update", body=WalletChangeBody, answers={200: shapes.Wallet}, refusals=(404,), posts=False
        )
    )
    def patch(self, request: Request, reference: str) -> Response:
        """Change the time zone, or replace the attributes as a whole."""
        body = read_body(request, WalletChangeBody)
        wallet = services.update_wallet(reference=wallet_of_path(request, reference), **body)
        return Response(wallet_of(read_wallet(wallet.reference)))


class RefreshView(LeanView):
    permission_classes = (READ_OWN,)

    @extend_schema(
        **openapi.operation(
            "wallet_refresh", body=NothingBody, answers={200: shapes.Wallet}, refusals=(404,), posts=False
        )
    )
    def post(self, request: Request, reference: str) -> Response:
        """Read a wallet from the database, past every cache."""
        read_body(request, NothingBody)
        return Response(wallet_of(refresh_wallet(wallet_of_path(request, reference))))


def _wallets_of(rows: Sequence[Wallet]) -> list[Members]:
    return [wallet_of(reading) for reading in read_wallets([row.reference for row in rows])]


class AdministrationView(LeanView):
    """One operation on a whole wallet, with a reason."""

    permission_classes = (ADMIN,)
    body: type[StrictSerializer] = ReasonBody
    operation: Any

    def post(self, request: Request, reference: str) -> Response:
        """Do it, and answer with the entry."""
        body = read_body(request, self.body)
        target = target_of_path(request, reference)
        return answer_entry(type(self).operation(reference=target, origin=origin_of(request), **body))


def _administration(name: str, body: type[StrictSerializer], refusals: tuple[int, ...]) -> Any:
    return extend_schema(**openapi.operation(name, body=body, answers={201: shapes.PostedEntry}, refusals=refusals))


@_administration("wallet_freeze", ReasonBody, (404, 409))
class FreezeView(AdministrationView):
    """Refuse all that spends, until the wallet is unfrozen."""

    operation = services.freeze


@_administration("wallet_unfreeze", ReasonBody, (404, 409))
class UnfreezeView(AdministrationView):
    """Let a frozen wallet spend again."""

    operation = services.unfreeze


@_administration("wallet_adjust", AdjustBody, (402, 404, 409))
class AdjustView(AdministrationView):
    """Add credits or, with a negative amount, take free ones."""

    body = AdjustBody
    operation = services.adjust


@_administration("wallet_reset", ReasonBody, (404,))
class ResetView(AdministrationView):
    """Take all free credits and cancel scheduled grants; debt stays."""

    operation = services.reset


@_administration("wallet_forgive_debt", ForgiveBody, (404, 409))
class ForgiveDebtView(AdministrationView):
    """Write off debt: all of it, or `amount`."""

    body = ForgiveBody
    operation = services.forgive_debt
