"""The hash chain: one golden entry, and every field that its hash covers."""

import json
from dataclasses import replace

import pytest

from credits.engine import chain
from credits.engine import commands as c
from credits.engine.kinds import KINDS, contra_of
from credits.engine.state import Allocation, Rollover
from tests.credits.engine.auditor import hash_of
from tests.credits.engine.book import instant, micros

GIVEN = {
    "key": "k",
    "principal": "service",
    "actor": "key:ab",
    "request_id": "r",
    "description": "ünï",
    "metadata": '{"a":1}',
    "salt": "salt",
}
ERASABLE = {"description", "metadata", "text_salt"}
NOT_COVERED = {"hash", "hash_version"}


def posted(book):
    """Return an entry with something in almost every field."""
    rule = Rollover(percent=10, days=3)
    return book.do(c.IssueGrant(reference="w", amount=micros(5), expires_at=instant(9), rollover=rule, **GIVEN))


def test_the_hash_is_the_one_of_the_published_formula(book):
    entry = posted(book)
    assert entry.hash == hash_of(entry, "")
    assert book.shelf.wallets["w"].head_hash == entry.hash


def test_every_field_changes_the_hash(book):
    entry = posted(book)
    changed = {"allocations": (Allocation("other", 1),), "effective_at": instant(1), "created_at": instant(1)}
    for name in set(entry._fields) - ERASABLE - NOT_COVERED:
        other = entry._replace(**{name: changed.get(name, "other")})
        assert hash_of(other, "") != entry.hash, name
    assert hash_of(entry, "another head") != entry.hash


def test_erased_texts_leave_the_chain_whole(book):
    entry = posted(book)._replace(description=None, metadata=None, text_salt=None)
    assert hash_of(entry, "") == entry.hash


def test_texts_enter_as_a_salted_hash(book):
    entry = posted(book)
    assert entry.text_hash == chain.text_hash("salt", "ünï", '{"a":1}')
    others = [chain.text_hash(*texts) for texts in (("salt2", "ünï", None), ("salt", None, "ünï"), ("salt", "ünï", ""))]
    assert len({entry.text_hash, *others}) == 4


def test_a_grants_entry_covers_its_terms(book):
    entry = posted(book)
    ((*terms, currency),) = json.loads(entry.terms)
    stamps = ["2026-01-01T00:00:00.000000+00:00", "2026-01-01T00:00:09.000000+00:00"]
    assert terms == [entry.grant, 5_000_000, "adjustment", 50, *stamps, [None, 10, 3, 1], None, None, None]
    assert currency is None


def test_a_holds_entries_cover_its_terms(book):
    book.issue(10)
    hold = book.hold(4, expires=9, basis="estimate", actor="key:ab")
    book.extend(hold, 2, expires=20)
    held, extended = (json.loads(entry.terms) for entry in book.shelf.entries[1:])
    assert held == [hold, 4_000_000, "2026-01-01T00:00:09.000000+00:00", "key:ab", "estimate"]
    assert extended == [hold, 6_000_000, "2026-01-01T00:00:20.000000+00:00", "key:ab", "estimate"]


def test_each_wallet_has_a_chain_of_its_own(two):
    two.issue(10)
    two.issue(10, reference="v")
    two.transfer(5, "v")
    heads = dict.fromkeys(("w", "v"), "")
    for entry in two.shelf.entries:
        assert entry.hash == hash_of(entry, heads[entry.reference])
        heads[entry.reference] = entry.hash


@pytest.mark.parametrize("kind", KINDS)
def test_only_kinds_that_move_credits_have_a_contra_account(kind):
    still = "rolled_over debt_incurred debt_forgiven scheduled unscheduled held extended released hold_expired"
    moves_nothing = {*still.split(), "shortfall", "frozen", "unfrozen"}
    assert (contra_of(kind, "purchase") is None) == (kind in moves_nothing)


def test_the_fingerprint_covers_operation_target_and_body():
    base = c.Consume(reference="w", amount=10, key="a", actor="x", salt="1")
    same = replace(base, key="b", actor="y", salt="2", principal="operator", request_id="q")
    others = [
        replace(base, amount=11),
        replace(base, reference="v"),
        replace(base, overage="up_to"),
        replace(base, description="d"),
        c.PlaceHold(reference="w", amount=10),
    ]
    assert same.fingerprint == base.fingerprint
    assert len({command.fingerprint for command in [base, *others]}) == 6
