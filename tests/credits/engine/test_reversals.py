"""Consumptions undone, wholly or in parts, into grants that live, ended or were voided."""

import pytest

from credits.engine import commands as c
from credits.exceptions import EntryNotFound, InvalidOperation, NotReversible
from tests.credits.engine.book import MICROS, instant, micros


def test_parts_continue_where_the_last_one_stopped(book):
    first, second, third = (book.issue(10, priority=priority) for priority in (1, 2, 3))
    used = book.consume(30)
    for part, left in ((5, [0, 0, 5]), (10, [0, 5, 10]), (15, [10, 10, 10])):
        book.reverse(used, part)
        assert book.left(first, second, third) == left


def test_a_reversal_never_gives_back_more_than_was_taken(book):
    book.issue(100)
    used = book.consume(60)
    book.reverse(used, 50)
    refused = book.refusal(c.ReverseEntry(reference="w", entry=used, amount=micros(11)))
    assert isinstance(refused, NotReversible)
    assert refused.members["reversible"] == "10"
    book.reverse(used)
    assert isinstance(book.refusal(c.ReverseEntry(reference="w", entry=used)), NotReversible)


def test_two_parts_in_one_batch_never_give_back_more_than_was_taken(book):
    book.issue(100)
    used = book.consume(60)
    parts = [c.ReverseEntry(reference="w", entry=used, amount=micros(40)) for _ in range(2)]
    first, second = book.run(*parts)
    assert first.refusal is None
    assert isinstance(second.refusal, NotReversible)


def test_only_a_consumption_is_reversed(book):
    book.issue(100)
    used = book.consume(60)
    book.hold(5)
    book.adjust(-5)
    book.reverse(used)
    for entry in [entry for entry in book.shelf.entries if entry.kind != "consumed"]:
        assert isinstance(book.refusal(c.ReverseEntry(reference="w", entry=entry.id)), NotReversible)


def test_a_captured_hold_is_reversed_as_a_consumption(book):
    grant = book.issue(100)
    taken = book.capture(book.hold(60), 70)
    book.reverse(taken)
    assert book.left(grant) == 100


def test_an_unknown_entry_is_not_found(book):
    assert isinstance(book.refusal(c.ReverseEntry(reference="w", entry="none")), EntryNotFound)


def test_another_wallets_entry_is_not_found(two):
    two.issue(100)
    used = two.consume(60)
    assert isinstance(two.refusal(c.ReverseEntry(reference="v", entry=used)), EntryNotFound)


def test_credits_of_an_ended_grant_get_a_new_life(book):
    live, ended = book.buy(10), book.buy(10, expires=10, priority=7, cost_minor=999, currency="EUR")
    used = book.consume(15)
    back = book.at(20).reverse(used, expires=50)
    (new,) = book.children(ended)
    assert book.left(live, ended, new.id) == [10, 0, 10]
    assert (new.source, new.priority, new.expires_at, new.cost_minor) == ("purchase", 7, instant(50), 999)
    assert new.id in book.shelf.by_id[back].terms
    assert book.posted(since=back) == "reversed+15@20"


def test_a_new_life_costs_its_share(book):
    ended = book.buy(3, expires=10, cost_minor=100, currency="EUR")
    used = book.consume(3)
    book.at(20)
    for _ in range(2):
        book.reverse(used, 1, expires=50)
    assert [(new.amount, new.cost_minor) for new in book.children(ended)] == [(MICROS, 33), (MICROS, 33)]


def test_a_new_life_does_not_bring_back_a_voided_grant(book):
    grant = book.issue(10, expires=10)
    used = book.consume(6)
    book.void(grant)
    back = book.at(20).reverse(used, expires=50)
    assert book.children(grant) == []
    assert book.posted(since=back) == "reversed+6@20 >voided-6@20"


def test_a_live_grant_gets_its_own_credits_back(book):
    grant = book.issue(10, expires=60)
    used = book.consume(6)
    book.at(20).reverse(used, expires=50)
    assert book.children(grant) == []
    assert book.left(grant) == 10


@pytest.mark.parametrize("moment", [19, 20])
def test_a_new_life_ends_in_the_future(book, moment):
    book.issue(10, expires=10)
    used = book.consume(6)
    asked = c.ReverseEntry(reference="w", entry=used, expires_at=instant(moment))
    assert isinstance(book.at(20).refusal(asked), InvalidOperation)


def test_a_reversed_new_life_is_used_and_reversed_again(book):
    book.issue(10, expires=10)
    used = book.consume(10)
    book.at(20).reverse(used, expires=50)
    again = book.consume(10)
    book.at(60).reverse(again)
    assert book.posted(since=again) == "consumed-10@20 reversed+10@60 >expired-10@60"
