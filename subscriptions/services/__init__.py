"""What can be done with plans, subscriptions and allowances: verbs, keyword-only, each one transaction."""

from .allowances import change_allowance, create_allowance, delete_allowance
from .changing import change_subscription
from .charges import fail_charge, pay_charge
from .due_work import run_due_work
from .plans import change_plan, create_plan, delete_plan
from .starting import start_subscription
from .stopping import cancel_subscription, pause_subscription, resume_subscription

__all__ = [
    "cancel_subscription",
    "change_allowance",
    "change_plan",
    "change_subscription",
    "create_allowance",
    "create_plan",
    "delete_allowance",
    "delete_plan",
    "fail_charge",
    "pause_subscription",
    "pay_charge",
    "resume_subscription",
    "run_due_work",
    "start_subscription",
]
