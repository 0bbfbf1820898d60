"""Grants: issue, list, void."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import by_method, caller_of
from core.api.bodies import read_body
from core.api.queries import read_query

from .. import services
from ..exceptions import GrantNotVoidable
from ..selectors.statements import list_grants
from . import openapi, shapes
from .audited import LedgerView
from .base import (
    GRANT,
    READ_OWN,
    answer_entry,
    answer_grant,
    grant_of_path,
    origin_of,
    require_admin,
    target_of_path,
    wallet_of_path,
)
from .bodies import GrantBody, ReasonBody
from .pages import page_of
from .representations import grant_of

NOT_VOIDABLE = GrantNotVoidable("The grant has nothing left to void.")


class GrantsView(LedgerView):
    permission_classes = (by_method(GET=READ_OWN, POST=GRANT),)

    @openapi.listing("grants_list", shapes.Grant)
    def get(self, request: Request, reference: str) -> Response:
        """List a wallet's grants, newest first."""
        read_query(request, paginated=True)
        grants = list_grants(wallet_of_path(request, reference))
        return page_of(grants, self, lambda page: [grant_of(grant, grant.created_at) for grant in page])

    @openapi.posts("grant_issue", GrantBody, shapes.PostedGrant, openapi.TOO_LARGE)
    def post(self, request: Request, reference: str) -> Response:
        """Grant credits now, or from `effective_at` on; a wallet that does not exist is opened.

        The source `purchase` needs the scope admin.
        """
        body = read_body(request, GrantBody)
        if body.get("source") == "purchase":
            require_admin(caller_of(request))
        target = target_of_path(request, reference)
        return answer_grant(services.issue_grant(reference=target, origin=origin_of(request), **body))


class VoidView(LedgerView):
    permission_classes = (GRANT,)

    @openapi.posts("grant_void", ReasonBody, shapes.PostedEntry, openapi.NO_GRANT, NOT_VOIDABLE)
    def post(self, request: Request, grant_id: UUID) -> Response:
        """Take back what a grant has left."""
        body = read_body(request, ReasonBody)
        grant = grant_of_path(request, grant_id)
        return answer_entry(services.void_grant(grant=grant, origin=origin_of(request), **body))
