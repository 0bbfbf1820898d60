"""Razorpay's events as they come: the members that matter, some that don't, and the traps."""

import json
from typing import Any

CREATED = 1_795_000_000
PERIOD_END = CREATED + 30 * 86_400


def event(name: str, created_at: int | None = CREATED, **entities: Any) -> bytes:
    """Return the body of an event; some samples have no time at all."""
    body = {
        "entity": "event",
        "account_id": "acc_1",
        "event": name,
        "contains": list(entities),
        "payload": {kind: {"entity": entity} for kind, entity in entities.items()},
        **({"created_at": created_at} if created_at else {}),
    }
    return json.dumps(body).encode()


def link(**changes: Any) -> dict[str, Any]:
    return {
        "id": "plink_00000000000001",
        "amount": 50000,
        "amount_paid": 50000,
        "currency": "INR",
        "notes": None,
        "order_id": "order_1",
        "reference_id": "payment-1",
        "status": "paid",
    } | changes


def order(**changes: Any) -> dict[str, Any]:
    """In `payment_link.paid` the order's id is bare."""
    return {"id": "1", "amount": 50000, "amount_paid": 50000, "notes": [], "receipt": "payment-1"} | changes


def payment(**changes: Any) -> dict[str, Any]:
    return {
        "id": "pay_1",
        "amount": 50000,
        "amount_refunded": 0,
        "captured": True,
        "currency": "INR",
        "description": "#00000000000001",
        "invoice_id": None,
        "notes": [],
        "order_id": "order_1",
        "status": "captured",
    } | changes


def refund(**changes: Any) -> dict[str, Any]:
    return {
        "id": "rfnd_1",
        "amount": 20000,
        "currency": "INR",
        "notes": [],
        "payment_id": "pay_1",
        "receipt": None,
        "status": "processed",
    } | changes


def dispute(**changes: Any) -> dict[str, Any]:
    return {"id": "disp_1", "amount": 50000, "amount_deducted": 0, "payment_id": "pay_1", "status": "open"} | changes


def subscription(**changes: Any) -> dict[str, Any]:
    return {
        "id": "sub_1",
        "current_end": PERIOD_END,
        "current_start": CREATED,
        "customer_id": "cust_1",
        "notes": {"subscription": "subscription-1"},
        "paid_count": 1,
        "plan_id": "plan_1",
        "status": "active",
    } | changes
