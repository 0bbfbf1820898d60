"""In which order things happen at one instant."""

from credits.engine.state import Rollover
from tests.credits.engine.book import second


def test_holds_that_end_together_end_in_the_order_of_their_ids(book):
    book.issue(100)
    holds = [book.hold(10, expires=moment) for moment in (20, 20, 20)]
    book.extend(holds[0], expires=20)
    book.at(30).read()
    ended = [entry.hold for entry in book.shelf.entries if entry.kind == "hold_expired"]
    assert ended == sorted(holds)


def test_grants_that_begin_together_begin_in_order_of_use(book):
    last, first, middle = (book.issue(1, starts=10, priority=priority) for priority in (90, 10, 50))
    book.at(30).read()
    assert [entry.grant for entry in book.shelf.entries if entry.kind == "activated"] == [first, middle, last]


def test_grants_that_end_together_end_in_order_of_use_each_rolling_over_first(book):
    last = book.issue(10, expires=10, priority=90, rollover=Rollover(percent=50))
    first = book.issue(10, expires=10, priority=10, rollover=Rollover(percent=50))
    book.at(30).read()
    ended = [(entry.kind, entry.allocations[0].grant) for entry in book.shelf.entries[2:]]
    assert ended == [("rolled_over", first), ("expired", first), ("rolled_over", last), ("expired", last)]


def test_everything_of_one_instant_happens_in_its_order(book):
    spent = book.buy(30)
    book.consume(30)
    book.buy(50, expires=10)
    book.hold(50, expires=10)
    book.claw_back(spent, 30)
    book.buy(5, starts=10)
    book.at(30).read()
    told = "hold_expired,h-50@10 activated+5@10 debt_repaid-30,d-30@10 expired-20@10"
    assert book.posted().endswith(told)


def test_each_instant_is_settled_on_its_own(book):
    book.issue(10, expires=10)
    book.issue(10, starts=5, expires=20)
    book.hold(5, expires=15)
    book.at(30).read()
    assert [second(entry.effective_at) for entry in book.shelf.entries] == [0, 0, 0, 5, 10, 15, 15, 20]
    assert book.posted().endswith("activated+10@5 expired-5@10 hold_expired,h-5@15 expired-5@15 expired-10@20")


def test_nothing_due_posts_nothing(book):
    book.issue(10, expires=10)
    book.at(9.999999).read()
    assert book.posted() == "issued+10@0"
