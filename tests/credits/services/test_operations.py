"""Each service on a real database: what it answers is what it wrote."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import transaction

from core.models import Event
from core.problems import Problem
from credits import services
from credits.engine.state import Rollover
from credits.models import Grant, Hold, LedgerEntry, Wallet
from credits.services import Consumption, Origin, Posted
from tests.credits.books import read_entries, read_wallets

START = datetime(2026, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db

KEYED = Origin("service", "key:abc", "k1", "req-1")


def after(seconds: float) -> Any:
    return time_machine.travel(START + timedelta(seconds=seconds), tick=False)


def issue(amount: str, reference: str = "ann", **terms: Any) -> Posted:
    return services.issue_grant(reference=reference, amount=Decimal(amount), **terms)


def consume(amount: str, reference: str = "ann", **terms: Any) -> Posted:
    return services.consume(reference=reference, amount=Decimal(amount), **terms)


def place(amount: str, **terms: Any) -> Posted:
    return services.place_hold(reference="ann", amount=Decimal(amount), **terms)


def refusal(call: Any, *args: Any, **terms: Any) -> str:
    with pytest.raises(Problem) as caught:
        call(*args, **terms)
    return caught.value.code


def sums(reference: str = "ann") -> tuple[Decimal, Decimal, Decimal]:
    wallet = Wallet.objects.get(reference=reference)
    return wallet.balance, wallet.held, wallet.debt


def kinds(reference: str = "ann") -> str:
    return " ".join(
        LedgerEntry.objects.filter(wallet__reference=reference).order_by("id").values_list("kind", flat=True)
    )


def test_an_answer_is_the_row() -> None:
    posted = issue("12.345678", description="Hello", metadata={"b": [1, None], "a": "x"}, origin=KEYED)
    (entry,) = read_entries()
    assert entry == posted.entry
    assert read_wallets()["ann"].grants == {posted.grant.id: posted.grant}
    row = LedgerEntry.objects.get()
    assert (row.amount, row.metadata, row.request_id) == (Decimal("12.345678"), {"a": "x", "b": [1, None]}, "req-1")


TEXTS = [
    'quote " and \\ and \\" and \\\\ \' `',
    "emoji 😀 and é and \u2028 and  two  spaces ",
    "tab \t newline \n return \r bell \x07",
    "%s {0} $1 :x ?",
    "null",
    "",
    "ü" * 2048,
]


@pytest.mark.parametrize("text", TEXTS)
def test_texts_come_back_as_they_were(text: str) -> None:
    posted = issue("5", description=text, metadata={"text": text[:100]}, origin=KEYED)
    services.place_hold(reference="ann", amount=Decimal(1), basis=text[:60], description=text, metadata={text[:9]: 1})
    assert read_entries()[0] == posted.entry
    assert (Grant.objects.get().description, Hold.objects.get().description) == (text, text)
    assert (Hold.objects.get().basis, Hold.objects.get().metadata) == (text[:60], {text[:9]: 1})
    again = issue("5", description=text, metadata={"text": text[:100]}, origin=KEYED)
    assert again.replayed
    assert again.entry == posted.entry


def test_a_text_of_more_than_four_kilobytes_is_refused() -> None:
    assert refusal(issue, "5", description="ü" * 2049) == "invalid_operation"
    assert refusal(issue, "5", metadata={"x": "y" * 4096}) == "invalid_operation"


@pytest.mark.parametrize("reference", ["me", "", "a b", "ann\n", "é", "a/b", "x" * 129])
def test_a_reference_that_no_wallet_may_have_is_refused(reference: str) -> None:
    assert refusal(issue, "5", reference) == "invalid_operation"
    assert refusal(services.open_wallet, reference=reference) == "invalid_operation"
    assert not Wallet.objects.exists()


def test_references_and_keys_differ_by_case_and_by_trailing_characters() -> None:
    for reference in ("Req-A", "req-a", "REQ-A", "x" * 128, "X" * 128):
        issue("1", reference)
    assert Wallet.objects.count() == 5
    for key in ("Key", "key", "KEY", "key.", "~" * 255):
        assert not consume("0.1", "req-a", origin=Origin(key=key)).replayed
    assert consume("0.1", "req-a", origin=Origin(key="KEY")).replayed
    assert sums("req-a")[0] == Decimal("0.5")


def test_the_same_key_is_another_one_for_another_principal() -> None:
    issue("10")
    entries = {consume("1", origin=Origin(principal, key="payment:42")).entry.id for principal in PRINCIPALS}
    assert len(entries) == len(PRINCIPALS)


PRINCIPALS = ("service", "operator", "customer", "internal")


def test_every_operation_posts_and_answers_again_under_its_key() -> None:
    with after(0):
        issue("100", source="purchase", cost_minor=1000, currency="EUR")
        issue("50", reference="bob")
    grant = str(Grant.objects.order_by("id")[0].pk)
    with after(1):
        spent = consume("30")
        hold = place("20")
        held, other = str(hold.entry.hold), str(place("5").entry.hold)
    calls: list[tuple[Any, dict[str, Any]]] = [
        (services.extend_hold, {"hold": held, "amount": Decimal(1), "expires_in": timedelta(hours=1)}),
        (services.capture_hold, {"hold": held, "amount": Decimal(3), "final": False}),
        (services.capture_hold, {"hold": held}),
        (services.release_hold, {"hold": other}),
        (services.reverse_entry, {"entry": spent.entry.id, "amount": Decimal(10), "reason": "poor answer"}),
        (services.transfer, {"source": "ann", "target": "bob", "amount": Decimal(7)}),
        (services.adjust, {"reference": "ann", "amount": Decimal(-2), "reason": "typo"}),
        (services.adjust, {"reference": "ann", "amount": Decimal(2), "reason": "typo"}),
        (services.claw_back, {"grant": grant, "amount": Decimal(90), "reason": "refund"}),
        (services.forgive_debt, {"reference": "ann", "amount": Decimal(1), "reason": "kind"}),
        (services.freeze, {"reference": "ann", "reason": "look"}),
        (services.unfreeze, {"reference": "ann", "reason": "looked"}),
        (services.issue_grant, {"reference": "ann", "amount": Decimal(100), "source": "promotion"}),
        (services.issue_grant, {"reference": "ann", "amount": Decimal(9), "effective_at": START + timedelta(days=1)}),
        (services.place_hold, {"reference": "ann", "amount": Decimal(1)}),
        (services.consume, {"reference": "ann", "amount": Decimal(1)}),
        (services.reset, {"reference": "ann", "reason": "start over"}),
    ]
    for number, (service, terms) in enumerate(calls):
        origin = Origin("service", "key:abc", f"call-{number}")
        with after(2 + number):
            first = service(**terms, origin=origin)
        before = read_wallets()
        with after(3 + number):
            second = service(**terms, origin=origin)
        assert (first.replayed, second.replayed) == (False, True)
        assert second.entry == first.entry
        assert read_wallets() == before
    for number, (service, terms) in enumerate(calls):
        origin = Origin("service", "key:abc", f"call-{number}")
        with after(100):
            assert service(**terms, origin=origin).entry == read_entry(f"call-{number}")


def read_entry(key: str) -> Any:
    return next(entry for entry in read_entries() if entry.idempotency_key == key)


def test_a_grant_can_be_voided_and_a_scheduled_one_cancelled() -> None:
    with after(0):
        now, later = issue("10").grant, issue("20", effective_at=START + timedelta(days=1)).grant
    with after(1):
        services.void_grant(grant=now.id, reason="mistake")
        services.void_grant(grant=later.id, reason="mistake")
        assert refusal(services.void_grant, grant=now.id, reason="again") == "grant_not_voidable"
    assert kinds() == "issued scheduled voided voided"
    assert sums()[0] == 0


def test_a_replay_shows_the_objects_beside_it_as_they_are_now() -> None:
    with after(0):
        issue("10", origin=KEYED)
        held = place("4", origin=Origin(key="hold"))
        services.release_hold(hold=str(held.entry.hold))
        consume("10")
        grant, hold = issue("10", origin=KEYED).grant, place("4", origin=Origin(key="hold")).hold
    assert grant is not None
    assert hold is not None
    assert (grant.remaining, hold.status) == (0, "released")


def test_what_is_not_there_is_not_found() -> None:
    issue("10", "bob")
    nobody = str(uuid4())
    assert refusal(services.capture_hold, hold=nobody) == "hold_not_found"
    assert refusal(services.release_hold, hold=nobody) == "hold_not_found"
    assert refusal(services.extend_hold, hold=nobody, amount=Decimal(1)) == "hold_not_found"
    assert refusal(services.void_grant, grant=nobody, reason="x") == "grant_not_found"
    assert refusal(services.claw_back, grant=nobody, amount=Decimal(1), reason="x") == "grant_not_found"
    assert refusal(services.reverse_entry, entry=nobody) == "entry_not_found"
    assert refusal(services.transfer, source="bob", target="eve", amount=Decimal(1)) == "wallet_not_found"
    assert refusal(services.transfer, source="eve", target="bob", amount=Decimal(1)) == "wallet_not_found"
    assert refusal(services.freeze, reference="eve", reason="x") == "wallet_not_found"
    assert refusal(services.update_wallet, reference="eve", time_zone="Europe/Berlin") == "wallet_not_found"
    assert refusal(consume, "1", "eve") == "insufficient_credits"
    assert not Wallet.objects.filter(reference="eve").exists()


def test_a_refused_first_grant_leaves_no_wallet_and_no_event() -> None:
    with after(10):
        assert refusal(issue, "5", effective_at=START) == "invalid_operation"
    assert (Wallet.objects.count(), Event.objects.count()) == (0, 0)


def test_a_refusal_binds_no_key_and_leaves_an_event_with_all_that_explains_it() -> None:
    services.open_wallet(reference="ann")
    assert refusal(consume, "5", origin=KEYED) == "insufficient_credits"
    issue("5")
    assert not consume("5", origin=KEYED).replayed
    told = Event.objects.get(name="operation.refused")
    assert told.stream == "wallet:ann"
    assert told.payload["code"] == "insufficient_credits"
    assert (told.payload["request_id"], told.payload["members"]["required"]) == ("req-1", "5")


def test_a_wallet_tells_at_most_sixty_refusals_a_minute() -> None:
    with after(0):
        issue("1")
        for _ in range(70):
            refusal(consume, "5")
    assert Event.objects.filter(name="operation.refused").count() == 60
    with after(61):
        refusal(consume, "5")
    assert Event.objects.filter(name="operation.refused").count() == 61


def test_a_refusal_moves_nothing_but_what_was_due() -> None:
    with after(0):
        issue("10", expires_at=START + timedelta(seconds=5))
    with after(6):
        assert refusal(consume, "1") == "insufficient_credits"
    assert kinds() == "issued expired"


def test_settling_writes_what_is_due_at_its_own_instant() -> None:
    with after(0):
        issue("10", expires_at=START + timedelta(seconds=5), rollover=Rollover(percent=50, days=1, times=1))
        issue("7", effective_at=START + timedelta(seconds=3))
        place("4", expires_in=timedelta(seconds=4))
    with after(100):
        services.settle_wallets(["ann", "nobody"])
    instants = [(entry.kind, (entry.effective_at - START).total_seconds()) for entry in read_entries()[3:]]
    assert instants == [("activated", 3), ("hold_expired", 4), ("rolled_over", 5), ("expired", 5)]
    assert sums()[0] == Decimal(12)


def test_a_batch_is_a_result_per_item_and_one_refusal_touches_no_other() -> None:
    issue("10")
    issue("10", "bob")
    items = [Consumption("ann", Decimal(6)), Consumption("ann", Decimal(6)), Consumption("eve", Decimal(1))]
    items += [Consumption("bob", Decimal(6), origin=Origin(key="b")), Consumption("bob", Decimal(6), "up_to")]
    items += [
        Consumption("bob", Decimal(6), origin=Origin(key="b")),
        Consumption("bob", Decimal(7), origin=Origin(key="b")),
    ]
    outcomes = services.consume_many(items=items)
    codes = [outcome.code if isinstance(outcome, Problem) else outcome.entry.amount // 10**6 for outcome in outcomes]
    assert codes == [-6, "insufficient_credits", "insufficient_credits", -6, -4, -6, "idempotency_key_reused"]
    assert [o.replayed for o in outcomes if isinstance(o, Posted)] == [False, False, False, True]
    assert (sums()[0], sums("bob")[0]) == (4, 0)


def test_an_opened_wallet_keeps_its_terms() -> None:
    wallet, new = services.open_wallet(reference="ann", time_zone="Europe/Berlin", attributes={"tier": "gold 😀"})
    assert new
    again = services.open_wallet(reference="ann", time_zone="Europe/Berlin", attributes={"tier": "gold 😀"})
    assert again == (wallet, False)
    assert refusal(services.open_wallet, reference="ann", time_zone="UTC") == "wallet_exists"
    services.update_wallet(reference="ann", attributes={"tier": None})
    found = Wallet.objects.get()
    assert (found.attributes, found.time_zone) == ({"tier": None}, "Europe/Berlin")
    assert [event.name for event in Event.objects.all()] == ["wallet.opened"]


def test_a_grant_opens_its_wallet_and_says_so_first() -> None:
    issue("5")
    assert [event.name for event in Event.objects.order_by("id")] == ["wallet.opened", "grant.issued"]


@pytest.mark.parametrize("parts", [2, 400])
def test_a_transfer_of_many_parts_keeps_all_their_terms(parts: int) -> None:
    with after(0):
        for number in range(parts):
            issue("1", source="purchase", cost_minor=100 + number, currency="EUR", expires_in_days=number + 1)
        services.open_wallet(reference="bob")
        services.transfer(source="ann", target="bob", amount=Decimal(parts))
    terms = LedgerEntry.objects.get(wallet__reference="bob").terms
    assert terms is not None
    assert terms.count("EUR") == parts
    assert Grant.objects.filter(wallet__reference="bob", cost_minor__gte=100).count() == parts


def test_several_grants_are_issued_together_and_a_refusal_touches_no_other() -> None:
    issue("1000000000", "rich")
    item = services.NewGrant(reference="ann", amount=Decimal(5), source="promotion", origin=Origin(key="a"))
    others = [services.NewGrant(reference=name, amount=Decimal(1), source="referral") for name in ("rich", "bob")]
    with transaction.atomic():
        outcomes = services.issue_grants(items=[item, *others, item])
    codes = [outcome.code if isinstance(outcome, Problem) else outcome.replayed for outcome in outcomes]
    assert codes == [False, "balance_too_large", False, True]
    assert (sums()[0], sums("bob")[0]) == (5, 1)
