"""GET, POST /budgets and PATCH, DELETE /budgets/{id}."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import by_method, caller_of
from core import clock
from core.api.bodies import read_body
from core.api.fields import StrictSerializer
from core.api.idempotency import idempotent
from core.api.queries import read_query
from credits.api import openapi as ledger
from credits.api.audited import LedgerView
from credits.api.bodies import ReferenceField
from credits.api.pages import page_of

from ..models import Budget
from ..selectors.budgets import list_budgets, standings
from ..services import change_budget, create_budget, delete_budget
from . import openapi, shapes
from .base import ADD_BUDGET, CHANGE_BUDGET, DELETE_BUDGET, READ_BUDGETS
from .bodies import BudgetBody, BudgetChangeBody
from .representations import budget_of


class BudgetFilter(StrictSerializer):
    reference = ReferenceField(required=False)


class BudgetsView(LedgerView):
    permission_classes = (by_method(GET=READ_BUDGETS, POST=ADD_BUDGET),)

    @extend_schema(**openapi.listing("budgets_list", shapes.Budget, query=BudgetFilter))
    def get(self, request: Request) -> Response:
        """List budgets, newest first, each with what its present window has consumed and holds."""
        budgets = list_budgets(**read_query(request, BudgetFilter, paginated=True))
        return page_of(budgets, self, _shown)

    @extend_schema(
        **openapi.operation(
            "budget_create", body=BudgetBody, answers={201: shapes.Budget}, refusals=(ledger.NO_WALLET,), keyed=True
        )
    )
    @idempotent()
    def post(self, request: Request) -> Response:
        """Limit what a wallet, an API key, an operation or all together spend in a window.

        `day` and `month` are those of the wallet's time zone, UTC without a wallet; `rolling` has `window_seconds`, a
        multiple of 60. A hard budget refuses what would pass it, a soft one only tells. It counts from now on.
        """
        body = read_body(request, BudgetBody)
        budget = create_budget(actor=caller_of(request).actor, **body)
        return Response(_shown([budget])[0], status=201)


class BudgetView(LedgerView):
    permission_classes = (by_method(PATCH=CHANGE_BUDGET, DELETE=DELETE_BUDGET),)

    @extend_schema(
        **openapi.operation(
            "budget_change", body=BudgetChangeBody, answers={200: shapes.Budget}, refusals=(openapi.NO_BUDGET,)
        )
    )
    def patch(self, request: Request, budget_id: UUID) -> Response:
        """Change how much a budget allows, or whether it refuses more."""
        budget = change_budget(budget=budget_id, **read_body(request, BudgetChangeBody))
        return Response(_shown([budget])[0])

    @extend_schema(**openapi.operation("budget_delete", answers={204: None}, refusals=(openapi.NO_BUDGET,)))
    def delete(self, request: Request, budget_id: UUID) -> Response:
        """Remove a budget and what it has counted."""
        delete_budget(budget=budget_id)
        return Response(status=204)


def _shown(budgets: list[Budget]) -> list[dict[str, Any]]:
    found = standings(budgets, clock.now())
    return [budget_of(budget, standing) for budget, standing in zip(budgets, found, strict=True)]
