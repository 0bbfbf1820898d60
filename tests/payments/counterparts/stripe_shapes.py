"""Objects as Stripe renders them in this version of its API: the members that anyone might read."""

from typing import Any

from .counterpart import Counterpart, Json

API_VERSION = "2026-10-28.endive"


def session_of(account: Counterpart, params: Json) -> Json:
    """Return a new open Checkout Session."""
    amount = sum(_line_amount(account, line) for line in params.get("line_items", []))
    id = account.new_id("cs_test_")
    return {
        "id": id,
        "object": "checkout.session",
        "amount_subtotal": amount,
        "amount_total": amount,
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "created": account.now(),
        "currency": _currency(account, params),
        "customer": params.get("customer"),
        "expires_at": int(params.get("expires_at") or account.now() + 86400),
        "invoice": None,
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "mode": params["mode"],
        "payment_intent": None,
        "payment_status": "unpaid",
        "status": "open",
        "subscription": None,
        "success_url": params.get("success_url"),
        "url": f"https://checkout.stripe.test/c/pay/{id}",
        "_intent_data": params.get("payment_intent_data"),
        "_subscription_data": params.get("subscription_data"),
        "_lines": params.get("line_items", []),
    }


def price_of(account: Counterpart, line: Json) -> Json:
    """Return what one line costs: a stored price, or one that the line itself describes."""
    if "price" in line:
        return account.objects["price"][line["price"]]
    data = line["price_data"]
    return {"unit_amount": int(data["unit_amount"]), "currency": data["currency"], "recurring": data.get("recurring")}


def _line_amount(account: Counterpart, line: Json) -> int:
    return int(price_of(account, line)["unit_amount"]) * int(line.get("quantity", 1))


def _currency(account: Counterpart, params: Json) -> Any:
    lines = params.get("line_items") or []
    return price_of(account, lines[0])["currency"] if lines else None


def intent_of(account: Counterpart, amount: int, currency: str, metadata: Json) -> Json:
    """Return a new PaymentIntent that waits for a method."""
    return {
        "id": account.new_id("pi_"),
        "object": "payment_intent",
        "amount": amount,
        "amount_received": 0,
        "created": account.now(),
        "currency": currency,
        "customer": None,
        "description": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": metadata,
        "payment_method": None,
        "setup_future_usage": None,
        "status": "requires_payment_method",
    }


def charge_of(account: Counterpart, intent: Json) -> Json:
    """Return the succeeded charge of an intent."""
    return {
        "id": account.new_id("ch_"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"],
        "amount_refunded": 0,
        "captured": True,
        "created": account.now(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "disputed": False,
        "livemode": False,
        "metadata": intent["metadata"],
        "paid": True,
        "payment_intent": intent["id"],
        "refunded": False,
        "status": "succeeded",
    }


def refund_of(account: Counterpart, charge: Json, amount: int, metadata: Json) -> Json:
    """Return a refund that has succeeded."""
    return {
        "id": account.new_id("re_"),
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": account.now(),
        "currency": charge["currency"],
        "metadata": metadata,
        "payment_intent": charge["payment_intent"],
        "reason": None,
        "status": "succeeded",
    }


def dispute_of(account: Counterpart, charge: Json, amount: int, status: str) -> Json:
    """Return a new dispute about a charge."""
    return {
        "id": account.new_id("dp_"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": account.now(),
        "currency": charge["currency"],
        "is_charge_refundable": status.startswith("warning_"),
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": "fraudulent",
        "status": status,
    }


def shown(item: Any) -> Any:
    """Return an object without what only the stub knows of it."""
    if isinstance(item, list):
        return [shown(member) for member in item]
    if isinstance(item, dict):
        return {name: shown(value) for name, value in item.items() if not name.startswith("_")}
    return item
