"""Turn charges into what the ledger is asked, and post them together."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from core.problems import Problem
from credits.engine import commands as c
from credits.exceptions import HoldNotActive
from credits.models import LedgerEntry
from credits.services import Posted
from credits.services.posting import command_of

from .charges import Charge


def command_for(charge: Charge, amount: int) -> c.Command | None:
    """Return what a charge of `amount` millionths asks of the ledger, None for nothing."""
    named = (charge.origin, charge.reference, _description(charge), _metadata(charge))
    if charge.late_after is not None:
        return command_of(c.Consume, *named, amount=amount, overage="up_to", caused_by=charge.late_after)
    if charge.hold is None:
        return command_of(c.Consume, *named, amount=amount, overage=charge.overage) if amount else None
    if amount:
        terms: dict[str, Any] = {"amount": amount, "final": charge.final, "overage": charge.overage}
        return command_of(c.CaptureHold, *named, hold=charge.hold, **terms)
    return command_of(c.ReleaseHold, *named, hold=charge.hold) if charge.final else None


def has_expired(outcome: Posted | Problem) -> bool:
    """Tell whether a charge was refused because time had ended its hold."""
    return isinstance(outcome, HoldNotActive) and outcome.members.get("hold_status") == "expired"


def made_late(charge: Charge) -> Charge:
    """Return a charge whose hold has expired as one that takes from the wallet, caused by what placed the hold."""
    placed = LedgerEntry.objects.filter(hold_id=UUID(charge.hold), kind="held").values_list("pk", flat=True).get()
    return replace(charge, late_after=str(placed))


def _description(charge: Charge) -> str:
    return ", ".join(dict.fromkeys(usage.model for usage in charge.usages))


def _metadata(charge: Charge) -> Mapping[str, Any]:
    """Return what the entry says of the usage: all that was told of it, and the names that budgets go by."""
    told = [charge.metadata or {}, *(usage.metadata or {} for usage in charge.usages)]
    names = ("provider", "operation")
    said = {name: value for name in names for usage in charge.usages if (value := getattr(usage, name))}
    late = {"late": True} if charge.late_after is not None else {}
    return {name: value for part in [*told, said, late] for name, value in part.items()}
