"""An example for each request and answer, by the name of its shape."""

from typing import Any

PAYMENT_ID, REFUND_ID = "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a21", "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a22"
AT = "2026-11-21T09:30:00Z"

REFUND: dict[str, Any] = {
    "id": REFUND_ID,
    "amount_minor": 500,
    "status": "succeeded",
    "reason": "Bought by mistake",
    "created_at": AT,
}
PAYMENT: dict[str, Any] = {
    "id": PAYMENT_ID,
    "reference": "ada",
    "status": "paid",
    "purpose": "purchase",
    "amount_minor": 1999,
    "currency": "USD",
    "credits": "2000",
    "pack": "starter",
    "quantity": 1,
    "provider": "stripe",
    "checkout_url": "https://checkout.stripe.com/c/pay/cs_1",
    "reversed_minor": 0,
    "refunds": [],
    "disputes": [],
    "receipt": "R-000042",
    "created_at": AT,
    "paid_at": AT,
}
PACKS: dict[str, Any] = {
    "results": [
        {
            "code": "starter",
            "name": "Starter",
            "credits": "2000",
            "bonus_tiers": [{"from_quantity": 5, "bonus_percent": 10}],
            "expires_in_days": None,
            "prices": [{"currency": "USD", "amount_minor": 1999}],
        }
    ],
    "free_amounts": [
        {"currency": "USD", "credits_per_unit": "100", "minimum_minor": 500, "maximum_minor": 100000},
    ],
    "providers": ["stripe"],
}
AUTO_TOP_UP: dict[str, Any] = {
    "enabled": True,
    "threshold": "100",
    "pack": "starter",
    "currency": "USD",
    "monthly_cap_minor": 10000,
    "consent": "Charge my card for the pack Starter whenever fewer than 100 credits are left.",
    "consent_at": AT,
    "declines": 0,
    "stopped_at": None,
    "spent_minor": 1999,
    "has_method": True,
}
EXAMPLES: dict[str, Any] = {
    "Packs": PACKS,
    "PaymentShape": PAYMENT,
    "PostedRefund": {"refund": REFUND, "payment": {**PAYMENT, "status": "partially_refunded", "refunds": [REFUND]}},
    "AutoTopUpShape": AUTO_TOP_UP,
    "Webhook": {"id": "evt_1", "type": "charge.captured", "created": 1795253400, "data": {}},
    "Stored": {"status": "stored"},
    "Portal": {"url": "https://billing.stripe.com/p/session/1"},
    "PortalBody": {"return_url": "https://app.example.com/credits"},
    "PaymentBody": {"pack": "starter", "currency": "USD", "return_url": "https://app.example.com/credits"},
    "RefundBody": {"amount_minor": 500, "reason": "Bought by mistake"},
    "AutoTopUpBody": {
        name: AUTO_TOP_UP[name] for name in ("enabled", "threshold", "pack", "monthly_cap_minor", "consent")
    },
}
