"""An example for each request and answer, by the name of its shape."""

from typing import Any

AT, LATER = "2026-11-21T09:30:00Z", "2026-12-21T09:30:00Z"
ID, GRANT_ID = "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7b01", "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a01"

PLAN: dict[str, Any] = {
    "code": "pro",
    "family": "chat",
    "name": "Pro",
    "version": 2,
    "is_active": True,
    "is_public": True,
    "amount_minor": 1900,
    "currency": "EUR",
    "credits": "900",
    "period_unit": "month",
    "period_count": 1,
    "validity_days": None,
    "rollover": {"amount": "200", "percent": None, "days": 30, "times": 1},
    "trial_days": 14,
    "trial_credits": "50",
    "priority": 50,
    "features": {"models": ["m-1"]},
    "requests_per_minute": 120,
    "created_at": AT,
}
SUBSCRIPTION: dict[str, Any] = {
    "id": ID,
    "reference": "ada",
    "family": "chat",
    "plan": "pro",
    "version": 2,
    "next_plan": None,
    "status": "active",
    "is_billed": False,
    "auto_renew": True,
    "time_zone": "Europe/Berlin",
    "started_at": AT,
    "trial_ends_at": None,
    "period": {
        "number": 1,
        "due_at": AT,
        "started_at": AT,
        "ends_at": LATER,
        "credits": "900",
        "grant": GRANT_ID,
    },
    "charge": None,
    "grace_ends_at": None,
    "ended_at": None,
    "end_reason": None,
}
CHANGE: dict[str, Any] = {
    "kind": "upgrade",
    "plan": "pro",
    "version": 2,
    "effective_at": AT,
    "amount_minor": 950,
    "currency": "EUR",
    "credits": "270",
}
RULE: dict[str, Any] = {
    "name": "Daily credits",
    "amount": "5",
    "mode": "add",
    "audience": "everyone",
    "plans": [],
    "reference_prefix": "",
    "priority": 50,
    "unit": "day",
    "time": "00:00:00",
    "time_zone": "UTC",
    "validity_days": 1,
    "start_date": "2026-11-21",
    "end_date": None,
    "catch_up": "all",
    "is_active": True,
}
RUN = {"date": "2026-11-21", "due_at": AT, "started_at": AT, "finished_at": AT, "wallets": 1200, "grants": 1200}
TERMS = ("name", "amount_minor", "currency", "credits", "period_unit", "period_count", "rollover", "trial_days")
EXAMPLES: dict[str, Any] = {
    "Plan": PLAN,
    "Plans": {"results": [PLAN], "next": None, "previous": None},
    "PlanBody": {name: PLAN[name] for name in ("code", "family", *TERMS)}
    | {"rollover": {"amount": "200", "days": 30}, "trial_credits": "50"},
    "PlanChangeBody": {"amount_minor": 2100},
    "Subscription": SUBSCRIPTION,
    "SubscriptionBody": {"plan": "pro", "reference": "ada", "return_url": "https://shop.example/plans"},
    "Changed": {"subscription": SUBSCRIPTION, "change": CHANGE},
    "ChangeBody": {"plan": "pro", "preview": True},
    "CancelBody": {"at_period_end": True},
    "NothingBody": {},
    "Allowance": {"id": ID, **RULE, "next_due_at": LATER, "latest_run": RUN},
    "AllowanceBody": {name: RULE[name] for name in ("name", "amount", "time", "time_zone", "validity_days")},
    "AllowanceChangeBody": {"amount": "7"},
    "DryRun": {"due_at": LATER, "wallets": 1200, "grants": 1200, "credits": "6000"},
}
