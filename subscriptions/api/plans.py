"""Plans: what is offered."""

from drf_spectacular.utils import extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import ApiKeyAuthentication, JWTAuthentication
from accounts.permissions import by_method
from core.api.bodies import read_body
from core.api.idempotency import idempotent
from core.api.lean import LeanView
from core.api.queries import read_query
from credits.api.pages import page_of

from .. import services
from ..selectors.plans import list_plans
from . import openapi, shapes
from .base import OFFER, WhoeverCalls, audited, sees_all
from .bodies import PlanBody, PlanChangeBody
from .representations import plan_of


class PlansView(LeanView):
    def get_authenticators(self) -> list[BaseAuthentication]:
        """Let anybody look, and ask who offers."""
        if self.request is not None and self.request.method in ("GET", "HEAD"):
            return [WhoeverCalls()]
        return [JWTAuthentication(), ApiKeyAuthentication()]

    def get_permissions(self) -> list[BasePermission]:
        """Let anybody look, and only some offer."""
        return [AllowAny() if self.request.method in ("GET", "HEAD") else by_method(POST=OFFER)()]

    @extend_schema(**openapi.listing("plans_list", shapes.Plan), auth=[])
    def get(self, request: Request) -> Response:
        """List the plans on offer, newest first; services and operators see those that are not offered, too."""
        read_query(request, paginated=True)
        plans = list_plans(offered=not sees_all(request))
        return page_of(plans, self, lambda page: [plan_of(plan) for plan in page])

    @extend_schema(
        **openapi.operation("plans_create", body=PlanBody, answers={201: shapes.Plan}, refusals=(openapi.PLAN_EXISTS,))
    )
    @idempotent()
    @audited("plan.create")
    def post(self, request: Request) -> Response:
        """Offer a plan."""
        return Response(plan_of(services.create_plan(**read_body(request, PlanBody))), status=201)


class PlanView(LeanView):
    permission_classes = (by_method(PATCH=OFFER, DELETE=OFFER),)

    @extend_schema(
        **openapi.operation(
            "plans_update",
            body=PlanChangeBody,
            answers={200: shapes.Plan},
            refusals=(openapi.NO_PLAN,),
            is_keyed=False,
        )
    )
    @audited("plan.change")
    def patch(self, request: Request, plan_code: str) -> Response:
        """Change a plan; other terms make a new version, and running subscriptions keep theirs until they change."""
        return Response(plan_of(services.change_plan(code=plan_code, **read_body(request, PlanChangeBody))))

    @extend_schema(**openapi.operation("plans_delete", answers={204: None}, refusals=(openapi.NO_PLAN, openapi.IN_USE)))
    @audited("plan.delete")
    def delete(self, request: Request, plan_code: str) -> Response:
        """Take a plan away for good, unless somebody is subscribed."""
        read_query(request)
        services.delete_plan(code=plan_code)
        return Response(status=204)
