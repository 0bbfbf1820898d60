"""An example for each request and answer, by the name of its shape; a test holds them against the shapes."""

from typing import Any

GRANT_ID, HOLD_ID = "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a01", "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a02"
ENTRY_ID, OTHER_ENTRY_ID = "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a03", "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a04"
AT, LATER = "2026-11-21T09:30:00Z", "2026-12-21T09:30:00Z"

WALLET: dict[str, Any] = {
    "reference": "ada",
    "status": "active",
    "balance": "87.5",
    "held": "0",
    "available": "87.5",
    "debt": "0",
    "expiring": [{"amount": "87.5", "expires_at": LATER}],
    "sequence": 2,
    "time_zone": "UTC",
    "attributes": {"tier": "gold"},
    "created_at": AT,
    "updated_at": AT,
}
GRANT: dict[str, Any] = {
    "id": GRANT_ID,
    "amount": "100",
    "remaining": "87.5",
    "held": "0",
    "source": "promotion",
    "priority": 50,
    "effective_at": AT,
    "expires_at": LATER,
    "voided_at": None,
    "cost_minor": None,
    "currency": None,
    "description": "Welcome",
    "metadata": None,
    "created_at": AT,
}
ENTRY: dict[str, Any] = {
    "id": ENTRY_ID,
    "reference": "ada",
    "sequence": 2,
    "kind": "consumed",
    "contra": "usage",
    "amount": "-12.5",
    "held_change": "0",
    "debt_change": "0",
    "balance_after": "87.5",
    "held_after": "0",
    "debt_after": "0",
    "effective_at": AT,
    "created_at": AT,
    "grant": None,
    "hold": None,
    "reverses": None,
    "caused_by": None,
    "allocations": [{"grant": GRANT_ID, "amount": "-12.5"}],
    "shortfall": "0",
    "description": "A chat",
    "metadata": {"model": "m-1"},
    "request_id": "order-4711",
    "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
ISSUED = {
    **ENTRY,
    "sequence": 1,
    "kind": "issued",
    "contra": "promotions",
    "amount": "100",
    "balance_after": "100",
    "grant": GRANT_ID,
    "allocations": [{"grant": GRANT_ID, "amount": "100"}],
}
HOLD: dict[str, Any] = {
    "id": HOLD_ID,
    "reference": "ada",
    "amount": "60",
    "captured": "0",
    "status": "active",
    "placed_at": AT,
    "expires_at": "2026-11-21T09:45:00Z",
    "ended_at": None,
    "basis": None,
    "description": "A long job",
    "metadata": None,
}
HELD = {
    **ENTRY,
    "kind": "held",
    "contra": None,
    "amount": "0",
    "held_change": "60",
    "held_after": "60",
    "hold": HOLD_ID,
}
TERMS: dict[str, Any] = {
    "grant": GRANT_ID,
    "source": "promotion",
    "priority": 50,
    "amount": "100",
    "effective_at": AT,
    "expires_at": LATER,
    "voided_at": None,
    "parent": None,
}
LINE = {
    **{name: ENTRY[name] for name in ("id", "reference", "sequence", "kind", "contra", "amount", "held_change")},
    **{name: ENTRY[name] for name in ("debt_change", "balance_after", "shortfall", "effective_at", "grant", "hold")},
    "actor": "key:abcdefghij",
    "description": "A chat",
    "metadata": None,
}
USE = {"grant": GRANT_ID, "amount": "40", "from": AT, "to": LATER}
NEXT_USE = {
    "kind": "consumed",
    "amount": "-8",
    "effective_at": "2026-11-22T09:30:00Z",
    "balance_after": "79.5",
    "held_after": "0",
    "shortfall": "0",
    "allocations": [{"grant": GRANT_ID, "amount": "-8"}],
}

EXAMPLES: dict[str, Any] = {
    "WalletBody": {"reference": "ada", "time_zone": "Europe/Berlin", "attributes": {"tier": "gold"}},
    "WalletChangeBody": {"attributes": {"tier": "platinum"}},
    "GrantBody": {"amount": "100", "source": "promotion", "expires_in_days": 30, "description": "Welcome"},
    "ConsumeBody": {"amount": "12.5", "description": "A chat", "metadata": {"model": "m-1"}},
    "Batch": {
        "items": [{"reference": "ada", "amount": "12.5"}, {"reference": "bob", "amount": "1", "overage": "up_to"}]
    },
    "HoldBody": {"amount": "60", "expires_in_seconds": 900, "description": "A long job"},
    "CaptureBody": {"amount": "25", "final": True},
    "ExtendBody": {"expires_in_seconds": 900, "amount": "10"},
    "NothingBody": {},
    "ReasonBody": {"reason": "Asked for by support, case 4711"},
    "AdjustBody": {"amount": "-5", "reason": "Granted twice"},
    "ForgiveBody": {"amount": "5", "reason": "Goodwill"},
    "ReverseBody": {"amount": "2.5", "reason": "The request failed"},
    "TransferBody": {"source": "ada", "target": "bob", "amount": "20", "description": "A gift"},
    "Wallet": WALLET,
    "Grant": GRANT,
    "Hold": HOLD,
    "Entry": ENTRY,
    "PostedEntry": {**ENTRY, "wallet": WALLET},
    "PostedGrant": {**GRANT, "remaining": "100", "entry": ISSUED, "wallet": {**WALLET, "balance": "100"}},
    "PostedHold": {"hold": HOLD, "entry": HELD, "wallet": {**WALLET, "held": "60", "available": "27.5"}},
    "PostedTransfer": {
        "entry": {**ENTRY, "kind": "transferred", "contra": "transfers", "amount": "-20"},
        "target_entry": {**ENTRY, "id": OTHER_ENTRY_ID, "reference": "bob", "amount": "20", "caused_by": ENTRY_ID},
    },
    "BatchResults": {
        "results": [
            {"status": 201, "replayed": False, "entry": ENTRY},
            {
                "status": 402,
                "problem": {"status": 402, "code": "insufficient_credits", "required": "1", "available": "0"},
            },
        ]
    },
    "BalanceExplained": {
        "reference": "ada",
        "at": AT,
        "sequence": 2,
        "balance": "87.5",
        "held": "0",
        "available": "87.5",
        "debt": "0",
        "grants": [{**TERMS, "remaining": "87.5"}],
        "holds": [],
        "expiries": [{"grant": GRANT_ID, "amount": "87.5", "expires_at": LATER}],
        "kinds": [{"kind": "consumed", "amount": "-12.5"}, {"kind": "issued", "amount": "100"}],
    },
    "EntryExplained": {
        "entry": LINE,
        "terms": None,
        "allocations": [{**TERMS, "moved": "-12.5", "remaining_before": "100", "remaining_after": "87.5"}],
        "hold": None,
        "reverses": [],
        "causes": [],
        "followed_by": [],
        "reversals": [],
        "reversed": "0",
    },
    "Stats": {
        "reference": "ada",
        "time_zone": "UTC",
        "totals": {"consumed": "-12.5", "issued": "100"},
        "daily": [{"date": "2026-11-21", "consumed": "12.5", "issued": "100"}],
    },
    "TrialBalance": {
        "as_of": AT,
        "unsettled": 0,
        "wallets": "87.5",
        "contra": {"promotions": "-100", "usage": "12.5"},
        "total": "0",
        "debt": "0",
    },
    "Checkpoint": {
        "version": 1,
        "at": AT,
        "wallets": 1,
        "entries": 2,
        "digest": ENTRY["hash"],
        "public_key": ENTRY["hash"],
        "signature": ENTRY["hash"] * 2,
    },
    "Forecast": {
        "reference": "ada",
        "at": AT,
        "first_at": "2026-11-22T09:30:00Z",
        "until": LATER,
        "daily": "8",
        "runs_out_at": "2026-12-01T09:30:00Z",
        "pays": [USE],
        "expires_unused": [],
        "entries": [NEXT_USE],
    },
}
