"""Words to tell stories of plans and time in: the clock of the whole system is moved, and what is due is done."""

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from core import clock
from credits import services as credits
from credits.models import LedgerEntry, Wallet
from subscriptions import services
from subscriptions.models import Allowance, Plan, Subscription


def instant(text: str) -> datetime:
    """Return an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def move(moment: datetime | str) -> None:
    """Let the clock of the system show a moment, and go on from there."""
    clock.set_now(instant(moment) if isinstance(moment, str) else moment)


def work(moment: datetime | str | None = None) -> None:
    """Do what is due, at a moment."""
    if moment is not None:
        move(moment)
    services.run_due_work()


def wallet(reference: str = "ann", time_zone: str = "UTC") -> str:
    credits.open_wallet(reference=reference, time_zone=time_zone)
    return reference


def plan(code: str, amount: Any = 100, **terms: Any) -> Plan:
    members = {"name": code.title(), "period_unit": "month", "credits": Decimal(amount), **terms}
    return services.create_plan(code=code, **members)


def start(code: str, reference: str = "ann", **terms: Any) -> Subscription:
    return services.start_subscription(reference=reference, plan=code, **terms)


def now_of(subscription: Subscription) -> Subscription:
    return Subscription.objects.select_related("plan", "version", "wallet").get(pk=subscription.pk)


def allowance(amount: Any = 5, **members: Any) -> Allowance:

    given = {"name": "Daily", "amount": Decimal(amount), "time": time(0), **members}
    return services.create_allowance(**given)


def balance(reference: str = "ann") -> Decimal:
    credits.settle_wallets([reference])
    return Wallet.objects.get(reference=reference).balance


def posted(reference: str = "ann") -> list[str]:
    """Return the statement of a wallet, one word for each entry."""
    credits.settle_wallets([reference])
    entries = LedgerEntry.objects.filter(wallet__reference=reference).order_by("sequence")
    return [f"{entry.kind}{entry.amount.normalize():+f}" if entry.amount else entry.kind for entry in entries]
