"""An example for each request body, by its name, and of the objects that other rooms answer with."""

from typing import Any

from .shapes import AT, ENTRY_ID, GRANT_ID, HOLD_ID, LATER, Entry, Grant, Wallet

__all__ = ["AT", "BODIES", "ENTRY", "ENTRY_ID", "GRANT", "GRANT_ID", "HOLD_ID", "LATER", "WALLET"]

WALLET, GRANT, ENTRY = Wallet.example(), Grant.example(), Entry.example()

BODIES: dict[str, Any] = {
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
}
