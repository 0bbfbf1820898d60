"""Charges in the sandbox's books."""

import secrets
from typing import Any

from ..models import SandboxCheckout

Row = dict[str, Any]


def add_charge(checkout: SandboxCheckout, status: str, method: str = "") -> Row:
    """Note a charge of the checkout's whole amount."""
    charge: Row = {"id": name("ch"), "status": status, "amount": checkout.amount_minor, "refunded": 0}
    charge |= {"refunds": [], "disputes": [], "method": method}
    checkout.charges.append(charge)
    return charge


def name(kind: str) -> str:
    """Return a new id as providers write them."""
    return f"{kind}_sandbox_{secrets.token_hex(10)}"
