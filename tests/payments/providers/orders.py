"""What is asked of a provider in these tests; every key is new, as the ids of our rows are."""

from typing import Any
from uuid import uuid4

from payments.providers.messages import CheckoutOrder, ConsentedCharge, RefundOrder, SubscriptionOrder


def checkout(**changes: Any) -> CheckoutOrder:
    values: dict[str, Any] = {
        "key": str(uuid4()),
        "amount_minor": 1999,
        "currency": "USD",
        "title": "1,000 credits",
        "return_url": "https://shop.example/back",
        "email": "customer@example.com",
    }
    return CheckoutOrder(**{**values, **changes})


def refund(charge_id: str, amount_minor: int, **changes: Any) -> RefundOrder:
    values: dict[str, Any] = {"key": str(uuid4()), "currency": "USD", "reason": "asked for"}
    return RefundOrder(charge_id=charge_id, amount_minor=amount_minor, **{**values, **changes})


def consented(customer_id: str, method_id: str, **changes: Any) -> ConsentedCharge:
    values: dict[str, Any] = {"key": str(uuid4()), "amount_minor": 2500, "currency": "USD", "title": "Top-up"}
    return ConsentedCharge(customer_id=customer_id, method_id=method_id, **{**values, **changes})


def subscription(**changes: Any) -> SubscriptionOrder:
    values: dict[str, Any] = {
        "key": str(uuid4()),
        "amount_minor": 900,
        "currency": "USD",
        "interval": "month",
        "interval_count": 1,
        "title": "Pro",
        "return_url": "https://shop.example/back",
    }
    return SubscriptionOrder(**{**values, **changes})
