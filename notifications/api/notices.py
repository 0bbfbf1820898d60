"""The inbox, and what its owner wants to be told."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import by_method
from core import clock
from core.api.pagination import CursorPagination
from core.api.queries import read_query
from core.exceptions import NotFound, ValidationFailed
from credits.api.audited import LedgerView
from credits.api.bodies import read_body
from credits.api.pages import page_of
from credits.exceptions import WalletNotFound

from ..services import notices, preferences
from . import openapi
from .base import CHANGE_PREFERENCES, READ_NOTICES, SEE_NOTICES, SEE_PREFERENCES, wallet_meant
from .serializers import (
    InboxQuery,
    NothingBody,
    NoticeSerializer,
    PreferencesBody,
    PreferencesSerializer,
    WalletQuery,
)


class NoticesView(LedgerView):
    permission_classes = (SEE_NOTICES,)
    pagination_class = CursorPagination

    @extend_schema(
        **openapi.operation(
            "notifications_list",
            answers={200: NoticeSerializer(many=True)},
            parameters=[InboxQuery],
            refusals=(WalletNotFound(),),
            shows=openapi.NOTICE,
        )
    )
    def get(self, request: Request) -> Response:
        """List what a wallet's owner was told, newest first; a service may leave out the wallet and sees all."""
        query = read_query(request, InboxQuery, paginated=True)
        reference = wallet_meant(request, query.get("reference"))
        found = notices.list_notices(reference=reference, unread=query.get("unread", False))
        return page_of(found, self, lambda page: list(NoticeSerializer(page, many=True).data))


class ReadNoticeView(LedgerView):
    permission_classes = (READ_NOTICES,)
    changes = False

    @extend_schema(
        **openapi.operation(
            "notification_read",
            body=NothingBody,
            answers={200: NoticeSerializer},
            refusals=(NotFound(),),
            asks={},
            shows={**openapi.NOTICE, "read_at": openapi.AT},
        )
    )
    def post(self, request: Request, notice_id: UUID) -> Response:
        """Note that a notice was read; the first time counts."""
        read_body(request, NothingBody)
        notice = notices.mark_read(notice_id=notice_id, reference=wallet_meant(request, None), at=clock.now())
        return Response(NoticeSerializer(notice).data)


class PreferencesView(LedgerView):
    permission_classes = (by_method(GET=SEE_PREFERENCES, PUT=CHANGE_PREFERENCES),)

    @extend_schema(
        **openapi.operation(
            "notification_preferences_show",
            answers={200: PreferencesSerializer},
            parameters=[WalletQuery],
            refusals=(WalletNotFound(),),
            shows=openapi.PREFERENCES,
        )
    )
    def get(self, request: Request) -> Response:
        """Show what a wallet's owner wants to be told: chosen, or as the installation has it."""
        named = read_query(request, WalletQuery).get("reference")
        found = preferences.read_preferences(reference=_required(wallet_meant(request, named)))
        return Response(PreferencesSerializer(found).data)

    @extend_schema(
        **openapi.operation(
            "notification_preferences_replace",
            body=PreferencesBody,
            answers={200: PreferencesSerializer},
            refusals=(WalletNotFound(),),
            asks=openapi.PREFERENCES_ASKED,
            shows=openapi.PREFERENCES,
        )
    )
    def put(self, request: Request) -> Response:
        """Replace all preferences of a wallet."""
        body = read_body(request, PreferencesBody)
        reference = _required(wallet_meant(request, body.pop("reference", None)))
        found = preferences.replace_preferences(reference=reference, **body)
        return Response(PreferencesSerializer(found).data)


def _required(reference: str | None) -> str:
    if reference is None:
        raise ValidationFailed([("reference", "Name the wallet.")])
    return reference
