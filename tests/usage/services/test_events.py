"""Record usage: what it costs is taken once, and the version of the rate stays with it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from core import clock
from core.models import Event
from core.problems import Problem
from credits import services as ledger
from credits.models import Hold, LedgerEntry, Wallet
from credits.services import Origin
from tests.credits.store.statements import recorded as statements
from usage.models import UsageEvent
from usage.services import Charge, NewRate, Recorded, Usage, create_rate, price_usage, record_usage, record_usage_batch

pytestmark = pytest.mark.django_db
SERVICE = Origin("service", "key:abc")


@pytest.fixture(autouse=True)
def _rate_and_credits() -> None:
    create_rate(rate=NewRate(model="m", prices={"input_tokens": Decimal(1000)}), actor="user:test")
    ledger.issue_grant(reference="ann", amount=Decimal(100))


def charge(tokens: int = 1000, key: str | None = None, reference: str = "ann", **terms: Any) -> Charge:
    """Return a charge of a thousandth of a credit for each token."""
    usage = Usage(model=terms.pop("model", "m"), quantities={"input_tokens": tokens}, operation="chat")
    origin = Origin("service", "key:abc", key)
    return Charge(reference=reference, usages=(usage,), **{"origin": origin, **terms})


def record(*args: Any, **terms: Any) -> Recorded:
    return record_usage(charge=charge(*args, **terms))


def hold(amount: int = 10, **terms: Any) -> str:
    return str(ledger.place_hold(reference="ann", amount=Decimal(amount), **terms).entry.hold)


def available() -> Decimal:
    wallet = Wallet.objects.get(reference="ann")
    return wallet.balance - wallet.held


def test_usage_is_taken_and_keeps_its_rate() -> None:
    found = record(2500)
    event = UsageEvent.objects.get()
    assert (event.amount, event.rate.version, event.input_tokens, event.operation) == (Decimal("2.5"), 1, 2500, "chat")
    assert event.quantities == {"input_tokens": 2500}
    assert event.entry.amount == Decimal("-2.5")
    assert (event.entry.description, event.entry.metadata) == ("m", {"operation": "chat"})
    assert (found.events, found.amount, found.replayed, found.late) == ([event], Decimal("2.5"), False, False)
    assert available() == Decimal("97.5")


def test_the_price_is_that_of_the_time_of_use() -> None:
    before = clock.now()
    create_rate(
        rate=NewRate(model="m", prices={"input_tokens": Decimal(2000)}, effective_from=before + timedelta(hours=1)),
        actor="user:test",
    )
    late = Usage("m", {"input_tokens": 1000}, occurred_at=before + timedelta(hours=2))
    assert record().amount == 1
    assert record_usage(charge=Charge("ann", (late,))).amount == 2


def test_a_hold_pays_and_its_rest_is_freed() -> None:
    found = record(4000, hold=hold())
    assert (found.posted.hold.status, found.posted.hold.captured) == ("captured", 4_000_000)
    assert available() == 96


def test_a_hold_that_goes_on_pays_part_by_part() -> None:
    open_hold = hold()
    record(4000, hold=open_hold, final=False)
    record(3000, hold=open_hold, final=False)
    assert (Hold.objects.get().status, Hold.objects.get().captured, available()) == ("active", 7, 90)
    record(0, hold=open_hold)
    assert (Hold.objects.get().status, available()) == ("released", 93)


def test_more_than_the_hold_is_taken_as_far_as_credits_go() -> None:
    found = record(200_000, hold=hold(), overage="up_to")
    assert (found.amount, found.posted.entry.shortfall, available()) == (200, 100_000_000, 0)


def test_what_costs_nothing_posts_nothing_and_is_recorded() -> None:
    found = record(0)
    assert (found.posted, found.amount, UsageEvent.objects.get().entry) == (None, 0, None)
    assert LedgerEntry.objects.count() == 1


def test_a_hold_that_has_expired_is_replaced_by_the_wallet(monkeypatch: Any) -> None:
    late = hold(10, expires_in=timedelta(microseconds=1))
    found = record(4000, key="k", hold=late, overage="up_to")
    event = UsageEvent.objects.get()
    assert (found.late, event.late, event.entry.kind, event.entry.metadata["late"]) == (True, True, "consumed", True)
    assert event.entry.caused_by == LedgerEntry.objects.get(kind="held")
    assert (event.entry.idempotency_key, available()) == ("k", 96)
    again = record(4000, key="k", hold=late, overage="up_to")
    assert (again.replayed, again.late, again.events) == (True, True, [event])


def test_a_hold_that_was_ended_otherwise_is_refused() -> None:
    ended = hold()
    ledger.release_hold(hold=ended)
    with pytest.raises(Problem) as refused:
        record(hold=ended)
    assert refused.value.code == "hold_not_active"
    assert UsageEvent.objects.count() == 0


def test_too_little_is_refused_and_leaves_only_the_news_of_it() -> None:
    with pytest.raises(Problem) as refused:
        record(100_001)
    assert refused.value.code == "insufficient_credits"
    assert (UsageEvent.objects.count(), available()) == (0, 100)
    assert Event.objects.filter(name="operation.refused").count() == 1


def test_a_key_has_one_effect_and_one_answer() -> None:
    first = record(key="k")
    again = record(key="k")
    assert (again.events, again.replayed, again.amount) == (first.events, True, first.amount)
    assert (UsageEvent.objects.count(), available()) == (1, 99)


def test_a_key_finds_its_event_after_a_change_of_the_price() -> None:
    first = record(key="k")
    create_rate(rate=NewRate(model="m", prices={"input_tokens": Decimal(9000)}), actor="user:test")
    assert record(key="k").events == first.events


def test_a_key_of_what_cost_nothing_has_one_effect() -> None:
    assert record(0, key="k").events == record(0, key="k").events


@pytest.mark.parametrize("other", [{"tokens": 1001}, {"model": "n"}, {"overage": "up_to"}, {"metadata": {"a": 1}}])
def test_a_key_of_another_request_is_refused(other: dict[str, Any]) -> None:
    create_rate(rate=NewRate(model="n", prices={"input_tokens": Decimal(1000)}), actor="user:test")
    record(key="k")
    with pytest.raises(Problem) as refused:
        record(**{"tokens": 1000, "key": "k", **other})
    assert refused.value.code == "idempotency_key_reused"


def test_a_key_that_a_plain_consumption_used_is_refused() -> None:
    ledger.consume(reference="ann", amount=Decimal(1), origin=Origin("service", "key:abc", "k"))
    with pytest.raises(Problem) as refused:
        record(key="k")
    assert refused.value.code == "idempotency_key_reused"
    assert (UsageEvent.objects.count(), available()) == (0, 99)


def test_several_usages_of_one_request_share_an_entry() -> None:
    usages = (Usage("m", {"input_tokens": 1000}), Usage("other", amount=Decimal("0.5"), metadata={"trace": "t"}))
    several = Charge("ann", usages, origin=Origin("service", "key:abc", "k"))
    found = record_usage(charge=several)
    assert [event.amount for event in found.events] == [1, Decimal("0.5")]
    assert {event.entry.amount for event in UsageEvent.objects.all()} == {Decimal("-1.5")}
    assert UsageEvent.objects.first().entry.metadata == {"trace": "t"}
    again = record_usage(charge=several)
    assert (again.events, again.replayed) == (found.events, True)


def test_free_usage_of_a_model_without_a_rate_raises_an_alarm(settings: Any) -> None:
    settings.USAGE_UNKNOWN_MODEL = "free"
    found = record(model="new", key="k")
    alarm = Event.objects.get(name="usage.unpriced")
    assert (found.amount, alarm.payload["model"], alarm.stream) == (0, "new", "wallet:ann")
    record(model="new", key="k")
    assert Event.objects.filter(name="usage.unpriced").count() == 1


def test_one_refusal_of_a_batch_touches_no_other() -> None:
    ended = hold(1)
    ledger.release_hold(hold=ended)
    expired = hold(1, expires_in=timedelta(microseconds=1))
    batch = [
        charge(1000),
        charge(model="unknown"),
        charge(reference="nobody"),
        charge(0, reference="nobody"),
        charge(hold=ended),
        charge(2000, hold=expired, key="late"),
        charge(3000, hold=hold()),
        charge(1000, key="twice"),
        charge(1000, key="twice"),
        charge(1001, key="twice"),
    ]
    outcomes = record_usage_batch(charges=batch)
    assert [o.code if isinstance(o, Problem) else (o.amount, o.replayed, o.late) for o in outcomes] == [
        (1, False, False),
        "model_unknown",
        "insufficient_credits",
        "wallet_not_found",
        "hold_not_active",
        (2, False, True),
        (3, False, False),
        (1, False, False),
        (1, True, False),
        "idempotency_key_reused",
    ]
    assert (available(), UsageEvent.objects.count()) == (93, 4)


def test_a_thousand_charges_take_as_many_statements_as_two() -> None:
    def count(items: int, prefix: str) -> int:
        batch = [charge(1, key=f"{prefix}{number}") for number in range(items)]
        # Else it could be time to look whether there are new rates.
        price_usage(model="m", quantities={}, at=clock.now())
        with statements() as found:
            assert all(isinstance(outcome, Recorded) for outcome in record_usage_batch(charges=batch))
        return len([sql for sql, _ in found if not sql.startswith("INSERT INTO") or "usage_usageevent" not in sql])

    count(1, "warm")
    assert count(1000, "a") == count(2, "b")
    assert count(1000, "a") == count(2, "b"), "replays"


def test_an_event_cannot_be_changed() -> None:
    record()
    with pytest.raises(IntegrityError), transaction.atomic():
        UsageEvent.objects.update(amount=0)
    assert connection.is_usable()
