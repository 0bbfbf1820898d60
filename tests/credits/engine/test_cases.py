"""The numbered cases of the ledger's contract, section 7."""

import pytest

from core.problems import Problem
from credits.engine import commands as c
from credits.engine.state import MAX_AMOUNT
from credits.exceptions import BalanceTooLarge, InsufficientCredits, WalletFrozen
from tests.credits.engine.book import MICROS, instant, micros


def test_case_01_capture_takes_the_covered_grant_after_its_end(book):
    ends, never = book.issue(100, expires=10), book.issue(100)
    hold = book.at(5).hold(100, expires=30)
    book.at(12).capture(hold, 100)
    assert book.left(ends, never) == [0, 100]


def test_case_02_covered_credits_outlive_their_grant_until_the_hold_ends(book):
    book.issue(100, expires=10)
    hold = book.at(5).hold(60, expires=30)
    assert book.at(15).read().sums() == (60, 60, 0)
    released = book.at(20).release(hold)
    assert book.posted(since=released) == "released,h-60@20 >expired-60@20"
    assert book.balance_at(15) == 60
    assert book.balance_at(20) == 0


def test_case_03_what_is_reversed_into_an_ended_grant_expires_at_once(book):
    book.issue(100, expires=10)
    used = book.at(5).consume(100)
    back = book.at(20).reverse(used)
    assert book.posted(since=back) == "reversed+100@20 >expired-100@20"
    assert book.balance_at(15) == 0


def test_case_04_a_hold_keeps_its_own_while_new_credits_are_used(book):
    old = book.issue(100, expires=10)
    hold = book.at(5).hold(60, expires=30)
    new = book.at(12).buy(100)
    used = book.at(13).consume(100)
    assert book.posted() == "issued+100@0 held,h+60@5 expired-40@10 issued+100@12 consumed-100@13"
    assert [part.grant for part in book.shelf.by_id[used].allocations] == [new]
    assert book.left(old) == 60
    assert book.held_by(hold).covered == 60 * MICROS


def test_case_05_a_hold_that_ended_is_settled_before_a_consumption(book):
    book.issue(100)
    book.hold(60, expires=12)
    book.at(15).consume(80)
    assert book.posted() == "issued+100@0 held,h+60@0 hold_expired,h-60@12 consumed-80@15"


def test_case_06_hold_and_grant_end_together_hold_first(book):
    book.issue(100, expires=10)
    book.at(5).hold(60, expires=10)
    book.at(11).read()
    assert book.posted() == "issued+100@0 held,h+60@5 hold_expired,h-60@10 expired-100@10"


def test_case_07_a_clock_behind_posts_at_the_wallets_own_time(book):
    book.at(10).issue(100)
    book.at(9).consume(50)
    assert book.posted() == "issued+100@10 consumed-50@10"


def test_case_08_an_excess_takes_free_credits_and_no_other_holds_cover(book):
    book.issue(100)
    first, second = book.hold(10), book.hold(50)
    used = book.capture(first, 30, final=False, overage="up_to")
    assert book.posted(since=used) == "consumed-30,h-10@0"
    assert book.held_by(second).covered == 50 * MICROS
    assert book.sums() == (70, 50, 0)


def test_case_09_a_release_repays_the_debt_of_a_clawback(book):
    purchase = book.buy(100)
    hold = book.hold(80)
    clawed = book.at(1).claw_back(purchase, 100)
    assert book.posted(since=clawed) == "clawed_back-20@1 >debt_incurred,d+80@1"
    released = book.at(2).release(hold)
    assert book.posted(since=released) == "released,h-80@2 >debt_repaid-80,d-80@2"
    assert book.sums() == (0, 0, 0)


def test_case_10_what_ended_unused_is_not_claimed(book):
    purchase = book.buy(100, expires=10)
    clawed = book.at(12).claw_back(purchase, 100)
    assert book.posted(since=clawed) == "clawed_back@12"
    assert book.sums() == (0, 0, 0)


def test_case_10_a_purchase_that_has_not_begun_is_cancelled(book):
    purchase = book.buy(100, starts=20)
    clawed = book.at(5).claw_back(purchase, 100)
    book.at(25).read()
    assert book.posted(since=clawed) == "unscheduled@5"
    assert book.sums() == (0, 0, 0)


def test_case_11_a_reversal_repays_the_debt_of_a_clawback(book):
    purchase = book.buy(100)
    used = book.at(1).consume(100)
    book.at(2).claw_back(purchase, 100)
    assert book.sums() == (0, 0, 100)
    back = book.at(3).reverse(used)
    assert book.posted(since=back) == "reversed+100@3 >debt_repaid-100,d-100@3"
    assert book.sums() == (0, 0, 0)


def test_case_12_what_is_reversed_into_a_voided_grant_is_voided(book):
    grant = book.issue(100)
    used = book.at(1).consume(70)
    book.at(2).void(grant)
    book.at(3).reverse(used, 70)
    assert book.posted() == "issued+100@0 consumed-70@1 voided-30@2 reversed+70@3 >voided-70@3"


def test_case_13_one_key_is_one_hold_and_one_scheduled_grant(book):
    book.issue(100)
    assert book.hold(10, key="h") == book.hold(10, key="h")
    assert book.issue(5, starts=9, key="g") == book.issue(5, starts=9, key="g")
    assert book.posted() == "issued+100@0 held,h+10@0 scheduled@0"


def test_case_13_a_retried_reset_takes_nothing(book):
    book.reset(key="r")
    book.at(1).issue(100)
    book.at(2).reset(key="r")
    assert book.posted() == "reset@0 issued+100@1"
    assert book.sums() == (100, 0, 0)


def test_case_14_a_customers_key_does_not_take_an_internal_one(book):
    book.issue(10)
    book.consume(1, key="payment:42", principal="customer")
    book.buy(100, key="payment:42", principal="internal")
    assert book.sums() == (109, 0, 0)


@pytest.mark.parametrize("starts", [None, 10])
def test_case_15_what_would_pass_the_largest_balance_later_is_refused_now(book, starts):
    book.issue(600_000_000, starts=starts)
    more = {"reference": "w", "amount": MAX_AMOUNT - micros(600_000_000) + 1}
    assert isinstance(book.refusal(c.IssueGrant(**more, effective_at=instant(20))), BalanceTooLarge)
    assert isinstance(book.refusal(c.IssueGrant(**more)), BalanceTooLarge)
    assert isinstance(book.refusal(c.Adjust(**more)), BalanceTooLarge)
    book.issue(400_000_000)
    assert book.at(30).read().sums() == (1_000_000_000, 0, 0)


def test_case_15_a_transfer_does_not_pass_the_targets_largest_balance(two):
    two.issue(2)
    two.issue(999_999_999, reference="v", starts=9)
    assert isinstance(two.refusal(c.Transfer(reference="w", target="v", amount=micros(2))), BalanceTooLarge)
    two.transfer(1, "v")


def test_case_16_a_capture_of_nothing_records_the_shortfall(book):
    book.issue(10)
    hold = book.hold(10)
    book.at(1).capture(hold, 10, final=False)
    short = book.at(2).capture(hold, 5, overage="up_to")
    assert book.posted(since=short) == "shortfall,s5@2"


def test_case_17_what_a_release_frees_repays_debt_before_it_expires(book):
    purchase = book.buy(100, expires=10)
    hold = book.at(5).hold(100, expires=20)
    book.at(6).claw_back(purchase, 100)
    released = book.at(12).release(hold)
    assert book.posted(since=released) == "released,h-100@12 >debt_repaid-100,d-100@12"


def test_case_18_transfers_stay_zero_when_the_target_voids(two):
    two.buy(100)
    two.transfer(100, "v")
    (part,) = two.shelf.grants_of("v")
    two.void(part.id, "v")
    assert two.auditor.contra == {"purchases": 0, "transfers": 0}
    assert two.posted(wallet="v") == ">transferred+100@0 voided-100@0"


@pytest.mark.parametrize("parts", [[100], [50, 50], [60, 40], [1, 99], [33, 33, 34]])
def test_case_19_every_split_of_a_refund_ends_the_same(book, parts):
    purchase = book.buy(100, expires=10)
    book.at(5).consume(50)
    for part in parts:
        book.at(12).claw_back(purchase, part)
    assert book.sums() == (0, 0, 50)


def test_case_20_each_wallet_of_a_batch_is_judged_at_its_own_time(two):
    two.at(20).issue(100, reference="v")
    two.at(0).issue(100, expires=10)
    use = [c.Consume(reference=wallet, amount=micros(60)) for wallet in ("v", "w")]
    assert [result.refusal for result in two.at(5).run(*use)] == [None, None]
    assert two.posted() == "issued+100@0 consumed-60@5"
    assert two.posted(wallet="v") == "issued+100@20 consumed-60@20"


def test_case_21_a_frozen_wallet_adds_to_no_hold(book):
    book.issue(100)
    hold = book.hold(1)
    book.freeze()
    assert isinstance(book.refusal(c.ExtendHold(reference="w", hold=hold, amount=micros(99))), WalletFrozen)


def test_case_21_a_frozen_wallet_pays_a_capture_from_its_cover_only(book):
    book.issue(100)
    hold = book.hold(10)
    book.freeze()
    capture = c.CaptureHold(reference="w", hold=hold, amount=micros(12))
    assert isinstance(book.refusal(capture), WalletFrozen)
    taken = book.at(1).capture(hold, 12, overage="up_to")
    assert book.posted(since=taken) == "consumed-10,h-10,s2@1"


def test_case_22_an_ended_grant_repays_before_a_live_one(book):
    ended, live = book.buy(50, expires=10), book.buy(50, priority=0)
    hold = book.at(5).hold(100, expires=20)
    spent = book.at(6).buy(50)
    book.at(6).consume(50)
    book.at(7).claw_back(spent, 50)
    assert book.sums() == (100, 100, 50)
    released = book.at(16).release(hold)
    assert book.posted(since=released) == "released,h-100@16 >debt_repaid-50,d-50@16"
    assert book.left(ended, live) == [0, 50]
    assert book.sums() == (50, 0, 0)


def test_case_23_a_reversal_does_not_pass_the_largest_balance(book):
    book.issue(600_000_000)
    used = book.consume(600_000_000)
    book.issue(600_000_000)
    assert isinstance(book.refusal(c.ReverseEntry(reference="w", entry=used)), BalanceTooLarge)
    book.reverse(used, 400_000_000)


def test_an_unknown_wallet_has_nothing_available(book):
    for command in (c.Consume, c.PlaceHold):
        refused = book.refusal(command(reference="nobody", amount=micros(3)))
        assert isinstance(refused, InsufficientCredits)
        expected = {"required": "3", "available": "0", "held": "0", "balance": "0", "expiring": []}
        assert refused.members == expected


@pytest.mark.parametrize("command", [c.IssueGrant(reference="nobody", amount=1), c.Reset(reference="nobody")])
def test_an_unknown_wallet_is_not_found_by_other_commands(book, command):
    refused = book.refusal(command)
    assert isinstance(refused, Problem)
    assert refused.status == 404
