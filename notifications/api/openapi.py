"""What the OpenAPI document says about every call of notifications."""

from typing import Any

from accounts.api import openapi

NOTICE_ID, ENDPOINT_ID, DELIVERY_ID = (f"019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7b0{number}" for number in (1, 2, 3))
AT = "2026-11-21T09:30:00Z"
NOTICE = {
    "id": NOTICE_ID,
    "reference": "ada",
    "name": "balance.low",
    "title": "Your credits are running low",
    "text": "Your balance has fallen to 9.5 credits, below the 20 at which you want to be told.",
    "data": {"wallet": "ada", "balance": "9.5", "threshold": "20"},
    "created_at": AT,
    "read_at": None,
}
PREFERENCES_ASKED = {"low_balance_amount": "50", "expiring_days": [7, 1], "channels": {"email": ["payment.*"]}}
PREFERENCES = {
    "reference": "ada",
    "low_balance_amount": "50",
    "low_balance_percent": None,
    "expiring_days": [7, 1],
    "channels": {"inbox": ["*"], "email": ["payment.*"]},
}
ENDPOINT_ASKED = {"url": "https://example.com/hooks", "event_types": ["credits.*", "balance.low"]}
ENDPOINT = {
    "id": ENDPOINT_ID,
    "reference": "ada",
    "url": "https://example.com/hooks",
    "description": "",
    "event_types": ["credits.*", "balance.low"],
    "failing_since": None,
    "failures": 0,
    "paused_until": None,
    "disabled_at": None,
    "disabled_because": "",
    "created_at": AT,
}
SECRET = {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
DELIVERY = {
    "id": DELIVERY_ID,
    "name": "credits.consumed",
    "status": "sent",
    "attempts": 1,
    "next_attempt_at": None,
    "last_error": "",
    "payload": {
        "type": "credits.consumed",
        "timestamp": AT,
        "stream": "wallet:ada",
        "stream_seq": 7,
        "data": {"wallet": "ada", "amount": "-12.5", "balance": "87.5"},
    },
    "created_at": AT,
    "ended_at": AT,
}


def operation(name: str, **words: Any) -> dict[str, Any]:
    """Return the arguments of `extend_schema` for one call."""
    return {**openapi.operation(name, **words), "tags": ["notifications"]}
