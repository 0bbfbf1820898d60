from datetime import datetime, timedelta
from typing import Any

import pytest

from core.problems import Problem
from credits import selectors, services
from credits.models import LedgerEntry
from tests.credits.selectors.ledgers import HOUR, START, D, at, random_wallet

pytestmark = pytest.mark.django_db

DAYS = 40


def line(entry: Any, grants: dict[str, int], moved: list[tuple[str, int]]) -> tuple[Any, ...]:
    """Return what must be equal; a grant stands by its place, since new ones get other ids."""
    places = [(grants.setdefault(grant, len(grants)), amount) for grant, amount in moved]
    amounts = [int(value * unit) for value, unit in _amounts(entry)]
    return entry.sequence, entry.kind, entry.contra, entry.effective_at, *amounts, sorted(places)


def _amounts(entry: Any) -> list[tuple[Any, int]]:
    unit = 1_000_000 if isinstance(entry, LedgerEntry) else 1
    names = ("amount", "held_change", "balance_after", "held_after", "debt_after", "shortfall")
    return [(getattr(entry, name), unit) for name in names]


@pytest.mark.parametrize("seed", range(50))
def test_a_forecast_equals_what_then_happens(seed: int) -> None:
    reference = f"w{seed}"
    now = random_wallet(reference, seed, steps=12)
    with at(now):
        if not LedgerEntry.objects.exists():
            services.issue_grant(reference=reference, amount=D(50), expires_in_days=3)
        foretold = selectors.forecast(reference, daily=11_123_457, days=DAYS)
        last = LedgerEntry.objects.order_by("sequence").last().sequence
    known: dict[str, int] = {}
    expected = [line(entry, known, list(entry.allocations)) for entry in foretold.entries]
    happen(reference, foretold.first_at, foretold.until)
    posted = LedgerEntry.objects.filter(sequence__gt=last).order_by("sequence").prefetch_related("allocations")
    met: dict[str, int] = {}
    moves = [
        [(str(part.grant_id), int(part.amount * 1_000_000)) for part in e.allocations.order_by("id")] for e in posted
    ]
    assert [line(entry, met, moved) for entry, moved in zip(posted, moves, strict=True)] == expected


def happen(reference: str, first_at: datetime, until: datetime) -> None:
    """Use what the forecast supposed, under a moved clock."""
    instant = first_at
    while instant <= until:
        with at(instant):
            services.consume(reference=reference, amount=D("11.123457"), overage="up_to")
        instant += timedelta(days=1)


def test_a_forecast_posts_nothing() -> None:
    with at(START):
        services.issue_grant(reference="w", amount=D(10), expires_in_days=3)
        before = selectors.read_wallet("w")
        selectors.forecast("w", daily=1_000_000)
        assert selectors.read_wallet("w") == before


def test_a_forecast_names_what_pays_what_ends_unused_and_when_credits_run_out() -> None:
    with at(START):
        soon = services.issue_grant(reference="w", amount=D(10), expires_in_days=3).entry.grant
        later = services.issue_grant(reference="w", amount=D(9)).entry.grant
        answer = selectors.forecast("w", daily=4_000_000, days=30).members()
    # The grant of 3 days has ended at the very instant of the third use.
    assert answer["expires_unused"] == [
        {"grant": soon, "amount": "2", "from": START + 3 * timedelta(days=1), "to": START + 3 * timedelta(days=1)}
    ]
    assert [(part["grant"], part["amount"]) for part in answer["pays"]] == [(soon, "8"), (later, "9")]
    assert answer["runs_out_at"] == START + timedelta(days=5)


def test_without_a_daily_use_the_mean_of_30_days_is_taken() -> None:
    with at(START):
        services.issue_grant(reference="w", amount=D(1000))
        old = services.consume(reference="w", amount=D(500))
        assert old.entry.amount == -500_000_000
    with at(START + timedelta(days=31)):
        entry = services.consume(reference="w", amount=D(90)).entry
        services.reverse_entry(entry=entry.id, amount=D(30), reason="half an answer")
        assert selectors.forecast("w").daily == 2_000_000


def test_a_frozen_wallet_is_foretold_without_use() -> None:
    with at(START):
        services.issue_grant(reference="w", amount=D(10), expires_at=START + HOUR)
        services.freeze(reference="w", reason="review")
        foretold = selectors.forecast("w", daily=1_000_000, days=2)
    assert [entry.kind for entry in foretold.entries] == ["expired"]
    assert foretold.runs_out_at is None


@pytest.mark.parametrize("days", [0, 366])
def test_a_horizon_out_of_bounds_is_refused(days: int) -> None:
    services.issue_grant(reference="w", amount=D(10))
    with pytest.raises(Problem):
        selectors.forecast("w", days=days)
