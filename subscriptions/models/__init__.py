"""Offers, agreements, cycles, and recurring free credits."""

from .allowances import Allowance, AllowanceChunk, AllowanceRun
from .periods import Charge, Period
from .plans import Plan, PlanVersion
from .subscriptions import Subscription, Transition

__all__ = [
    "Allowance",
    "AllowanceChunk",
    "AllowanceRun",
    "Charge",
    "Period",
    "Plan",
    "PlanVersion",
    "Subscription",
    "Transition",
]
