"""Budgets hold for every way to spend."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from accounts.models import ApiKey
from accounts.services.api_keys import create_api_key
from accounts.services.audit import Origin as Actor
from core.models import Event
from core.problems import Problem
from credits import services as ledger
from credits.models import Hold, Wallet
from credits.services import Consumption, Origin
from usage.exceptions import BudgetExceeded
from usage.models import Budget, BudgetCounter
from usage.selectors.budgets import standings
from usage.services import Charge, Usage, change_budget, create_budget, delete_budget, record_usage
from usage.services.budgets import purge_counters

pytestmark = pytest.mark.django_db
NOON = datetime(2035, 11, 21, 12, tzinfo=UTC)
SERVICE = Origin("service", "key:abc")


@pytest.fixture(autouse=True)
def _wallets() -> None:
    for reference in ("ann", "bob"):
        ledger.issue_grant(reference=reference, amount=Decimal(1000))


def budget(limit: int = 10, window: str = "day", **terms: Any) -> Budget:
    of = {} if {"api_key", "reference", "operation"} & terms.keys() else {"reference": "ann"}
    return create_budget(limit=Decimal(limit), window=window, actor="user:test", **of, **terms)


def spend(amount: int | str, reference: str = "ann", **terms: Any) -> Any:
    return ledger.consume(reference=reference, amount=Decimal(amount), **{"origin": SERVICE, **terms})


def hold(amount: int, reference: str = "ann", **terms: Any) -> str:
    posted = ledger.place_hold(reference=reference, amount=Decimal(amount), **{"origin": SERVICE, **terms})
    return str(posted.entry.hold)


def exceeded(call: Callable[..., Any], *args: Any, **terms: Any) -> dict[str, Any]:
    """Return the members of the refusal of a call, which must be that of a budget."""
    with pytest.raises(BudgetExceeded) as refused:
        call(*args, **terms)
    return refused.value.members


def standing(found: Budget, at: datetime | None = None) -> tuple[Decimal, Decimal]:
    from core import clock

    consumed, held, _ = standings([found], at or clock.now())[0]
    return consumed, held


def test_what_would_pass_the_limit_is_refused_and_named() -> None:
    with time_machine.travel(NOON, tick=False):
        made = budget(10)
        spend(7)
        members = exceeded(spend, 4)
        spend(3)
        exceeded(spend, "0.000001")
    assert members == {
        "budget": str(made.pk),
        "window": "day",
        "limit": "10",
        "consumed": "7",
        "held": "0",
        "required": "4",
        "resets_at": NOON.replace(hour=0) + timedelta(days=1),
        "refusal": members["refusal"],
    }
    assert Event.objects.filter(name="operation.refused").count() == 2
    assert Wallet.objects.get(reference="ann").balance == 990


def test_another_wallet_is_not_limited() -> None:
    budget(1)
    spend(100, "bob")
    assert BudgetCounter.objects.count() == 0


def test_a_soft_budget_refuses_nothing() -> None:
    found = budget(1, hard=False)
    spend(100)
    assert standing(found) == (100, 0)


def test_a_hold_counts_while_it_is_open_and_then_what_it_took() -> None:
    found = budget(10)
    first, second = hold(4), hold(5)
    exceeded(hold, 2)
    exceeded(spend, 2)
    assert standing(found) == (0, 9)
    ledger.capture_hold(hold=first, amount=Decimal(1))
    assert standing(found) == (1, 5)
    ledger.release_hold(hold=second)
    assert standing(found) == (1, 0)
    spend(9)


def test_an_open_capture_counts_what_it_takes_out_of_the_cover() -> None:
    found = budget(10)
    open_hold = hold(6)
    ledger.capture_hold(hold=open_hold, amount=Decimal(2), final=False)
    assert standing(found) == (2, 4)


def test_a_hold_that_expires_is_given_back_before_the_next_one_is_asked() -> None:
    found = budget(10)
    hold(10, expires_in=timedelta(microseconds=1))
    hold(10)
    assert standing(found) == (0, 10)


def test_more_for_a_hold_is_asked_like_a_hold() -> None:
    found = budget(10)
    first = hold(8)
    exceeded(ledger.extend_hold, hold=first, amount=Decimal(3))
    ledger.extend_hold(hold=first, amount=Decimal(2))
    assert standing(found) == (0, 10)


def test_a_capture_beyond_its_cover_is_counted_and_never_refused() -> None:
    found = budget(10)
    ledger.capture_hold(hold=hold(10), amount=Decimal(15), overage="up_to")
    assert standing(found) == (15, 0)
    exceeded(spend, 1)


def test_what_our_own_code_takes_after_the_work_is_counted_and_never_refused() -> None:
    found = budget(10)
    spend(12, overage="up_to", origin=Origin())
    assert standing(found) == (12, 0)
    exceeded(spend, 1, overage="up_to")


def test_usage_of_an_expired_hold_is_taken_whatever_the_budget_says() -> None:
    budget(3)
    late = hold(3, expires_in=timedelta(microseconds=1))
    spend(3)
    used = Usage("m", amount=Decimal(2))
    assert record_usage(charge=Charge("ann", (used,), hold=late, overage="up_to", origin=SERVICE)).late


def test_a_refused_item_of_a_batch_touches_no_other() -> None:
    found = budget(10)
    items = [Consumption(name, Decimal(4)) for name in ("ann", "bob", "ann", "ann", "bob")]
    outcomes = ledger.consume_many(items=items)
    assert [isinstance(outcome, Problem) for outcome in outcomes] == [False, False, False, True, False]
    assert standing(found) == (8, 0)


def test_a_replay_is_no_second_spending() -> None:
    found = budget(10)
    for _ in range(3):
        spend(10, origin=Origin("service", "key:abc", "k"))
    assert standing(found) == (10, 0)


def test_a_refusal_for_want_of_credits_counts_nothing() -> None:
    found = budget(5000)
    with pytest.raises(Problem) as refused:
        spend(2000)
    assert (refused.value.code, standing(found)) == ("insufficient_credits", (0, 0))


def test_an_operation_is_limited_by_the_name_that_its_metadata_has() -> None:
    found = budget(10, operation="chat")
    spend(9, metadata={"operation": "chat"})
    spend(9, "bob", metadata={"operation": "embed"})
    exceeded(spend, 2, "bob", metadata={"operation": "chat"})
    asked = Usage("m", amount=Decimal(2), operation="chat")
    exceeded(record_usage, charge=Charge("bob", (asked,)))
    open_hold = hold(1, "bob", metadata={"operation": "chat"})
    ledger.capture_hold(hold=open_hold)
    assert standing(found) == (10, 0)


def test_an_api_key_is_limited_over_all_wallets() -> None:
    key: ApiKey = create_api_key(name="k", scope="spend", origin=Actor("user:test")).key
    found = budget(10, api_key=key.pk)
    own = Origin("service", f"key:{key.prefix}")
    spend(6, origin=own)
    spend(100, origin=Origin("service", "key:other"))
    exceeded(spend, 5, "bob", origin=own)
    open_hold = hold(4, "bob", origin=own)
    ledger.capture_hold(hold=open_hold, origin=Origin("service", "key:other"))
    assert standing(found) == (10, 0)


def test_our_own_code_says_for_which_key_it_acts_and_nobody_else_does() -> None:
    key: ApiKey = create_api_key(name="k", scope="spend", origin=Actor("user:test")).key
    budget(10, api_key=key.pk)
    named = {"metadata": {"api_key": f"key:{key.prefix}"}}
    spend(11, origin=Origin("customer", "user:1"), **named)
    spend(11, origin=Origin("service", "key:other"), **named)
    exceeded(hold, 11, origin=Origin("internal", "metering"), **named)


def test_a_day_begins_and_ends_where_the_wallet_is() -> None:
    Wallet.objects.filter(reference="ann").update(time_zone="Asia/Tokyo")
    with time_machine.travel(NOON, tick=False) as clock:
        budget(10)
        spend(10)
        clock.move_to(NOON.replace(hour=14, minute=59, second=59))
        exceeded(spend, 1)
        clock.move_to(NOON.replace(hour=15))
        spend(10)


def test_a_month_is_counted_apart_from_the_next() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        budget(10, "month")
        spend(10)
        clock.move_to(datetime(2035, 11, 30, 23, 59, 59, tzinfo=UTC))
        exceeded(spend, 1)
        clock.move_to(datetime(2035, 12, 1, tzinfo=UTC))
        spend(10)


def test_all_of_a_hold_counts_in_the_window_in_which_it_was_placed() -> None:
    with time_machine.travel(NOON.replace(hour=23, minute=59), tick=False) as clock:
        found = budget(10)
        open_hold = hold(8, expires_in=timedelta(days=1))
        clock.move_to(NOON + timedelta(days=1))
        spend(10)
        exceeded(ledger.extend_hold, hold=open_hold, amount=Decimal(3))
        ledger.capture_hold(hold=open_hold, amount=Decimal(5))
        assert (standing(found, NOON), standing(found)) == ((5, 0), (10, 0))


def test_a_rolling_window_forgets_bucket_by_bucket() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        budget(10, "rolling", window_seconds=3600)
        spend(6)
        clock.move_to(NOON + timedelta(minutes=30))
        spend(4)
        clock.move_to(NOON + timedelta(minutes=59, seconds=59))
        exceeded(spend, 1)
        clock.move_to(NOON + timedelta(minutes=60))
        exceeded(spend, 7)
        spend(6)


def test_what_was_held_before_the_budget_was_made_is_none_of_its_business() -> None:
    old = hold(50)
    found = budget(10)
    spend(10)
    ledger.capture_hold(hold=old, amount=Decimal(20))
    assert standing(found) == (10, 0)


def test_a_reversal_gives_no_room_back() -> None:
    found = budget(10)
    posted = spend(10)
    ledger.reverse_entry(entry=posted.entry.id)
    assert standing(found) == (10, 0)


def test_a_changed_limit_holds_at_once_and_a_deleted_budget_no_more() -> None:
    found = budget(10)
    spend(10)
    change_budget(budget=found.pk, limit=Decimal(12))
    spend(2)
    exceeded(spend, 1)
    change_budget(budget=found.pk, hard=False)
    spend(1)
    change_budget(budget=found.pk, hard=True)
    exceeded(spend, 1)
    delete_budget(budget=found.pk)
    spend(100)
    assert (BudgetCounter.objects.count(), Hold.objects.count()) == (0, 0)


def test_a_budget_without_a_wallet_or_a_key_is_one_for_all() -> None:
    create_budget(limit=Decimal(10), window="day", actor="user:test")
    spend(6)
    exceeded(spend, 5, "bob")


def test_each_percentage_is_told_once_in_a_window() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        budget(10)
        told: list[list[int]] = []
        for amount in (4, 1, 4, 1):
            spend(amount)
            told.append(
                [event.payload["percent"] for event in Event.objects.filter(name="budget.reached").order_by("id")]
            )
        clock.move_to(NOON + timedelta(days=1))
        spend(5)
        told.append([event.payload["percent"] for event in Event.objects.filter(name="budget.reached").order_by("id")])
    assert told == [[], [50], [50, 80], [50, 80, 100], [50, 80, 100, 50]]


def test_counters_go_when_no_window_needs_them_any_more() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        rolling = budget(10, "rolling", window_seconds=3600)
        calendar = budget(10)
        spend(4)
        clock.shift(timedelta(days=8))
        assert purge_counters(at=datetime.now(UTC)) == 0
        clock.shift(timedelta(days=1))
        spend(1)
        assert purge_counters(at=datetime.now(UTC)) == 1
        assert (standing(rolling), standing(calendar, NOON)) == ((1, 0), (4, 0))
        clock.shift(timedelta(days=500))
        assert purge_counters(at=datetime.now(UTC)) == 3


def test_what_is_only_held_is_not_told_yet() -> None:
    budget(10)
    open_hold = hold(10)
    assert not Event.objects.filter(name="budget.reached").exists()
    ledger.capture_hold(hold=open_hold)
    found = Event.objects.filter(name="budget.reached").order_by("id")
    assert [(event.payload["percent"], event.stream) for event in found] == [(p, "wallet:ann") for p in (50, 80, 100)]
