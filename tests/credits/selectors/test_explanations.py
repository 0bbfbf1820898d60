from decimal import Decimal
from typing import Any

import pytest

from credits import selectors, services
from credits.exceptions import EntryNotFound, InsufficientCredits, RefusalNotFound
from credits.models import LedgerEntry
from tests.credits.selectors.ledgers import HOUR, START, D, at, random_wallet

pytestmark = pytest.mark.django_db


def total(parts: list[dict[str, Any]], member: str = "amount") -> Decimal:
    return sum((Decimal(part[member]) for part in parts), Decimal(0))


@pytest.mark.parametrize("seed", range(5))
def test_a_balance_is_readded_by_grant_by_kind_and_by_hold(seed: int) -> None:
    now = random_wallet("w", seed)
    with at(now):
        for instant in (None, START + (now - START) / 2, START):
            answer = selectors.explain_balance("w", instant)
            past = selectors.balance_at("w", instant or now)
            assert Decimal(answer["balance"]) * 1_000_000 == past.balance
            assert total(answer["grants"], "remaining") == Decimal(answer["balance"]) == total(answer["kinds"])
            assert total(answer["holds"], "held") * 1_000_000 == past.held
            assert Decimal(answer["available"]) * 1_000_000 == past.balance - past.held
            assert Decimal(answer["debt"]) * 1_000_000 == past.debt
            assert total(answer["expiries"]) <= Decimal(answer["balance"])


@pytest.mark.parametrize("seed", range(3))
def test_every_entry_moves_its_grants_from_before_to_after(seed: int) -> None:
    now = random_wallet("w", seed)
    remaining: dict[Any, Decimal] = {}
    with at(now):
        for entry in LedgerEntry.objects.order_by("sequence"):
            answer = selectors.explain_entry(str(entry.pk))
            assert total(answer["allocations"], "moved") == entry.amount
            for part in answer["allocations"]:
                assert Decimal(part["remaining_before"]) == remaining.get(part["grant"], 0)
                remaining[part["grant"]] = Decimal(part["remaining_after"])
        grants = {grant.pk: grant.remaining for grant in selectors.list_grants("w")}
    assert {grant: left for grant, left in remaining.items() if left} == {
        grant: left for grant, left in grants.items() if left
    }


def test_a_reversal_names_what_it_reverses_and_is_named_by_it() -> None:
    with at(START):
        services.issue_grant(reference="w", amount=D(100), expires_at=START + HOUR)
        consumed = services.consume(reference="w", amount=D(70)).entry
    with at(START + 2 * HOUR):
        back = services.reverse_entry(entry=consumed.id, amount=D(20), reason="broken answer").entry
        answer, original = selectors.explain_entry(back.id), selectors.explain_entry(consumed.id)
    assert [str(line["id"]) for line in answer["reverses"]] == [consumed.id]
    assert [(line["kind"], line["amount"]) for line in answer["followed_by"]] == [("expired", "-20")]
    assert [str(line["id"]) for line in original["reversals"]] == [back.id]
    assert original["reversed"] == "20"


def test_a_void_names_the_grant_that_it_emptied() -> None:
    issued = services.issue_grant(reference="w", amount=D(100))
    services.consume(reference="w", amount=D(70))
    voided = services.void_grant(grant=issued.entry.grant, reason="fraud").entry
    (part,) = selectors.explain_entry(voided.id)["allocations"]
    assert (part["remaining_before"], part["moved"], part["remaining_after"]) == ("30", "-30", "0")
    assert part["voided_at"] is not None


def test_a_clawback_tells_what_was_taken_and_what_became_debt() -> None:
    bought = services.issue_grant(reference="w", amount=D(100), source="purchase")
    services.consume(reference="w", amount=D(70))
    entry = services.claw_back(grant=bought.entry.grant, amount=D(100), reason="dispute lost").entry
    answer = selectors.explain_entry(entry.id)
    assert answer["entry"]["amount"] == "-30"
    assert [(line["kind"], line["debt_change"]) for line in answer["followed_by"]] == [("debt_incurred", "70")]
    debt = selectors.explain_entry(str(answer["followed_by"][0]["id"]))
    assert [str(line["id"]) for line in debt["causes"]] == [entry.id]


def test_a_reset_tells_which_scheduled_grants_it_cancelled() -> None:
    with at(START):
        services.issue_grant(reference="w", amount=D(10))
        services.issue_grant(reference="w", amount=D(5), effective_at=START + HOUR)
        entry = services.reset(reference="w", reason="new contract").entry
        answer = selectors.explain_entry(entry.id)
    assert [part["moved"] for part in answer["allocations"]] == ["-10"]
    assert [line["kind"] for line in answer["followed_by"]] == ["unscheduled"]


def test_a_transfer_is_explained_from_both_sides_and_can_hide_the_other_wallet() -> None:
    services.issue_grant(reference="w", amount=D(10), source="promotion")
    services.open_wallet(reference="v")
    posted = services.transfer(source="w", target="v", amount=D(4))
    answer = selectors.explain_entry(posted.entry.id)
    assert [(line["reference"], line["amount"]) for line in answer["followed_by"]] == [("v", "4")]
    into = selectors.explain_entry(posted.target_entry.id)
    assert [line["reference"] for line in into["causes"]] == ["w"]
    assert into["allocations"][0]["parent"] == answer["allocations"][0]["grant"]
    assert selectors.explain_entry(posted.entry.id, within="w")["followed_by"] == []


def test_a_capture_names_its_hold() -> None:
    services.issue_grant(reference="w", amount=D(10))
    hold = services.place_hold(reference="w", amount=D(6), basis="estimate:7").hold
    answer = selectors.explain_entry(services.capture_hold(hold=hold.id, amount=D(2)).entry.id)
    assert (answer["hold"]["basis"], answer["hold"]["amount"]) == ("estimate:7", "6")


def test_a_refusal_is_explained_as_the_wallet_was_then() -> None:
    services.issue_grant(reference="w", amount=D(10))
    hold = services.place_hold(reference="w", amount=D(6)).hold
    with pytest.raises(InsufficientCredits) as caught:
        services.consume(reference="w", amount=D(5))
    services.issue_grant(reference="w", amount=D(1000))
    answer = selectors.explain_refusal("w", caught.value.members["refusal"])
    assert (answer["balance"], answer["held"], answer["available"]) == ("10", "6", "4")
    assert answer["members"]["required"] == "5"
    assert [str(part["hold"]) for part in answer["holds"]] == [hold.id]
    assert [part["remaining"] for part in answer["grants"]] == ["10"]
    assert "Add at least 1 credits." in answer["would_pass"]
    assert any("holds" in way for way in answer["would_pass"])


def test_a_refusal_of_a_batch_is_explained_as_the_wallet_was_at_its_turn() -> None:
    services.issue_grant(reference="w", amount=D(10))
    items = [services.Consumption("w", D(amount)) for amount in (4, 7, 6)]
    refusal = services.consume_many(items=items)[1]
    assert selectors.explain_refusal("w", refusal.members["refusal"])["balance"] == "6"


def test_what_is_not_there_is_not_found() -> None:
    services.issue_grant(reference="w", amount=D(10))
    nothing = "0190d9a6-0000-7000-8000-000000000000"
    with pytest.raises(RefusalNotFound):
        selectors.explain_refusal("w", nothing)
    with pytest.raises(EntryNotFound):
        selectors.explain_entry(nothing)
