"""Many at once against one hard budget: exactly as many succeed as it allows."""

from collections import Counter
from decimal import Decimal

import pytest

from credits import services as ledger
from credits.models import LedgerEntry
from tests.concurrency.conftest import processes, race  # noqa: F401  fixtures
from tests.concurrency.crew import Outcome, Race
from tests.credits.books import check_books
from tests.usage.budgets import racers
from usage.models import BudgetCounter, UsageEvent
from usage.services import create_budget

RACERS, ALLOWED = 200, 50


@pytest.fixture(autouse=True)
def _wallets(transactional_db: None):
    for number in range(4):
        ledger.issue_grant(reference=f"w{number}", amount=Decimal(1000))
    yield
    check_books()


def results(outcomes: list[Outcome]) -> Counter[str]:
    return Counter(outcome.error or outcome.refusal or "done" for outcome in outcomes)


def counted() -> tuple[Decimal, Decimal]:
    rows = list(BudgetCounter.objects.all())
    return sum((row.consumed for row in rows), Decimal(0)), sum((row.held for row in rows), Decimal(0))


def test_two_hundred_events_on_one_wallet_spend_the_budget_exactly(race: Race) -> None:  # noqa: F811
    create_budget(limit=Decimal(ALLOWED), window="day", reference="w0", actor="user:test")
    outcomes = race(racers.use, [("w0", "1")] * RACERS)
    assert results(outcomes) == {"done": ALLOWED, "budget_exceeded": RACERS - ALLOWED}
    assert (UsageEvent.objects.count(), counted()) == (ALLOWED, (ALLOWED, 0))
    assert LedgerEntry.objects.filter(kind="consumed").count() == ALLOWED


def test_two_hundred_events_on_several_wallets_spend_the_budget_of_their_operation_exactly(race: Race) -> None:  # noqa: F811
    create_budget(limit=Decimal(ALLOWED), window="month", operation="chat", actor="user:test")
    outcomes = race(racers.use, [(f"w{number % 4}", "1", None, "chat") for number in range(RACERS)])
    assert results(outcomes) == {"done": ALLOWED, "budget_exceeded": RACERS - ALLOWED}
    assert counted() == (ALLOWED, 0)


def test_holds_never_promise_more_than_the_budget(race: Race) -> None:  # noqa: F811
    create_budget(limit=Decimal(20), window="rolling", window_seconds=86_400, actor="user:test")
    outcomes = race(racers.hold_and_capture, [(f"w{number % 4}", "5", "1") for number in range(100)])
    found = results(outcomes)
    assert set(found) <= {"done", "budget_exceeded"}
    assert 4 <= found["done"] <= 20
    assert counted() == (found["done"], 0)


def test_a_hundred_events_under_one_key_are_one(race: Race) -> None:  # noqa: F811
    outcomes = race(racers.use, [("w0", "1", "k")] * 100)
    assert results(outcomes) == {"done": 100}
    assert sum(not outcome.value for outcome in outcomes) == 1
    assert (UsageEvent.objects.count(), LedgerEntry.objects.filter(kind="consumed").count()) == (1, 1)


def test_a_hundred_free_events_under_one_key_are_one(race: Race) -> None:  # noqa: F811
    outcomes = race(racers.use, [("w0", "0", "k")] * 100)
    assert results(outcomes) == {"done": 100}
    assert UsageEvent.objects.count() == 1
