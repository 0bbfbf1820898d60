"""Credits that come and go by decision: issue, schedule, void, adjust, reset, freeze."""

import pytest

from credits.engine import commands as c
from credits.engine.state import Rollover
from credits.exceptions import (
    AlreadyInStatus,
    GrantNotFound,
    GrantNotVoidable,
    InsufficientCredits,
    InvalidOperation,
    WalletFrozen,
)
from tests.credits.engine.book import instant, micros, second

CONTRA = {
    "purchase": "purchases",
    "promotion": "promotions",
    "referral": "promotions",
    "subscription": "subscriptions",
    "allowance": "allowances",
    "signup": "adjustments",
    "adjustment": "adjustments",
    "import": "adjustments",
}


@pytest.mark.parametrize("source", CONTRA)
def test_a_grant_comes_from_the_account_of_its_source(book, source):
    now, later = book.issue(100, source=source), book.issue(50, source=source, starts=5)
    book.at(5).void(now)
    book.void(later)
    rows = [(entry.kind, entry.contra) for entry in book.shelf.entries]
    account = CONTRA[source]
    moved = [("activated", account), ("voided", account), ("voided", account)]
    assert rows == [("issued", account), ("scheduled", None), *moved]


def test_a_scheduled_grant_grows_the_balance_when_it_begins(book):
    grant = book.issue(100, starts=10, expires=20)
    assert book.at(9).read().sums() == (0, 0, 0)
    assert book.at(10).read().sums() == (100, 0, 0)
    assert second(book.grant(grant).activated_at) == 10
    book.at(25).read()
    assert book.posted() == "scheduled@0 activated+100@10 expired-100@20"


def test_a_grant_that_begins_and_ends_unseen_leaves_its_mark(book):
    book.issue(100, starts=10, expires=20)
    book.at(99).issue(1)
    assert book.posted() == "scheduled@0 activated+100@10 expired-100@20 issued+1@99"


def test_days_count_from_the_begin(book):
    grant = book.issue(1, starts=10, expires_at=None, expires_in_days=2)
    assert second(book.grant(grant).expires_at) == 10 + 2 * 24 * 3600


def test_a_grant_is_gone_at_the_instant_of_its_end(book):
    book.issue(100, expires=10)
    assert isinstance(book.at(10).refusal(c.Consume(reference="w", amount=1)), InsufficientCredits)


@pytest.mark.parametrize(
    "dates",
    [{"effective_at": 4}, {"expires_at": 4}, {"expires_at": 5}, {"effective_at": 9, "expires_at": 9}],
    ids=str,
)
def test_a_grant_neither_begins_nor_ends_in_the_past(book, dates):
    given = {name: instant(moment) for name, moment in dates.items()}
    refused = book.at(5).refusal(c.IssueGrant(reference="w", amount=1, **given))
    assert isinstance(refused, InvalidOperation)
    assert list(dates)[-1] == refused.members["field"]


def test_a_refusal_names_what_is_there_and_what_expires(book):
    book.issue(30, expires=20)
    book.issue(20, expires=10)
    book.issue("0.5")
    book.hold(5)
    refused = book.refusal(c.Consume(reference="w", amount=micros(60)))
    assert isinstance(refused, InsufficientCredits)
    assert refused.members == {
        "required": "60",
        "available": "45.5",
        "held": "5",
        "balance": "50.5",
        "expiring": [
            {"amount": "15", "expires_at": instant(10)},
            {"amount": "30", "expires_at": instant(20)},
        ],
    }


def test_a_void_takes_what_is_left(book):
    grant = book.issue(100)
    book.consume(30)
    voided = book.at(1).void(grant)
    assert book.posted(since=voided) == "voided-70@1"


def test_a_void_of_a_used_grant_posts_zero(book):
    grant = book.issue(100)
    book.consume(100)
    voided = book.at(1).void(grant)
    assert book.posted(since=voided) == "voided@1"


def test_a_void_cancels_a_scheduled_grant(book):
    grant = book.issue(100, starts=10)
    book.at(1).void(grant)
    book.at(20).read()
    assert book.posted() == "scheduled@0 voided@1"


@pytest.mark.parametrize("state", ["held", "ended", "voided"])
def test_a_grant_is_voided_once_while_it_is_free_and_lives(book, state):
    grant = book.issue(100, expires=10)
    if state == "held":
        book.hold(1)
    elif state == "voided":
        book.void(grant)
    book.at(10 if state == "ended" else 5)
    assert isinstance(book.refusal(c.VoidGrant(reference="w", grant=grant)), GrantNotVoidable)


def test_another_wallets_grant_is_not_voided(two):
    grant = two.issue(1)
    assert isinstance(two.refusal(c.VoidGrant(reference="v", grant=grant)), GrantNotFound)


def test_an_adjustment_up_is_a_grant(book):
    book.adjust(10)
    (grant,) = book.shelf.posted_grants.values()
    assert (grant.source, grant.priority, grant.expires_at) == ("adjustment", 50, None)
    assert book.posted() == "adjusted+10@0"


def test_an_adjustment_down_takes_no_held_credits(book):
    book.issue(100)
    book.hold(60)
    assert isinstance(book.refusal(c.Adjust(reference="w", amount=-micros(41))), InsufficientCredits)
    book.adjust(-40)
    assert book.sums() == (60, 60, 0)


def test_a_reset_takes_what_is_free_and_cancels_what_is_scheduled(book):
    book.issue(100)
    book.issue(50, starts=10)
    book.issue(50, starts=9)
    book.hold(60, expires=20)
    cleared = book.at(5).reset()
    assert book.posted(since=cleared) == "reset-40@5 >unscheduled@5 >unscheduled@5"
    assert book.at(15).read().sums() == (60, 60, 0)


def test_a_reset_of_nothing_is_on_the_statement(book):
    book.reset()
    assert book.posted() == "reset@0"


@pytest.mark.parametrize(
    "command", [c.Consume(reference="w", amount=1), c.Consume(reference="w", amount=1, overage="up_to")], ids=str
)
def test_a_frozen_wallet_consumes_nothing(book, command):
    book.issue(1)
    book.freeze()
    refused = book.refusal(command)
    assert isinstance(refused, WalletFrozen)
    assert refused.status == 403
    book.unfreeze()
    book.consume(1)


def test_a_frozen_wallet_sends_nothing_and_receives(two):
    two.issue(10)
    two.issue(10, reference="v")
    two.freeze()
    assert isinstance(two.refusal(c.Transfer(reference="w", target="v", amount=1)), WalletFrozen)
    two.transfer(10, "w", reference="v")
    assert two.sums() == (20, 0, 0)


def test_all_else_goes_on_in_a_frozen_wallet(book):
    purchase, grant = book.buy(50), book.issue(50, expires=9)
    used = book.consume(10)
    book.freeze()
    book.reverse(used)
    book.adjust(5)
    book.adjust(-5)
    book.void(grant)
    book.claw_back(purchase, 50)
    book.issue(10)
    book.reset()
    assert book.sums() == (0, 0, 0)


def test_a_wallet_is_frozen_and_unfrozen_once(book):
    assert isinstance(book.refusal(c.Unfreeze(reference="w")), AlreadyInStatus)
    book.freeze()
    assert isinstance(book.refusal(c.Freeze(reference="w")), AlreadyInStatus)


@pytest.mark.parametrize(("asked", "entry"), [(30, "consumed-30@0"), (50, "consumed-40,s10@0"), (40, "consumed-40@0")])
def test_up_to_takes_what_is_there(book, asked, entry):
    book.issue(100)
    book.hold(60)
    taken = book.consume(asked, overage="up_to")
    assert book.posted(since=taken) == entry


def test_up_to_of_nothing_records_the_shortfall(book):
    short = book.consume(5, overage="up_to")
    assert book.posted(since=short) == "shortfall,s5@0"


def test_late_work_whose_life_is_over_comes_and_goes(book):
    book.at(100).issue(5, expires=10, late=True)
    book.at(101).issue(5, expires=200, late=True)
    assert [(entry.kind, second(entry.effective_at)) for entry in book.shelf.entries] == [
        ("issued", 100),
        ("expired", 100.000001),
        ("issued", 101),
    ]


def test_late_work_rolls_over_by_its_rule(book):
    book.at(100).issue(5, expires=10, late=True, rollover=Rollover(percent=40))
    book.at(101).read()
    assert [entry.kind for entry in book.shelf.entries] == ["issued", "rolled_over", "expired"]


def test_the_same_request_is_the_same_early_and_late(book):
    first = c.IssueGrant(reference="w", amount=5, key="day", expires_at=instant(10))
    again = c.IssueGrant(reference="w", amount=5, key="day", expires_at=instant(10), late=True)
    assert first.fingerprint == again.fingerprint
