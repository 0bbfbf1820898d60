"""Many at once on one wallet: the books are as if they had come one after the other."""

import pytest

from credits.models import Hold, LedgerEntry, Wallet
from tests.concurrency import jobs
from tests.concurrency.crew import Outcome, Race
from tests.credits.books import check_books, read_wallets

MICROS = 1_000_000


@pytest.fixture(autouse=True)
def _books_are_right_at_the_end(transactional_db: None):
    yield
    check_books()


def count(outcomes: list[Outcome], refusal: str) -> tuple[int, int]:
    """Return how many succeeded and how many were refused; anything else fails the test."""
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    assert {outcome.refusal for outcome in outcomes} <= {None, refusal}
    succeeded = sum(outcome.succeeded for outcome in outcomes)
    return succeeded, len(outcomes) - succeeded


def test_r01_r44_r48_fifty_consumptions_of_ten_on_a_hundred_are_ten(race: Race) -> None:
    jobs.grant("ann", 100)
    assert count(race(jobs.consume, [("ann", 10)] * 50), "insufficient_credits") == (10, 40)
    assert read_wallets()["ann"].balance == 0


def test_r02_fifty_grants_of_ten_are_five_hundred(race: Race) -> None:
    jobs.grant("ann", 1)
    assert count(race(jobs.grant, [("ann", 10)] * 50), "") == (50, 0)
    assert read_wallets()["ann"].balance == 501 * MICROS


def test_r38_a_daily_grant_that_overlaps_a_consumption_loses_neither(race: Race) -> None:
    jobs.grant("ann", 100)
    calls = [("ann", 5), ("ann", -50), *[("ann", 5), ("ann", -10)] * 5]
    assert count(race(jobs.grant_or_consume, calls), "") == (12, 0)
    assert read_wallets()["ann"].balance == (100 + 6 * 5 - 50 - 5 * 10) * MICROS


def test_r04_ten_holds_of_sixty_on_a_hundred_are_one(race: Race) -> None:
    jobs.grant("ann", 100)
    assert count(race(jobs.hold, [("ann", 60)] * 10), "insufficient_credits") == (1, 9)
    assert read_wallets()["ann"].held == 60 * MICROS


def test_r06_a_hold_captured_eight_times_at_once_is_captured_once(race: Race) -> None:
    jobs.grant("ann", 100)
    hold = jobs.hold("ann", 30)
    assert count(race(jobs.capture, [(hold,)] * 8), "hold_not_active") == (1, 7)
    assert (read_wallets()["ann"].balance, read_wallets()["ann"].held) == (70 * MICROS, 0)


def test_fifty_racers_with_one_key_have_one_effect(race: Race) -> None:
    jobs.grant("ann", 100)
    outcomes = race(jobs.consume, [("ann", 10, "one-key")] * 50)
    assert count(outcomes, "") == (50, 0)
    assert len({outcome.value[0] for outcome in outcomes}) == 1
    assert sorted(outcome.value[1] for outcome in outcomes) == [False] + [True] * 49
    assert read_wallets()["ann"].balance == 90 * MICROS


def test_racers_with_one_key_and_two_requests_have_one_effect(race: Race) -> None:
    jobs.grant("ann", 100)
    outcomes = race(jobs.consume, [("ann", 1 + number % 2, "one-key") for number in range(24)])
    assert count(outcomes, "idempotency_key_reused") == (12, 12)
    assert LedgerEntry.objects.filter(kind="consumed").count() == 1


def test_crossing_transfers_never_wait_for_each_other_in_a_circle(race: Race) -> None:
    jobs.grant("ann", 100)
    jobs.grant("bob", 100)
    calls = [("ann", "bob", 3), ("bob", "ann", 3)] * 32
    assert count(race(jobs.transfer, calls), "") == (64, 0)
    assert [wallet.balance for wallet in read_wallets().values()] == [100 * MICROS] * 2


def test_crossing_batches_and_transfers_never_wait_for_each_other_in_a_circle(race: Race) -> None:
    names = [f"wallet-{number}" for number in range(40)]
    for name in names:
        jobs.grant(name, 1000)
    calls = [(names if number % 2 else names[::-1], 1) for number in range(24)]
    outcomes = race(jobs.consume_of_many, calls)
    assert count(outcomes, "") == (24, 0)
    assert {outcome.value for outcome in outcomes} == {40}


def test_r41_the_first_use_of_a_wallet_by_twenty_opens_one(race: Race) -> None:
    outcomes = race(jobs.grant, [("new", 5)] * 20)
    assert count(outcomes, "") == (20, 0)
    assert {outcome.value for outcome in outcomes} == {str(Wallet.objects.get().pk)}
    assert read_wallets()["new"].balance == 100 * MICROS


def test_capture_release_and_expiry_end_each_hold_once(race: Race) -> None:
    holds = {}
    for number in range(16):
        jobs.grant(f"w{number}", 10)
        holds[f"w{number}"] = jobs.hold(f"w{number}", 10, seconds=1.0 + number / 20)
    calls = [(verb, name, hold) for name, hold in holds.items() for verb in ("capture", "release", "settle") * 3]
    outcomes = race(jobs.end_hold, calls)
    assert {outcome.error for outcome in outcomes} == {None}
    for name, hold in holds.items():
        ended = [c[0] for c, o in zip(calls, outcomes, strict=True) if c[1] == name and o.value]
        status = Hold.objects.get(pk=hold).status
        assert ended == {"captured": ["capture"], "released": ["release"]}.get(status, [])
