"""Allowances: rules of recurring free credits."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import by_method
from core import clock
from core.api.bodies import read_body
from core.api.idempotency import idempotent
from core.api.lean import LeanView
from core.api.queries import read_query
from credits.api.bodies import NothingBody
from credits.api.pages import page_of

from .. import services
from ..models import Allowance
from ..selectors.allowances import dry_run, find_allowance
from . import openapi, shapes
from .base import READ_RULES, RULE, audited
from .bodies import AllowanceBody, AllowanceChangeBody
from .representations import allowance_of, dry_run_of


class AllowancesView(LeanView):
    permission_classes = (by_method(GET=READ_RULES, POST=RULE),)

    @extend_schema(**openapi.listing("allowances_list", shapes.Allowance))
    def get(self, request: Request) -> Response:
        """List allowances, newest first, each with its latest run."""
        read_query(request, paginated=True)
        return page_of(Allowance.objects.all(), self, lambda page: [allowance_of(one) for one in page])

    @extend_schema(
        **openapi.operation(
            "allowances_create", body=AllowanceBody, answers={201: shapes.Allowance}, refusals=(openapi.RULE_EXISTS,)
        )
    )
    @idempotent()
    @audited("allowance.create")
    def post(self, request: Request) -> Response:
        """Make a rule; its first run is the first that is due from now on."""
        return Response(allowance_of(services.create_allowance(**read_body(request, AllowanceBody))), status=201)


class AllowanceView(LeanView):
    permission_classes = (by_method(PATCH=RULE, DELETE=RULE),)

    @extend_schema(
        **openapi.operation(
            "allowances_update",
            body=AllowanceChangeBody,
            answers={200: shapes.Allowance},
            refusals=(openapi.NO_ALLOWANCE, openapi.RULE_EXISTS),
            is_keyed=False,
        )
    )
    @audited("allowance.change")
    def patch(self, request: Request, allowance_id: UUID) -> Response:
        """Change a rule from its next run on; a day that had its run gets no other."""
        body = read_body(request, AllowanceChangeBody)
        return Response(allowance_of(services.change_allowance(allowance=allowance_id, **body)))

    @extend_schema(**openapi.operation("allowances_delete", answers={204: None}, refusals=(openapi.NO_ALLOWANCE,)))
    @audited("allowance.delete")
    def delete(self, request: Request, allowance_id: UUID) -> Response:
        """Take a rule away; what was granted stays."""
        read_query(request)
        services.delete_allowance(allowance=allowance_id)
        return Response(status=204)


class DryRunView(LeanView):
    permission_classes = (RULE,)

    @extend_schema(
        **openapi.operation(
            "allowances_dry_run",
            body=NothingBody,
            answers={200: shapes.DryRun},
            refusals=(openapi.NO_ALLOWANCE,),
            is_keyed=False,
        )
    )
    def post(self, request: Request, allowance_id: UUID) -> Response:
        """Show how many wallets and credits the next run would reach if it came now; nothing is written."""
        read_body(request, NothingBody)
        return Response(dry_run_of(dry_run(find_allowance(allowance_id), clock.now())))
