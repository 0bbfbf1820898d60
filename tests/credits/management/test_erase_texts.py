import pytest
from django.core.management import CommandError, call_command

from credits import services
from credits.exceptions import EntryNotFound
from credits.invariants import violations
from credits.models import Grant, Hold, LedgerEntry
from tests.credits.selectors.ledgers import D

pytestmark = pytest.mark.django_db


def test_erased_texts_are_gone_and_the_chain_stays_valid() -> None:
    services.issue_grant(reference="w", amount=D(5), description="for Ann", metadata={"mail": "ann@example.com"})
    entry = services.consume(reference="w", amount=D(1), description="Ann's letter").entry
    hashes = list(LedgerEntry.objects.order_by("sequence").values_list("hash", "text_hash"))
    call_command("erase_texts", entry.id, str(LedgerEntry.objects.get(sequence=1).pk))
    texts = LedgerEntry.objects.values_list("description", "metadata", "text_salt")
    assert set(texts) == {(None, None, None)}
    assert list(LedgerEntry.objects.order_by("sequence").values_list("hash", "text_hash")) == hashes
    assert list(violations()) == []


def test_what_took_the_texts_over_loses_them_too() -> None:
    issued = services.issue_grant(reference="w", amount=D(5), description="for Ann", metadata={"n": 1}).entry
    services.open_wallet(reference="v")
    services.transfer(source="w", target="v", amount=D(2))
    hold = services.place_hold(reference="w", amount=D(1), description="Ann's chat").entry
    assert Grant.objects.filter(description="for Ann").count() == 2
    services.erase_texts(entry=issued.id)
    services.erase_texts(entry=hold.id)
    assert set(Grant.objects.values_list("description", "metadata")) == {(None, None)}
    assert Hold.objects.get().description is None


def test_a_replay_after_erasing_answers_the_same_entry() -> None:
    origin = services.Origin(principal="service", actor="key:a", key="k")
    first = services.issue_grant(reference="w", amount=D(5), description="for Ann", origin=origin)
    services.erase_texts(entry=first.entry.id)
    again = services.issue_grant(reference="w", amount=D(5), description="for Ann", origin=origin)
    assert (again.replayed, again.entry.id, again.entry.description) == (True, first.entry.id, None)


def test_an_unknown_entry_is_named() -> None:
    nothing = "0190d9a6-0000-7000-8000-000000000000"
    with pytest.raises(EntryNotFound):
        services.erase_texts(entry=nothing)
    for name in (nothing, "nonsense"):
        with pytest.raises(CommandError, match=name):
            call_command("erase_texts", name)
