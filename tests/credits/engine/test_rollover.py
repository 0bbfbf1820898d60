"""What a grant passes on when it ends."""

import pytest

from credits.engine.state import Rollover
from tests.credits.engine.book import MICROS, second

DAY = 24 * 3600


@pytest.mark.parametrize(
    ("rule", "rolled", "expired"),
    [
        (Rollover(), 100, 0),
        (Rollover(amount=30 * MICROS), 30, 70),
        (Rollover(amount=300 * MICROS), 100, 0),
        (Rollover(percent=25), 25, 75),
        (Rollover(percent=100), 100, 0),
    ],
    ids=str,
)
def test_a_grant_passes_on_what_its_rule_allows(book, rule, rolled, expired):
    old = book.issue(100, expires=10, rollover=rule)
    book.at(15).read()
    (new,) = book.children(old)
    words = ["issued+100@0", "rolled_over@10", f"expired-{expired}@10" if expired else ""]
    assert book.posted() == " ".join(words).strip()
    assert book.left(old, new.id) == [0, rolled]


def test_a_share_is_rounded_down_to_a_millionth(book):
    old = book.issue("0.000005", expires=10, rollover=Rollover(percent=50))
    book.at(15).read()
    assert [new.amount for new in book.children(old)] == [2]


def test_a_share_of_less_than_a_millionth_rolls_nothing_over(book):
    old = book.issue("0.000001", expires=10, rollover=Rollover(percent=50))
    book.at(15).read()
    assert book.children(old) == []
    assert book.posted() == "issued+0.000001@0 expired-0.000001@10"


def test_the_rolled_over_entry_moves_between_grants_and_names_the_new_one(book):
    old = book.issue(100, expires=10, rollover=Rollover(amount=30 * MICROS))
    book.at(15).read()
    entry, (new,) = book.shelf.entries[1], book.children(old)
    assert (entry.amount, entry.contra, entry.grant) == (0, None, new.id)
    assert entry.allocations == ((old, -30 * MICROS), (new.id, 30 * MICROS))
    assert entry.terms is not None
    assert new.id in entry.terms


@pytest.mark.parametrize("days", [None, 2])
def test_the_new_grant_lives_as_long_as_the_rule_says(book, days):
    old = book.issue(100, expires=10, rollover=Rollover(days=days))
    book.at(15).read()
    (new,) = book.children(old)
    assert second(new.effective_at) == 10
    assert (new.expires_at and second(new.expires_at)) == (days and 10 + days * DAY)


def test_a_grant_rolls_over_as_often_as_its_rule_says(book):
    book.issue(100, expires=10, rollover=Rollover(percent=50, days=1, times=3))
    book.at(10 + 4 * DAY).read()
    rolled = [entry for entry in book.shelf.entries if entry.kind == "rolled_over"]
    assert [second(entry.effective_at) for entry in rolled] == [10, 10 + DAY, 10 + 2 * DAY]
    expired = [-entry.amount / MICROS for entry in book.shelf.entries if entry.kind == "expired"]
    assert expired == [50, 25, 12.5, 12.5]


def test_the_new_grant_keeps_source_and_its_share_of_the_cost_and_goes_first(book):
    old = book.buy(3, expires=10, priority=7, cost_minor=100, currency="EUR", rollover=Rollover(amount=MICROS))
    book.at(15).read()
    (new,) = book.children(old)
    assert (new.source, new.priority, new.cost_minor, new.currency) == ("purchase", 6, 33, "EUR")


@pytest.mark.parametrize("priority", [50, 0])
def test_what_rolled_over_for_ever_is_used_before_what_is_granted_anew(book, priority):
    old = book.issue(100, expires=10, priority=priority, rollover=Rollover())
    book.at(10).read()
    (rolled,) = book.children(old)
    fresh = book.issue(100, priority=priority)
    book.consume(30)
    assert book.left(rolled.id, fresh) == [70, 100]


def test_what_a_hold_covers_does_not_roll_over(book):
    old = book.issue(100, expires=10, rollover=Rollover())
    hold = book.hold(60, expires=30)
    book.at(20).release(hold)
    assert book.posted(since=book.shelf.entries[2].id) == "rolled_over@10 released,h-60@20 >expired-60@20"
    assert [book.left(new.id) for new in book.children(old)] == [40]


def test_what_a_hold_frees_at_the_end_of_its_grant_rolls_over(book):
    old = book.issue(100, expires=10, rollover=Rollover())
    book.hold(60, expires=10)
    book.at(20).read()
    assert [book.left(new.id) for new in book.children(old)] == [100]


def test_what_a_command_frees_at_the_end_of_its_grant_expires(book):
    book.issue(100, expires=10, rollover=Rollover())
    hold = book.hold(60, expires=30)
    released = book.at(10).release(hold)
    assert book.posted(since=released) == "released,h-60@10 >expired-60@10"


def test_what_is_reversed_into_a_grant_that_rolled_over_expires(book):
    book.issue(100, expires=10, rollover=Rollover())
    used = book.consume(60)
    back = book.at(20).reverse(used)
    assert book.posted(since=back) == "reversed+60@20 >expired-60@20"
    assert book.sums() == (40, 0, 0)


def test_debt_is_repaid_before_a_purchase_rolls_over(book):
    old = book.buy(100, expires=10, rollover=Rollover())
    book.hold(100, expires=10)
    spent = book.at(1).buy(30)
    book.consume(30)
    book.claw_back(spent, 30)
    book.at(20).read()
    assert book.posted().endswith("hold_expired,h-100@10 debt_repaid-30,d-30@10 rolled_over@10")
    assert [book.left(new.id) for new in book.children(old)] == [70]
