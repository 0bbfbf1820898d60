"""What racers for a budget do; another process can import it."""

from decimal import Decimal

from credits import services as ledger
from credits.services import Origin
from usage.services import Charge, Usage, record_usage


def use(reference: str, amount: str, key: str | None = None, operation: str = "") -> bool:
    """Record usage of so many credits; return whether it was a replay."""
    used = Usage("m", amount=Decimal(amount), operation=operation)
    return record_usage(charge=Charge(reference, (used,), origin=Origin("service", "key:x", key))).replayed


def hold_and_capture(reference: str, held: str, taken: str) -> None:
    """Hold, and take a part of it."""
    found = ledger.place_hold(reference=reference, amount=Decimal(held), origin=Origin("service", "key:x"))
    ledger.capture_hold(hold=str(found.entry.hold), amount=Decimal(taken))
