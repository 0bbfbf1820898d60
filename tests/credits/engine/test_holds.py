"""Holds: what a capture takes and frees, how far they extend, who may end them."""

from datetime import timedelta

import pytest

from credits.engine import commands as c
from credits.exceptions import (
    HoldNotActive,
    HoldNotFound,
    InsufficientCredits,
    InvalidOperation,
    NotYourHold,
    WalletFrozen,
)
from tests.credits.engine.book import MICROS, micros

WEEK = 7 * 24 * 3600

# balance 100, of which 60 are held; amount, final, overage | entry | balance, held | status, captured
CAPTURES = [
    (None, True, "strict", "consumed-60,h-60@1", (40, 0, 0), "captured", 60),
    (None, False, "strict", "consumed-60,h-60@1", (40, 0, 0), "active", 60),
    (25, True, "strict", "consumed-25,h-60@1", (75, 0, 0), "captured", 25),
    (25, False, "strict", "consumed-25,h-25@1", (75, 35, 0), "active", 25),
    (60, True, "up_to", "consumed-60,h-60@1", (40, 0, 0), "captured", 60),
    (90, True, "strict", "consumed-90,h-60@1", (10, 0, 0), "captured", 90),
    (90, False, "up_to", "consumed-90,h-60@1", (10, 0, 0), "active", 90),
    (130, True, "up_to", "consumed-100,h-60,s30@1", (0, 0, 0), "captured", 100),
    (130, False, "up_to", "consumed-100,h-60,s30@1", (0, 0, 0), "active", 100),
]


@pytest.mark.parametrize(("amount", "final", "overage", "entry", "sums", "status", "captured"), CAPTURES)
def test_a_capture_takes_what_it_asks(book, amount, final, overage, entry, sums, status, captured):
    book.issue(100)
    hold = book.hold(60)
    taken = book.at(1).capture(hold, amount, final=final, overage=overage)
    assert book.posted(since=taken) == entry
    assert book.sums() == sums
    assert (book.held_by(hold).status, book.held_by(hold).captured) == (status, captured * MICROS)


def test_capture_frees_the_rest(book):
    book.issue(100)
    book.capture(book.hold(100), 30)
    book.consume(70)
    assert book.sums() == (0, 0, 0)


def test_a_strict_capture_beyond_what_is_free_moves_nothing(book):
    book.issue(100)
    hold = book.hold(60)
    refused = book.refusal(c.CaptureHold(reference="w", hold=hold, amount=micros(101)))
    assert isinstance(refused, InsufficientCredits)
    assert book.held_by(hold).covered == 60 * MICROS


@pytest.mark.parametrize("amount", [0, None])
def test_a_capture_of_nothing_is_a_mistake(book, amount):
    book.issue(100)
    hold = book.hold(60)
    book.capture(hold, 60, final=False)
    refused = book.refusal(c.CaptureHold(reference="w", hold=hold, amount=amount))
    assert isinstance(refused, InvalidOperation)
    assert refused.status == 400


def test_a_capture_of_zero_is_a_mistake_beside_a_cover(book):
    book.issue(100)
    assert isinstance(
        book.refusal(c.CaptureHold(reference="w", hold=book.hold(60), amount=0)),
        InvalidOperation,
    )


def test_an_empty_open_hold_takes_free_credits(book):
    book.issue(100)
    hold = book.hold(10)
    book.capture(hold, final=False)
    book.capture(hold, 5)
    assert book.sums() == (85, 0, 0)
    assert book.held_by(hold).status == "captured"


def test_a_capture_merges_cover_and_free_credits_of_one_grant(book):
    grant = book.issue(100)
    taken = book.capture(book.hold(10), 30)
    assert book.shelf.by_id[taken].allocations == ((grant, -30 * MICROS),)


@pytest.mark.parametrize(
    ("end", "status"), [("capture", "captured"), ("release", "released"), ("wait", "expired")], ids=str
)
@pytest.mark.parametrize("verb", [c.CaptureHold, c.ReleaseHold, c.ExtendHold])
def test_a_hold_ends_once_and_says_how_and_when(book, end, status, verb):
    book.issue(100)
    hold = book.hold(60, expires=10)
    if end != "wait":
        getattr(book.at(10 - 3), end)(hold)
    more = {"amount": 1} if verb is c.ExtendHold else {}
    refused = book.at(20).refusal(verb(reference="w", hold=hold, **more))
    assert isinstance(refused, HoldNotActive)
    assert refused.members["hold_status"] == status
    assert refused.members["ended_at"] == book.held_by(hold).ended_at
    assert f"{status} at 2026-01-01T00:00:{10 if end == 'wait' else 7:02}" in refused.detail


def test_a_hold_is_over_at_the_instant_of_its_expiry(book):
    book.issue(100)
    hold = book.hold(60, expires=10)
    assert isinstance(book.at(10).refusal(c.CaptureHold(reference="w", hold=hold)), HoldNotActive)


def test_a_hold_covers_in_order_of_use(book):
    later, sooner = book.issue(50, expires=60), book.issue(50, expires=50)
    hold = book.hold(70)
    assert book.held_by(hold).cover == {sooner: 50 * MICROS, later: 20 * MICROS}


def test_a_hold_covers_no_more_than_is_free(book):
    book.issue(100)
    book.hold(60)
    refused = book.refusal(c.PlaceHold(reference="w", amount=micros(60)))
    assert isinstance(refused, InsufficientCredits)
    assert (refused.members["available"], refused.members["held"]) == ("40", "60")


def test_an_extension_adds_cover_and_counts_its_life_from_now(book):
    book.issue(100)
    hold = book.hold(60, expires=10)
    extended = book.at(5).extend(hold, 40, expires=100)
    assert book.posted(since=extended) == "extended,h+40@5"
    book.at(99).read()
    assert book.held_by(hold).covered == 100 * MICROS
    assert book.held_by(hold).amount == 100 * MICROS


def test_an_extension_by_more_than_is_free_moves_nothing(book):
    book.issue(100)
    hold = book.hold(60, expires=10)
    command = c.ExtendHold(reference="w", hold=hold, amount=micros(41), expires_in=timedelta(60))
    assert isinstance(book.refusal(command), InvalidOperation)
    command = c.ExtendHold(reference="w", hold=hold, amount=micros(41), expires_in=timedelta(hours=1))
    assert isinstance(book.refusal(command), InsufficientCredits)
    assert book.at(11).read().sums() == (100, 0, 0)


def test_an_extension_of_nothing_is_a_mistake(book):
    book.issue(100)
    assert isinstance(book.refusal(c.ExtendHold(reference="w", hold=book.hold(1))), InvalidOperation)


def test_a_hold_lives_seven_days_after_it_was_placed_and_no_longer(book):
    book.issue(100)
    hold = book.at(100).hold(1, expires=100 + WEEK)
    life = timedelta(seconds=WEEK - 50)
    too_long = c.ExtendHold(reference="w", hold=hold, expires_in=life + timedelta(microseconds=1))
    assert isinstance(book.at(150).refusal(too_long), InvalidOperation)
    book.at(150).do(c.ExtendHold(reference="w", hold=hold, expires_in=life))
    longer = c.PlaceHold(reference="w", amount=1, expires_in=timedelta(seconds=WEEK, microseconds=1))
    assert isinstance(book.refusal(longer), InvalidOperation)


@pytest.mark.parametrize("verb", [c.CaptureHold, c.ReleaseHold, c.ExtendHold])
def test_a_customer_ends_only_holds_that_he_placed(book, verb):
    book.issue(100)
    foreign, own = book.hold(10, actor="key:abc"), book.hold(10, actor="user:1", principal="customer")
    asked = {"reference": "w", "principal": "customer", "actor": "user:1"}
    asked |= {"amount": 1} if verb is c.ExtendHold else {}
    refused = book.refusal(verb(hold=foreign, **asked))
    assert isinstance(refused, NotYourHold)
    assert refused.status == 403
    book.do(verb(hold=own, **asked))


def test_a_service_ends_any_hold(book):
    book.issue(100)
    hold = book.hold(10, actor="user:1", principal="customer")
    book.do(c.ReleaseHold(reference="w", hold=hold, principal="service", actor="key:abc"))


def test_another_wallets_hold_is_not_found(two):
    two.issue(100)
    hold = two.hold(10)
    assert isinstance(two.refusal(c.ReleaseHold(reference="v", hold=hold)), HoldNotFound)


def test_a_frozen_wallet_places_no_hold_and_ends_all(book):
    book.issue(100)
    kept, ended = book.hold(10), book.hold(10)
    book.freeze()
    assert isinstance(book.refusal(c.PlaceHold(reference="w", amount=1)), WalletFrozen)
    book.capture(kept)
    book.release(ended)


def test_a_frozen_wallets_hold_may_live_longer_without_more(book):
    book.issue(100)
    hold = book.hold(10, expires=10)
    book.freeze()
    book.extend(hold, expires=50)
    assert book.at(20).read().sums() == (100, 10, 0)
