"""The number of statements never depends on how many commands, wallets, keys or spent grants there are."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from credits import services, store
from credits.engine import commands as c
from credits.models import Grant, Wallet
from credits.services import Consumption, Origin
from tests.credits.store.statements import recorded

pytestmark = pytest.mark.django_db

MICROS = 1_000_000
MANY = 1_000


def grants(wallets: int) -> list[c.Command]:
    return [c.IssueGrant(reference=f"w{number}", amount=10 * MICROS) for number in range(wallets)]


def grants_of_one(count: int) -> list[c.Command]:
    return [c.IssueGrant(reference="w0", amount=MICROS) for _ in range(count)]


def keyed(count: int) -> list[c.Command]:
    return [c.Consume(reference=f"w{number}", amount=MICROS, key=f"k{number}") for number in range(count)]


def holds(count: int) -> list[c.Command]:
    return [c.PlaceHold(reference=f"w{number}", amount=MICROS) for number in range(count)]


def refused(count: int) -> list[c.Command]:
    return [c.Consume(reference=f"w{number}", amount=99 * MICROS) for number in range(count)]


def unknown(count: int) -> list[c.Command]:
    return [c.Consume(reference=f"x{number}", amount=MICROS) for number in range(count)]


def transfers(count: int) -> list[c.Command]:
    return [c.Transfer(reference=f"w{n}", target=f"w{(n + 1) % MANY}", amount=MICROS) for n in range(count)]


def count(commands: list[c.Command]) -> int:
    with recorded() as statements:
        store.execute(commands)
    return len(statements)


@pytest.fixture
def thousand() -> None:
    """A thousand wallets with 10 credits each."""
    store.execute(grants(MANY))


@pytest.mark.parametrize("make", [keyed, holds, refused, unknown, transfers, grants, grants_of_one])
def test_a_thousand_commands_take_as_many_statements_as_one(
    thousand: None, make: Callable[[int], list[c.Command]]
) -> None:
    one = count(make(1))
    assert count(make(MANY)[1:]) == one


def test_opening_a_thousand_wallets_takes_as_many_statements_as_opening_one() -> None:
    assert count(grants(1)) == count(grants(MANY)[1:])


def test_a_thousand_replays_take_as_many_statements_as_one(thousand: None) -> None:
    store.execute(keyed(MANY))
    one = count(keyed(1))
    assert count(keyed(MANY)) == one


def test_the_batch_of_consumptions_does_not_count_wallets_or_keys(thousand: None) -> None:
    def spend(items: int, wallets: int, key: str | None) -> int:
        origins = [Origin("service", "key:x", None if key is None else f"{key}/{number}") for number in range(items)]
        batch = [Consumption(f"w{n % wallets}", Decimal("0.001"), origin=origin) for n, origin in enumerate(origins)]
        with recorded() as statements:
            outcomes = services.consume_many(items=batch)
        assert all(isinstance(outcome, services.Posted) for outcome in outcomes)
        return len(statements)

    assert {spend(1, 1, None), spend(MANY, 2, None), spend(MANY, MANY, None)} == {spend(2, 2, None)}
    assert {spend(1, 1, "a"), spend(MANY, 2, "b"), spend(MANY, MANY, "c")} == {spend(2, 2, "d")}
    assert {spend(1, 1, "a"), spend(MANY, 2, "b")} == {spend(MANY, MANY, "c")}


def end_holds(kind: Any, ids: list[str]) -> list[c.Command]:
    return [kind(reference=f"w{number}", hold=hold) for number, hold in enumerate(ids)]


@pytest.mark.parametrize("kind", [c.CaptureHold, c.ReleaseHold])
def test_ending_a_thousand_holds_takes_as_many_statements_as_ending_one(thousand: None, kind: Any) -> None:
    results = store.execute(holds(MANY)).results
    commands = end_holds(kind, [result.entry.hold for result in results if result.entry and result.entry.hold])
    assert count(commands[:1]) == count(commands[1:])


def test_reversing_a_thousand_entries_takes_as_many_statements_as_reversing_one(thousand: None) -> None:
    entries = [result.entry.id for result in store.execute(keyed(MANY)).results if result.entry]
    commands: list[c.Command] = [c.ReverseEntry(reference=f"w{n}", entry=entry) for n, entry in enumerate(entries)]
    assert count(commands[:1]) == count(commands[1:])


@pytest.mark.corrupts_ledger
def test_a_wallet_with_ten_thousand_spent_and_a_thousand_open_grants_loads_only_the_open_ones() -> None:
    store.execute(grants_of_one(1))
    few = count([c.Consume(reference="w0", amount=1)])
    wallet = Wallet.objects.get()
    spent = {"wallet": wallet, "sequence": 1, "amount": 1, "remaining": 0, "is_open": False, "source": "promotion"}
    at = wallet.created_at
    Grant.objects.bulk_create((Grant(**spent, effective_at=at, activated_at=at) for _ in range(10_000)), 500)
    store.execute(grants_of_one(999))
    with recorded() as statements:
        execution = store.execute([c.Consume(reference="w0", amount=1)])
    assert len(execution.wallets["w0"].grants) == 1_000
    assert len(statements) == few
