"""The rows of subscriptions; the columns are those of tests.security.table."""

from collections.abc import Callable
from datetime import time
from decimal import Decimal
from typing import Any

from subscriptions import services

#  method route                                            none own other  read spend grant admin  Support Finance Admin
TABLE = """
   GET    plans                                              200 200 200    200 200 200 200         200 200 200
   POST   plans                                              401 403 403    403 403 403 201         403 403 201
   PATCH  plans/<str:plan_code>                              401 403 403    403 403 403 200         403 403 200
   DELETE plans/<str:plan_code>                              401 403 403    403 403 403 204         403 403 204
   GET    subscriptions                                      401 200 200    200 200 200 200         200 200 200
   POST   subscriptions                                      401 201 404    403 403 201 201         403 201 201
   GET    subscriptions/<uuid:subscription_id>               401 200 404    200 200 200 200         200 200 200
   POST   subscriptions/<uuid:subscription_id>/change        401 200 404    403 403 200 200         403 200 200
   POST   subscriptions/<uuid:subscription_id>/cancel        401 200 404    403 403 200 200         403 200 200
   POST   subscriptions/<uuid:subscription_id>/resume        401 200 404    403 403 200 200         403 200 200
   POST   subscriptions/<uuid:subscription_id>/pause         401 200 404    403 403 200 200         403 200 200
   GET    allowances                                         401 403 403    200 200 200 200         200 200 200
   POST   allowances                                         401 403 403    403 403 403 201         403 403 201
   PATCH  allowances/<uuid:allowance_id>                     401 403 403    403 403 403 200         403 403 200
   DELETE allowances/<uuid:allowance_id>                     401 403 403    403 403 403 204         403 403 204
   POST   allowances/<uuid:allowance_id>/dry-run             401 403 403    403 403 403 200         403 403 200
"""
TERMS: dict[str, Any] = {"period_unit": "month", "credits": Decimal(100)}
# The body of each write, and what must hold before a call can succeed.
BODIES: dict[tuple[str, str], Callable[[Any], dict[str, Any]]] = {
    ("POST", "plans"): lambda world: {"code": "new", "name": "New", "credits": "1", "period_unit": "month"},
    ("PATCH", "plans/<str:plan_code>"): lambda world: {"credits": "7"},
    ("POST", "subscriptions"): lambda world: {"plan": "other", "reference": world.reference},
    ("POST", "subscriptions/<uuid:subscription_id>/change"): lambda world: {"plan": "pro"},
    ("POST", "allowances"): lambda world: {"name": "Weekly", "amount": "5", "time": "00:00"},
    ("PATCH", "allowances/<uuid:allowance_id>"): lambda world: {"amount": "7"},
}
BEFORE: dict[tuple[str, str], Callable[[Any], None]] = {
    ("POST", "subscriptions/<uuid:subscription_id>/resume"): lambda world: _pause(world),
}
# Members that a body may name, besides those above, and that fields of other rooms are called, too.
PLAN = {"name", "is_active", "currency", "priority", "rollover"}
RULE = {"name", "is_active", "priority", "time_zone"}
PAYING = {"provider", "return_url"}
NAMED: dict[tuple[str, str], set[str]] = {
    ("POST", "subscriptions"): PAYING,
    ("POST", "subscriptions/<uuid:subscription_id>/change"): PAYING,
    ("POST", "plans"): PLAN,
    ("PATCH", "plans/<str:plan_code>"): PLAN,
    ("POST", "allowances"): RULE,
    ("PATCH", "allowances/<uuid:allowance_id>"): RULE,
}


def arguments(world: Any) -> dict[str, str]:
    """Return the values for the paths of this room, all about objects of customer A; called once a world."""
    for code, family in (("basic", "chat"), ("pro", "chat"), ("other", "other"), ("idle", "idle")):
        credits = Decimal(200 if code == "pro" else 100)
        services.create_plan(code=code, family=family, name=code.title(), **{**TERMS, "credits": credits})
    subscription = services.start_subscription(reference=world.reference, plan="basic")
    allowance = services.create_allowance(name="Daily", amount=Decimal(5), time=time(0))
    return {
        "plan_code": "idle",
        "subscription_id": str(subscription.pk),
        "allowance_id": str(allowance.pk),
    }


def _pause(world: Any) -> None:
    services.pause_subscription(subscription=world.arguments()["subscription_id"])
