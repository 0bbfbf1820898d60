"""An example for each request and answer about usage, by the name of its shape."""

from typing import Any

from credits.api import examples as ledger

RATE_ID, EVENT_ID = "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7b01", "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7b02"
BUDGET_ID, KEY_ID = "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7b03", "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7b04"
AT = ledger.AT

ASKED = {"model": "gpt-4o", "provider": "openai", "operation": "chat", "input_tokens": 1200, "output_tokens": 300}
EVENT_BODY: dict[str, Any] = {**ASKED, "reference": "ada", "hold": ledger.HOLD_ID, "idempotency_key": "call-4711"}
PRICES = {"input_tokens": "2.5", "output_tokens": "10"}
RATE_BODY: dict[str, Any] = {
    "provider": "openai",
    "model": "gpt-4o*",
    "prices": PRICES,
    "markup_percent": "20",
    "credits_per_currency_unit": "1000",
    "effective_from": AT,
}
RATE: dict[str, Any] = {
    **RATE_BODY,
    "id": RATE_ID,
    "version": 3,
    "operation": "",
    "tiers": [],
    "currency": "USD",
    "effective_to": None,
    "source": "operator",
    "created_at": AT,
}
EVENT: dict[str, Any] = {
    "id": EVENT_ID,
    "reference": "ada",
    "provider": "openai",
    "model": "gpt-4o",
    "operation": "chat",
    "quantities": {"input_tokens": 1200, "output_tokens": 300},
    "amount": "7.2",
    "rate": RATE_ID,
    "occurred_at": AT,
    "late": False,
    "created_at": AT,
    "entry": {**ledger.ENTRY, "amount": "-7.2", "hold": ledger.HOLD_ID},
}
BUDGET_BODY: dict[str, Any] = {"reference": "ada", "operation": "chat", "window": "day", "limit": "50", "hard": True}
BUDGET: dict[str, Any] = {
    **BUDGET_BODY,
    "id": BUDGET_ID,
    "api_key": None,
    "window_seconds": None,
    "consumed": "7.2",
    "held": "0",
    "resets_at": "2026-11-22T00:00:00Z",
    "created_at": AT,
    "updated_at": AT,
}
SUM = {
    "day": "2026-11-21",
    "model": "gpt-4o",
    "events": 2,
    "input_tokens": 2400,
    "output_tokens": 600,
    "amount": "14.4",
}
EXAMPLES: dict[str, Any] = {
    "EstimateBody": ASKED,
    "Estimate": {"amount": "7.2", "rate": RATE_ID, "basis": "rate"},
    "EventBody": EVENT_BODY,
    "UsageBatch": {"items": [EVENT_BODY]},
    "PostedUsage": {**EVENT, "wallet": ledger.WALLET},
    "UsageResults": {"results": [{"status": 201, "replayed": False, "event": EVENT}]},
    "UsageSummary": {"time_zone": "UTC", "results": [SUM], "next": None, "previous": None},
    "RateBody": RATE_BODY,
    "Rate": RATE,
    "BudgetBody": BUDGET_BODY,
    "BudgetChangeBody": {"limit": "80"},
    "Budget": BUDGET,
}
