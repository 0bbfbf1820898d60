"""One key, one effect: in a batch, later, and for everyone who may use the key."""

import pytest

from core.exceptions import KeyReused
from credits.engine import commands as c
from credits.exceptions import InsufficientCredits
from tests.credits.engine.book import micros

USE = c.Consume(reference="w", amount=micros(10), key="k", principal="service")


def test_a_repeated_command_gives_the_first_entry(book):
    book.issue(100)
    first = book.do(USE)
    (again,) = book.run(USE)
    assert again.replayed
    assert again.entry == first
    assert book.sums() == (90, 0, 0)


def test_a_key_in_one_batch_twice_takes_effect_once(book):
    book.issue(100)
    first, again = book.run(USE, USE)
    assert (first.replayed, again.replayed) == (False, True)
    assert first.entry == again.entry
    assert book.sums() == (90, 0, 0)


def test_a_key_with_another_amount_is_refused(book):
    book.issue(100)
    book.do(USE)
    other = c.Consume(reference="w", amount=micros(11), key="k", principal="service")
    assert isinstance(book.refusal(other), KeyReused)
    (refused,) = book.run(other)
    assert refused.refusal is not None
    assert refused.refusal.status == 422


def test_a_key_with_another_request_in_the_same_batch_is_refused(book):
    book.issue(100)
    first, second = book.run(USE, c.PlaceHold(reference="w", amount=micros(10), key="k", principal="service"))
    assert first.entry is not None
    assert isinstance(second.refusal, KeyReused)


@pytest.mark.parametrize("change", [{"overage": "up_to"}, {"description": "x"}, {"metadata": "{}"}])
def test_every_part_of_the_body_tells_requests_apart(book, change):
    book.issue(100)
    book.do(USE)
    asked = {"reference": "w", "amount": micros(10), "key": "k", "principal": "service", **change}
    assert isinstance(book.refusal(c.Consume(**asked)), KeyReused)


@pytest.mark.parametrize("change", [{"actor": "key:2"}, {"request_id": "r2"}, {"salt": "s2"}])
def test_who_carries_a_request_does_not_tell_requests_apart(book, change):
    book.issue(100)
    book.do(USE)
    asked = {"reference": "w", "amount": micros(10), "key": "k", "principal": "service", **change}
    assert book.run(c.Consume(**asked))[0].replayed


def test_each_principal_has_keys_of_its_own(book):
    book.issue(100)
    for principal in ("service", "operator", "customer", "internal"):
        book.consume(10, key="k", principal=principal)
    assert book.sums() == (60, 0, 0)


def test_each_wallet_has_keys_of_its_own(two):
    two.issue(10)
    two.issue(10, reference="v")
    two.consume(10, key="k")
    two.consume(10, key="k", reference="v")
    assert (two.sums(), two.sums("v")) == ((0, 0, 0), (0, 0, 0))


def test_a_replay_is_found_before_anything_is_settled(book):
    book.issue(100, expires=10)
    book.at(5).run(USE)
    (again,) = book.at(15).run(USE)
    assert again.replayed
    assert book.posted() == "issued+100@0 consumed-10@5"


def test_a_refusal_binds_no_key(book):
    assert isinstance(book.refusal(USE), InsufficientCredits)
    book.issue(100)
    (accepted,) = book.run(USE)
    assert (accepted.replayed, accepted.refusal) == (False, None)


def test_a_replay_is_answered_where_the_command_would_now_be_refused(book):
    book.issue(10)
    book.do(USE)
    book.freeze()
    assert book.run(USE)[0].replayed


def test_a_replayed_transfer_moves_nothing(two):
    two.issue(10)
    sent = two.transfer(10, "v", key="t")
    assert two.transfer(10, "v", key="t") == sent
    assert two.sums("v") == (10, 0, 0)


def test_only_the_principal_entry_carries_key_and_fingerprint(book):
    purchase = book.buy(100)
    hold = book.hold(80)
    book.claw_back(purchase, 100)
    principal = book.do(c.ReleaseHold(reference="w", hold=hold, key="r", principal="service", request_id="q"))
    repaid = book.shelf.entries[-1]
    assert (principal.idempotency_key, principal.principal, principal.request_id) == ("r", "service", "q")
    assert principal.fingerprint
    assert (repaid.kind, repaid.caused_by) == ("debt_repaid", principal.id)
    assert (repaid.idempotency_key, repaid.principal, repaid.fingerprint, repaid.request_id) == (None,) * 4


def test_what_settling_posts_carries_neither_key_nor_cause(book):
    book.issue(100, expires=10)
    book.at(15).do(c.Reset(reference="w", key="r"))
    expired = book.shelf.entries[1]
    assert expired.kind == "expired"
    assert (expired.idempotency_key, expired.principal, expired.caused_by) == (None, None, None)


def test_metadata_whose_numbers_a_proxy_spelled_anew_is_the_same_request() -> None:
    one = c.Consume(reference="w", amount=1, metadata='{"a":1.0,"b":0.10}')
    other = c.Consume(reference="w", amount=1, metadata='{"a":1,"b":0.1}')
    different = c.Consume(reference="w", amount=1, metadata='{"a":1,"b":0.2}')
    assert one.fingerprint == other.fingerprint != different.fingerprint
