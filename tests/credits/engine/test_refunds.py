"""Money that went back: a purchase and all that descends from it, in every order of events."""

import itertools

import pytest

from credits.engine import commands as c
from credits.engine.state import Rollover
from credits.exceptions import DebtTooSmall, GrantNotFound, InvalidOperation, RefundTooLarge
from tests.credits.engine.book import MICROS, Book, micros

DAY = 24 * 3600
SPLITS = [[100], [60, 40], [40, 60], [1, 99], [99, 1], [25, 25, 25, 25], [10, 20, 30, 40]]


def rolled_over_and_half_lost(book: Book) -> str:
    """50 roll over, 50 expire; of the child 20 are used and 30 expire."""
    purchase = book.buy(100, expires=10, rollover=Rollover(percent=50, days=1))
    book.at(20).consume(20)
    book.at(2 * DAY)
    return purchase


def rolled_over_and_still_there(book: Book) -> str:
    purchase = book.buy(100, expires=10, rollover=Rollover(percent=50))
    book.at(20)
    return purchase


def partly_used_and_voided(book: Book) -> str:
    purchase = book.buy(100)
    book.consume(30)
    book.void(purchase)
    return purchase


def partly_used_and_reset(book: Book) -> str:
    purchase = book.buy(100)
    book.consume(30)
    book.reset()
    return purchase


def used_beside_a_promotion(book: Book) -> str:
    purchase = book.buy(100, expires=50)
    book.issue(20)
    book.consume(70)
    return purchase


def held_and_ended(book: Book) -> str:
    purchase = book.buy(100, expires=10)
    book.hold(70, expires=100)
    book.at(20)
    return purchase


def reversed_to_a_new_life_and_lost_again(book: Book) -> str:
    purchase = book.buy(100, expires=10)
    used = book.consume(100)
    book.at(20).reverse(used, 60, expires=30)
    book.at(40)
    return purchase


def not_begun(book: Book) -> str:
    return book.buy(100, starts=50)


def adjusted_down(book: Book) -> str:
    purchase = book.buy(100)
    book.adjust(-40)
    return purchase


FAMILIES = {
    rolled_over_and_half_lost: (0, 0, 20),
    rolled_over_and_still_there: (0, 0, 0),
    partly_used_and_voided: (0, 0, 30),
    partly_used_and_reset: (0, 0, 30),
    used_beside_a_promotion: (0, 0, 50),
    held_and_ended: (70, 70, 70),
    reversed_to_a_new_life_and_lost_again: (0, 0, 40),
    not_begun: (0, 0, 0),
    adjusted_down: (0, 0, 40),
}


@pytest.mark.parametrize("split", SPLITS, ids=str)
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_every_split_of_a_refund_ends_the_same(book, family, split):
    purchase = family(book)
    for part in split:
        book.claw_back(purchase, part)
    assert book.sums() == FAMILIES[family]


@pytest.mark.parametrize("parts", list(itertools.permutations([50, 30, 20])), ids=str)
def test_parts_of_a_refund_around_an_expiry_claim_only_what_was_used(book, parts):
    purchase = book.buy(100, expires=10)
    book.consume(60)
    for moment, part in zip((5, 15, 25), parts, strict=True):
        book.at(moment).claw_back(purchase, part)
    assert book.sums() == (0, 0, 60)


def test_parts_of_a_refund_never_exceed_the_purchase(book):
    purchase = book.buy(100)
    book.claw_back(purchase, 70)
    refused = book.refusal(c.ClawBack(reference="w", grant=purchase, amount=micros("30.000001")))
    assert isinstance(refused, RefundTooLarge)
    assert refused.members["refundable"] == "30"
    book.claw_back(purchase, 30)


def test_a_refund_takes_its_own_grant_then_purchases_then_all(book):
    free, other, bought = book.issue(10), book.buy(10, priority=1), book.buy(30, priority=90)
    book.consume(15)
    assert book.left(free, other, bought) == [5, 0, 30]
    more = book.buy(10, priority=2)
    clawed = book.claw_back(bought, 30)
    assert book.left(free, more, bought) == [5, 10, 0]
    book.claw_back(other, 10)
    assert book.left(free, more) == [5, 0]
    entry = book.shelf.by_id[clawed]
    assert [part.grant for part in entry.allocations] == [bought]


def test_a_refund_takes_free_credits_last(book):
    spent = book.buy(30, expires=10)
    book.consume(30)
    free, bought = book.issue(10), book.buy(10)
    clawed = book.claw_back(spent, 25)
    assert book.posted(since=clawed) == "clawed_back-20@0 >debt_incurred,d+5@0"
    assert [part.grant for part in book.shelf.by_id[clawed].allocations] == [bought, free]


def test_what_remains_of_a_scheduled_purchase_is_scheduled_anew(book):
    purchase = book.buy(100, starts=20, expires=90, priority=7, cost_minor=999, currency="EUR")
    clawed = book.at(5).claw_back(purchase, 40)
    (new,) = book.children(purchase)
    assert book.posted(since=clawed) == "unscheduled@5 >scheduled@5"
    assert (new.amount, new.cost_minor, new.priority, new.source) == (60 * MICROS, 599, 7, "purchase")
    assert (new.effective_at, new.expires_at) == (book.grant(purchase).effective_at, book.grant(purchase).expires_at)
    assert book.at(20).read().sums() == (60, 0, 0)


def test_what_was_scheduled_anew_is_refunded_under_the_purchase(book):
    purchase = book.buy(100, starts=20)
    book.at(5).claw_back(purchase, 40)
    book.at(30).consume(50)
    book.claw_back(purchase, 60)
    assert book.sums() == (0, 0, 50)
    book.refusal(c.ClawBack(reference="w", grant=purchase, amount=1))


def test_a_scheduled_purchase_is_cancelled_part_by_part(book):
    purchase = book.buy(100, starts=20)
    for part in (40, 35, 25):
        book.claw_back(purchase, part)
    assert book.at(30).read().sums() == (0, 0, 0)
    kinds = "scheduled unscheduled >scheduled unscheduled >scheduled unscheduled"
    assert book.posted() == " ".join(f"{kind}@0" for kind in kinds.split())


def test_a_second_purchase_is_refunded_though_the_first_took_its_credits(book):
    first = book.buy(100)
    book.consume(100)
    second = book.buy(100)
    book.claw_back(first, 100)
    book.claw_back(second, 100)
    assert book.sums() == (0, 0, 100)


@pytest.mark.parametrize("kind", ["promotion", "child", "anew", "transferred"])
def test_only_the_grant_of_a_payment_is_clawed_back(two, kind):
    purchase = two.buy(100, expires=10, rollover=Rollover(), starts=5 if kind == "anew" else None)
    if kind == "promotion":
        purchase = two.issue(100)
    elif kind == "transferred":
        two.transfer(100, "v")
    elif kind == "anew":
        two.claw_back(purchase, 40)
    named = [purchase] if kind == "promotion" else [new.id for new in two.at(20).read().children(purchase)]
    wallet = "v" if kind == "transferred" else "w"
    refused = two.refusal(c.ClawBack(reference=wallet, grant=named[0], amount=micros(1)))
    assert isinstance(refused, InvalidOperation)


def test_a_grant_of_another_wallet_is_not_found(two):
    purchase = two.buy(100)
    assert isinstance(two.refusal(c.ClawBack(reference="v", grant=purchase, amount=1)), GrantNotFound)


def test_a_refund_of_what_was_transferred_becomes_debt_of_the_buyer(two):
    purchase = two.buy(100)
    two.transfer(100, "v")
    two.claw_back(purchase, 100)
    assert (two.sums(), two.sums("v")) == ((0, 0, 100), (100, 0, 0))


def owing(book: Book, debt: int) -> None:
    purchase = book.buy(debt)
    book.consume(debt)
    book.claw_back(purchase, debt)


@pytest.mark.parametrize("source", ["promotion", "allowance", "subscription", "signup", "referral", "import"])
def test_only_purchased_credits_repay_debt(book, source):
    owing(book, 50)
    book.issue(100, source=source)
    assert book.sums() == (100, 0, 50)


def test_purchased_credits_that_are_transferred_in_repay_debt(two):
    owing(two, 50)
    two.buy(80, reference="v")
    two.transfer(80, "w", reference="v")
    assert two.posted().endswith(">transferred+80@0 >debt_repaid-50,d-50@0")
    assert two.sums() == (30, 0, 0)


def test_debt_is_repaid_in_order_of_use_from_what_lives(book):
    first, second = book.buy(30), book.buy(30, expires=90)
    hold = book.hold(60)
    owing(book, 40)
    book.release(hold)
    assert book.left(first, second) == [20, 0]


def test_debt_is_forgiven_in_parts_and_never_below_zero(book):
    owing(book, 50)
    book.forgive(20)
    refused = book.refusal(c.ForgiveDebt(reference="w", amount=micros(31)))
    assert isinstance(refused, DebtTooSmall)
    book.forgive()
    assert book.sums() == (0, 0, 0)
    assert isinstance(book.refusal(c.ForgiveDebt(reference="w")), DebtTooSmall)


def test_a_reset_leaves_debt(book):
    owing(book, 50)
    book.issue(30)
    book.reset()
    assert book.sums() == (0, 0, 50)
