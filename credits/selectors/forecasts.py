"""What comes: the same rules, run forward in memory over the grants and holds that a wallet has."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Sum

from core import clock
from core.amounts import MICROS, format_micros
from core.ids import uuid7

from ..engine import State, run
from ..engine.commands import Consume
from ..engine.state import Entry, Wallet
from ..exceptions import InvalidOperation
from ..models import LedgerEntry
from .wallets import settled_wallet

MEAN_DAYS = 30
MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would be posted until `until` if `daily` millionths were used every 24 hours, the first time at `first_at`.

    `runs_out_at` is the first use that isn't served in full. Allowances and renewals that are yet to be granted are
    no part of it.
    """

    reference: str
    at: datetime
    first_at: datetime
    until: datetime
    daily: int
    runs_out_at: datetime | None
    entries: list[Entry]

    def members(self) -> dict[str, Any]:
        """Return what pays, what ends unused and every line, amounts as texts."""
        return {
            "reference": self.reference,
            "at": self.at,
            "first_at": self.first_at,
            "until": self.until,
            "daily": format_micros(self.daily),
            "runs_out_at": self.runs_out_at,
            "pays": self._moved("consumed"),
            "expires_unused": self._moved("expired"),
            "entries": [_line(entry) for entry in self.entries],
        }

    def _moved(self, kind: str) -> list[dict[str, Any]]:
        """Return for each grant what entries of `kind` take from it, and when first and last."""
        found: dict[str, tuple[int, datetime, datetime]] = {}
        for entry in self.entries:
            for grant, amount in entry.allocations if entry.kind == kind else ():
                total, first_at, _ = found.get(grant, (0, entry.effective_at, entry.effective_at))
                found[grant] = (total - amount, first_at, entry.effective_at)
        return [
            {"grant": grant, "amount": format_micros(total), "from": first_at, "to": last_at}
            for grant, (total, first_at, last_at) in found.items()
        ]


def forecast(reference: str, daily: int | None = None, days: int = MOST_DAYS) -> Forecast:
    """Run a wallet forward with a daily use in millionths, by default the mean of the last 30 days."""
    if not 1 <= days <= MOST_DAYS:
        raise InvalidOperation(f"Name from 1 to {MOST_DAYS} days.", field="days")
    wallet = settled_wallet(reference)
    now = clock.now()
    at = max(now, wallet.last_effective_at or now)
    use = _mean_use(reference, at) if daily is None else daily
    instants = [at + timedelta(days=number) for number in range(1, days + 1)]
    entries = [entry for instant in instants for entry in _one_day(wallet, use, instant)]
    short = (entry.effective_at for entry in entries if entry.shortfall)
    return Forecast(reference, at, instants[0], instants[-1], use, next(short, None), entries)


def _one_day(wallet: Wallet, use: int, instant: datetime) -> list[Entry]:
    commands = [Consume(reference=wallet.reference, amount=use, overage="up_to")] if use else []
    outcome = run(State({wallet.reference: wallet}), commands, instant, lambda: str(uuid7()), [wallet.reference])
    return outcome.journal.entries


def _mean_use(reference: str, at: datetime) -> int:
    """Return what was consumed and not reversed in the last 30 days, by day, rounded down."""
    used = LedgerEntry.objects.filter(wallet__reference=reference, kind__in=["consumed", "reversed"])
    total = used.filter(effective_at__gt=at - timedelta(days=MEAN_DAYS)).aggregate(total=Sum("amount"))["total"]
    return max(0, -int((total or 0) * MICROS)) // MEAN_DAYS


def _line(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "amount": format_micros(entry.amount),
        "effective_at": entry.effective_at,
        "balance_after": format_micros(entry.balance_after),
        "held_after": format_micros(entry.held_after),
        "shortfall": format_micros(entry.shortfall),
        "allocations": [{"grant": grant, "amount": format_micros(amount)} for grant, amount in entry.allocations],
    }
