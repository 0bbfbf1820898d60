"""Tables of usage: what it costs, what was used, and how much may be."""

from .budgets import Budget, BudgetCounter
from .events import UsageEvent
from .rates import Rate

__all__ = ["Budget", "BudgetCounter", "Rate", "UsageEvent"]
