"""Stripe's events as they come: the members that matter, some that don't, and the traps."""

import json
from typing import Any

CREATED = 1_795_000_000
PERIOD = {"start": CREATED, "end": CREATED + 30 * 86_400}


def event(type: str, item: Any, **changes: Any) -> bytes:
    """Return the body of an event about an object."""
    body = {
        "id": "evt_1",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": CREATED,
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": type,
        "data": {"object": item},
    }
    return json.dumps(body | changes).encode()


def session(**changes: Any) -> dict[str, Any]:
    return {
        "id": "cs_test_1",
        "object": "checkout.session",
        "amount_total": 1999,
        "client_reference_id": "payment-1",
        "currency": "usd",
        "customer": None,
        "livemode": False,
        "metadata": {"payment": "payment-1"},
        "mode": "payment",
        "payment_intent": "pi_1",
        "payment_status": "paid",
        "status": "complete",
        "subscription": None,
    } | changes


def intent(**changes: Any) -> dict[str, Any]:
    return {
        "id": "pi_1",
        "object": "payment_intent",
        "amount": 1999,
        "amount_received": 1999,
        "currency": "usd",
        "latest_charge": "ch_1",
        "metadata": {"payment": "payment-1"},
        "status": "succeeded",
    } | changes


def charge(**changes: Any) -> dict[str, Any]:
    return {
        "id": "ch_1",
        "object": "charge",
        "amount": 1999,
        "amount_refunded": 500,
        "currency": "usd",
        "metadata": {"payment": "payment-1"},
        "payment_intent": "pi_1",
    } | changes


def refund(**changes: Any) -> dict[str, Any]:
    return {
        "id": "re_1",
        "object": "refund",
        "amount": 500,
        "charge": "ch_1",
        "currency": "usd",
        "metadata": {},
        "payment_intent": "pi_1",
        "status": "succeeded",
    } | changes


def dispute(**changes: Any) -> dict[str, Any]:
    return {
        "id": "dp_1",
        "object": "dispute",
        "amount": 1999,
        "balance_transactions": [],
        "charge": "ch_1",
        "currency": "usd",
        "payment_intent": "pi_1",
        "status": "needs_response",
    } | changes


def invoice(**changes: Any) -> dict[str, Any]:
    details = {"subscription": "sub_1", "metadata": {"subscription": "subscription-1"}}
    payment = {"type": "payment_intent", "payment_intent": "pi_9"}
    return {
        "id": "in_1",
        "object": "invoice",
        "amount_due": 900,
        "amount_paid": 900,
        "currency": "usd",
        "customer": "cus_1",
        "lines": {"object": "list", "data": [{"id": "il_1", "period": PERIOD}]},
        "parent": {"type": "subscription_details", "subscription_details": details},
        "payments": {"object": "list", "data": [{"payment": payment}]},
    } | changes


def subscription(**changes: Any) -> dict[str, Any]:
    return {
        "id": "sub_1",
        "object": "subscription",
        "customer": "cus_1",
        "items": {"data": [{"current_period_start": PERIOD["start"], "current_period_end": PERIOD["end"]}]},
        "metadata": {"subscription": "subscription-1"},
        "status": "canceled",
    } | changes
