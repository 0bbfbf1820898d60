"""The rows of usage; the columns are those of tests.security.table."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from usage import services
from usage.selectors.rates import forget_rates

#  method route                          none own other  read spend grant admin  Support Finance Admin
TABLE = """
   POST   usage/estimate                 401 200 200    403 200 200 200         200 200 200
   POST   usage/events                   401 403 403    403 201 201 201         403 403 201
   GET    usage/summary                  401 200 200    200 200 200 200         200 200 200
   GET    rates                          401 403 403    200 200 200 200         200 200 200
   POST   rates                          401 403 403    403 403 403 201         403 403 201
   GET    rates/<uuid:rate_id>           401 403 403    200 200 200 200         200 200 200
   GET    budgets                        401 403 403    200 200 200 200         200 200 200
   POST   budgets                        401 403 403    403 403 403 201         403 403 201
   PATCH  budgets/<uuid:budget_id>       401 403 403    403 403 403 200         403 403 200
   DELETE budgets/<uuid:budget_id>       401 403 403    403 403 403 204         403 403 204
"""
# The body of each write, and what must hold before a call can succeed.
BODIES: dict[tuple[str, str], Callable[[Any], dict[str, Any]]] = {
    ("POST", "usage/estimate"): lambda world: {"model": "m", "input_tokens": 1},
    ("POST", "usage/events"): lambda world: {"reference": world.reference, "model": "m", "input_tokens": 1},
    ("POST", "rates"): lambda world: {"model": "m", "prices": {"input_tokens": "1"}},
    ("POST", "budgets"): lambda world: {"reference": world.reference, "window": "day", "limit": "1"},
    ("PATCH", "budgets/<uuid:budget_id>"): lambda world: {"limit": "2"},
}
# Members that a body may name, besides those of its example.
NAMED: dict[tuple[str, str], set[str]] = {
    ("POST", "usage/events"): {"metadata", "idempotency_key"},
    ("POST", "rates"): {"currency"},
}
BEFORE: dict[tuple[str, str], Callable[[Any], None]] = {
    ("POST", "usage/estimate"): lambda world: forget_rates(),
    ("POST", "usage/events"): lambda world: forget_rates(),
}


def arguments(world: Any) -> dict[str, str]:
    """Return the values for the paths of this room, all about objects of customer A; called once a world."""
    rate = services.NewRate(model="m", prices={"input_tokens": Decimal(1)})
    budget = services.create_budget(limit=Decimal(10**6), window="day", reference=world.reference, actor="user:test")
    return {
        "rate_id": str(services.create_rate(rate=rate, actor="user:test").pk),
        "budget_id": str(budget.pk),
    }
