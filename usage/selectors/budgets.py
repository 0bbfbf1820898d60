"""Budgets, and how far they are."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet

from core.amounts import from_micros

from ..counting import Counters
from ..exceptions import BudgetNotFound
from ..models import Budget
from .limits import limit_of


class Standing(NamedTuple):
    """What was consumed and is held in a budget's present window, and when that changes."""

    consumed: Decimal
    held: Decimal
    changes_at: datetime


def list_budgets(reference: str | None = None) -> QuerySet[Budget]:
    """Return all budgets, or those of a wallet."""
    budgets = Budget.objects.select_related("wallet", "api_key")
    return budgets if reference is None else budgets.filter(wallet__reference=reference)


def read_budget(budget: Any, *, for_update: bool = False) -> Budget:
    """Return a budget; raise BudgetNotFound."""
    budgets = Budget.objects.select_for_update() if for_update else list_budgets()
    found = budgets.filter(pk=budget).first()
    if found is None:
        raise BudgetNotFound
    return found


def standings(budgets: Sequence[Budget], at: datetime) -> list[Standing]:
    """Return how far each budget is at `at`, all read together."""
    limits = [limit_of(budget, None, budget.wallet.time_zone if budget.wallet else "UTC") for budget in budgets]
    counters = Counters()
    counters.load((limit, at) for limit in limits)
    sums = [(limit, *counters.spent(limit, at)) for limit in limits]
    return [Standing(from_micros(used), from_micros(held), limit.window(at).changes_at) for limit, used, held in sums]
