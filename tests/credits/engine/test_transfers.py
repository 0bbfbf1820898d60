"""Wallet to wallet: what each part keeps."""

import pytest

from credits.engine import commands as c
from credits.engine.state import Rollover
from credits.exceptions import InsufficientCredits, SameWallet, WalletNotFound
from tests.credits.engine.book import MICROS, micros, second


def test_each_part_keeps_its_terms(two):
    rule = Rollover(percent=10, days=3)
    soon = two.buy(10, expires=50, priority=3, rollover=rule, cost_minor=1000, currency="EUR")
    later = two.issue(10)
    two.at(5).transfer(15, "v")
    first, second_part = two.shelf.grants_of("v")
    assert (first.parent, second_part.parent) == (soon, later)
    assert (first.source, first.priority, first.expires_at) == ("purchase", 3, two.grant(soon).expires_at)
    assert (first.rollover, first.cost_minor, first.currency) == (rule, 1000, "EUR")
    assert (second_part.source, second_part.amount, second(second_part.effective_at)) == ("promotion", 5 * MICROS, 5)
    assert two.posted(wallet="v") == ">transferred+15@5"


@pytest.mark.parametrize(
    ("cost", "amount", "parts", "costs"),
    [
        (100, 3, ["1", "1", "1"], [33, 33, 33]),
        (100, 3, ["2", "1"], [66, 33]),
        (999, 10, ["0.000001"], [0]),
        (999, 10, ["9.999999"], [998]),
        (1, 1, ["1"], [1]),
        (None, 3, ["1"], [None]),
    ],
)
def test_the_cost_of_a_part_is_rounded_down(two, cost, amount, parts, costs):
    two.buy(amount, cost_minor=cost, currency=None if cost is None else "EUR")
    for part in parts:
        two.transfer(part, "v")
    assert [grant.cost_minor for grant in two.shelf.grants_of("v")] == costs


def test_a_part_of_a_part_costs_its_share_of_that_part(two):
    two.buy(3, cost_minor=100, currency="EUR")
    two.transfer(2, "v")
    two.transfer(1, "w", reference="v")
    assert [grant.cost_minor for grant in two.shelf.grants_of("w")] == [100, 33]


def test_covered_credits_stay(two):
    two.issue(100)
    two.hold(60)
    assert isinstance(two.refusal(c.Transfer(reference="w", target="v", amount=micros(41))), InsufficientCredits)
    two.transfer(40, "v")
    assert two.sums() == (60, 60, 0)


def test_both_sides_are_posted_at_the_later_of_their_times(two):
    two.issue(100)
    two.at(20).issue(1, reference="v")
    two.at(5).transfer(10, "v")
    assert two.posted() == "issued+100@0 transferred-10@20"
    assert two.posted(wallet="v") == "issued+1@20 >transferred+10@20"


def test_what_ends_before_the_later_time_is_not_sent(two):
    two.issue(100, expires=10)
    two.at(20).issue(1, reference="v")
    (result,) = two.at(5).run(c.Transfer(reference="w", target="v", amount=micros(10)))
    assert isinstance(result.refusal, InsufficientCredits)


def test_a_transfer_needs_two_wallets(two):
    two.issue(10)
    assert isinstance(two.refusal(c.Transfer(reference="w", target="w", amount=1)), SameWallet)
    unknown = two.refusal(c.Transfer(reference="w", target="nobody", amount=1))
    assert isinstance(unknown, WalletNotFound)
    assert (SameWallet.status, unknown.status) == (400, 404)


def test_credits_that_went_to_and_fro_leave_transfers_at_zero(two):
    two.issue(10)
    two.transfer(10, "v")
    two.transfer(10, "w", reference="v")
    two.consume(10)
    assert two.auditor.contra == {"promotions": -10 * MICROS, "transfers": 0, "usage": 10 * MICROS}
