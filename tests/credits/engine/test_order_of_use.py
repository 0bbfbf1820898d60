"""Golden vectors of the order of use: which grants pay, and in which order a reversal gives back."""

import pytest

from credits.engine import commands as c
from tests.credits.engine.book import MICROS, micros

# what each grant is, in the order in which they are issued; the order in which they are used
VECTORS = {
    "posting order": ([{}, {}, {}], [0, 1, 2]),
    "soonest end first, never last": ([{}, {"expires": 90}, {"expires": 80}], [2, 1, 0]),
    "priority before end": ([{"expires": 50}, {"priority": 10}, {"priority": 0, "expires": 99}], [2, 1, 0]),
    "free before paid": ([{"source": "purchase"}, {"source": "allowance"}], [1, 0]),
    "end before free": ([{"source": "allowance"}, {"source": "purchase", "expires": 50}], [1, 0]),
    "priority before free": ([{"source": "signup"}, {"source": "purchase", "priority": 49}], [1, 0]),
    "all free sources are alike": ([{"source": "import"}, {"source": "promotion"}, {"source": "referral"}], [0, 1, 2]),
    "everything at once": (
        [
            {"source": "purchase"},
            {},
            {"source": "purchase", "expires": 50},
            {"expires": 50},
            {"expires": 40, "priority": 51},
            {"source": "purchase", "priority": 100, "expires": 40},
            {"source": "purchase", "priority": 0},
        ],
        [6, 3, 2, 1, 0, 4, 5],
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_grants_are_used_in_order(book, name):
    terms, order = VECTORS[name]
    grants = [book.issue(10, **term) for term in terms]
    for expected in order:
        entry = book.shelf.by_id[book.consume(10)]
        assert entry.allocations == ((grants[expected], -10 * MICROS),)


@pytest.mark.parametrize("name", VECTORS)
def test_one_consumption_uses_grants_in_order(book, name):
    terms, order = VECTORS[name]
    grants = [book.issue(10, **term) for term in terms]
    entry = book.shelf.by_id[book.consume(10 * len(order) - 4)]
    assert [part.grant for part in entry.allocations] == [grants[index] for index in order]
    assert book.left(grants[order[-1]]) == 4


@pytest.mark.parametrize("name", VECTORS)
def test_a_reversal_gives_back_the_last_used_first(book, name):
    terms, order = VECTORS[name]
    grants = [book.issue(10, **term) for term in terms]
    used = book.consume(10 * len(order))
    for expected in reversed(order):
        book.reverse(used, 4)
        back = book.shelf.by_id[book.reverse(used, 6)]
        assert back.allocations == ((grants[expected], 6 * MICROS),)
    assert book.sums() == (10 * len(order), 0, 0)


def test_an_earlier_begin_goes_first(book):
    later = book.issue(10, starts=20)
    now = book.issue(10)
    sooner = book.issue(10, starts=10)
    used = book.at(30).consume(30)
    assert [part.grant for part in book.shelf.by_id[used].allocations] == [now, sooner, later]


def test_grants_of_one_batch_are_used_in_posting_order(book):
    issued = book.run(*[c.IssueGrant(reference="w", amount=micros(1)) for _ in range(20)])
    used = book.consume(20)
    assert [part.grant for part in book.shelf.by_id[used].allocations] == [result.entry.grant for result in issued]


def test_an_adjustment_down_takes_in_order_of_use(book):
    paid, free = book.buy(10), book.issue(10)
    book.adjust(-15)
    assert book.left(free, paid) == [0, 5]
