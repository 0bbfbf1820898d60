"""After a week without any worker the ledger is as it would be without the outage."""

from datetime import timedelta
from typing import Any

import pytest

from credits import services as credits
from credits.engine.state import Rollover
from credits.models import LedgerEntry, Wallet
from subscriptions.models import AllowanceRun, Period
from tests.subscriptions.stories import allowance, instant, move, plan, start, wallet, work

pytestmark = pytest.mark.usefixtures("story")
FIRST, BEGIN = instant("2027-01-01T10:00"), instant("2027-01-28T10:00")
HOURS = 7 * 24 + 14
Line = tuple[str, str, list[tuple[int, str]]]


def live(prefix: str, *, outage: bool) -> None:
    """Let wallets live through a week, in which workers come every hour, or only at its end."""
    for code, terms in PLANS.items():
        # A month that begins on the 1st is over in the middle of the outage.
        move(FIRST if code == "monthly" else BEGIN)
        plan(f"{prefix}{code}", 100, **terms)
        start(f"{prefix}{code}", wallet(f"{prefix}{code}", time_zone="Europe/Berlin"))
    for name, terms in RULES.items():
        wallet(f"{prefix}{name}")
        allowance(name=f"{prefix}{name}", reference_prefix=f"{prefix}{name}", **terms)
    start(f"{prefix}kept", wallet(f"{prefix}plain-too"))
    for hour in (HOURS,) if outage else range(1, HOURS + 1):
        work(BEGIN + timedelta(hours=hour, seconds=1))
    credits.settle_wallets(list(Wallet.objects.values_list("reference", flat=True)))


PLANS: dict[str, dict[str, Any]] = {
    "monthly": {"rollover": Rollover(percent=25, days=30)},
    "daily": {"period_unit": "day"},
    "weekly": {"period_unit": "week", "validity_days": 3},
    "kept": {"period_unit": "day", "period_count": 2, "validity_days": 400},
}
RULES: dict[str, dict[str, Any]] = {
    "plain": {},
    "ending": {"validity_days": 1},
    "topped": {"mode": "top_up", "amount": 9},
    "latest": {"unit": "week"},
}


def statement(reference: str) -> list[Line]:
    """Return the lines of a wallet: kind, amount, and what it moved in which of its grants."""
    entries = LedgerEntry.objects.filter(wallet__reference=reference).order_by("sequence")
    order: dict[Any, int] = {}
    lines = []
    for entry in entries.prefetch_related("allocations"):
        parts = sorted(entry.allocations.all(), key=lambda part: part.pk)
        moved = [(order.setdefault(part.grant_id, len(order)), str(part.amount)) for part in parts]
        lines.append((entry.kind, str(entry.amount), moved))
    return lines


def test_a_week_without_workers_changes_no_line_of_any_statement() -> None:
    live("a-", outage=False)
    live("b-", outage=True)
    names = [*PLANS, *RULES, "plain-too"]
    for name in names:
        on_time, late = statement(f"a-{name}"), statement(f"b-{name}")
        assert on_time, name
        assert late == on_time, name


def test_late_work_posts_now_and_says_when_it_was_due() -> None:
    live("b-", outage=True)
    run = AllowanceRun.objects.filter(allowance__name="b-plain").earliest("due_at")
    entry = LedgerEntry.objects.filter(wallet__reference="b-plain").earliest("sequence")
    assert run.due_at == instant("2027-01-29T00:00")
    assert entry.effective_at == entry.created_at > BEGIN + timedelta(hours=HOURS)
    period = Period.objects.get(subscription__wallet__reference="b-daily", number=2)
    assert period.due_at == BEGIN.replace(microsecond=period.due_at.microsecond) + timedelta(days=1)
    assert period.started_at > period.due_at + timedelta(days=6)
