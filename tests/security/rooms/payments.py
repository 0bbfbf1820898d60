"""The rows of payments; the columns are those of tests.security.table."""

from collections.abc import Callable
from typing import Any

from tests.payments import orders

TABLE = """
          GET    checkout/<uuid:payment_id>/return         200 200 200    200 200 200 200         200 200 200
          GET    sandbox/<str:checkout_id>                 200 200 200    200 200 200 200         200 200 200
          POST   sandbox/<str:checkout_id>                 302 302 302    302 302 302 302         302 302 302

          GET    credit-packs                              200 200 200    200 200 200 200         200 200 200
          GET    payments                                  401 200 200    200 200 200 200         200 200 200
          POST   payments                                  401 201 404    403 403 403 201         403 403 201
          GET    payments/<uuid:payment_id>                401 200 404    200 200 200 200         200 200 200
          GET    payments/<uuid:payment_id>/receipt        401 200 404    200 200 200 200         200 200 200
          POST   payments/<uuid:payment_id>/refund         401 403 403    403 403 403 201         403 201 201
          GET    auto-top-up                               401 200 200    400 400 400 400         400 400 400
          PUT    auto-top-up                               401 200 404    403 403 403 200         403 403 403
          POST   payment-portal                            401 201 404    403 403 403 201         403 403 403
          POST   webhooks/<str:provider>                   400 400 400    400 400 400 400         400 400 400
"""
TOP_UP = {
    "enabled": True,
    "threshold": "10",
    "pack": "starter",
    "currency": "USD",
    "monthly_cap_minor": 5000,
    "consent": "Charge me.",
}
# The body of each write, and what must hold before a call can succeed.
BODIES: dict[tuple[str, str], Callable[[Any], dict[str, Any]]] = {
    ("POST", "payments"): lambda world: {"reference": world.reference, "pack": "starter", "currency": "USD"},
    ("POST", "payments/<uuid:payment_id>/refund"): lambda world: {"amount_minor": 1, "reason": "test"},
    ("POST", "payment-portal"): lambda world: {"reference": world.reference, "return_url": "https://example.com/"},
    ("PUT", "auto-top-up"): lambda world: {"reference": world.reference, **TOP_UP},
}
BEFORE: dict[tuple[str, str], Callable[[Any], None]] = {}


def arguments(world: Any) -> dict[str, str]:
    """Return the values for the paths of this room, all about objects of customer A; called once a world."""
    payment = orders.ordered(world.reference)
    orders.act(payment, "pay")
    orders.deliver_all(payment)
    return {"payment_id": str(payment.pk), "checkout_id": str(payment.checkout_id), "provider": "sandbox"}
