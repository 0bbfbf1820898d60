"""What can be done with usage: price it, record it, and say how much there may be."""

from .budgets import change_budget, create_budget, delete_budget
from .charges import Charge, Recorded, Usage
from .events import record_usage, record_usage_batch
from .pricing import price_usage
from .rates import NewRate, create_rate, create_rates
from .rerating import plan_rerating, rerate_event
from .taking_back import take_back_usage

__all__ = [
    "Charge",
    "NewRate",
    "Recorded",
    "Usage",
    "change_budget",
    "create_budget",
    "create_rate",
    "create_rates",
    "delete_budget",
    "plan_rerating",
    "price_usage",
    "record_usage",
    "record_usage_batch",
    "rerate_event",
    "take_back_usage",
]
