"""Late or wrong usage is priced anew, and the difference is posted once."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Sum

from core import clock
from core.problems import Problem
from credits import services as ledger
from credits.models import LedgerEntry, Wallet
from credits.services import Origin
from tests.concurrency.conftest import race  # noqa: F401  a fixture
from tests.concurrency.crew import Race
from usage.models import UsageEvent
from usage.services import Charge, NewRate, Usage, create_rate, record_usage, rerate_event

pytestmark = pytest.mark.django_db
YESTERDAY = clock.now() - timedelta(days=1)


@pytest.fixture(autouse=True)
def _rate_and_credits(db: None) -> None:
    price("1000", YESTERDAY)
    ledger.issue_grant(reference="ann", amount=Decimal(100))


def price(money: str, effective_from: Any = None) -> None:
    rate = NewRate(model="m", prices={"input_tokens": Decimal(money)}, effective_from=effective_from)
    create_rate(rate=rate, actor="user:test")


def use(tokens: int = 10_000, **terms: Any) -> UsageEvent:
    """Record usage of ten credits."""
    usage = Usage("m", {"input_tokens": tokens}, operation="chat", **terms)
    return record_usage(charge=Charge("ann", (usage,), origin=Origin("service", "key:x"))).events[0]


def rerate(event: UsageEvent, tokens: int | None = None) -> UsageEvent | None:
    quantities = None if tokens is None else {"input_tokens": tokens}
    return rerate_event(event=event.pk, reason="Wrong price", actor="user:test", quantities=quantities)


def balance() -> Decimal:
    return Wallet.objects.get(reference="ann").balance


def summed() -> tuple[Decimal, int]:
    sums = UsageEvent.objects.aggregate(amount=Sum("amount"), tokens=Sum("input_tokens"))
    return sums["amount"], sums["tokens"]


def test_a_dearer_rate_takes_the_difference_because_of_the_first_entry() -> None:
    event = use()
    price("1500", YESTERDAY)
    made = rerate(event)
    assert made is not None
    assert (made.amount, made.corrects, made.revision, made.rate.version) == (5, event, 1, 2)
    assert (made.entry.kind, made.entry.amount, made.entry.caused_by) == ("consumed", -5, event.entry)
    assert (made.entry.description, made.entry.metadata["usage"]) == ("Wrong price", str(event.pk))
    assert (balance(), summed()) == (85, (15, 10_000))


def test_a_cheaper_rate_reverses_a_part_of_the_first_entry() -> None:
    event = use()
    price("400", YESTERDAY)
    made = rerate(event)
    assert made is not None
    assert (made.amount, made.entry.kind, made.entry.amount, made.entry.reverses) == (-6, "reversed", 6, event.entry)
    assert (balance(), summed()) == (96, (4, 10_000))


def test_nothing_is_posted_twice() -> None:
    event = use()
    price("1500", YESTERDAY)
    assert rerate(event) is not None
    assert rerate(event) is None
    assert (balance(), UsageEvent.objects.count()) == (85, 2)


def test_a_rate_of_a_later_time_changes_nothing() -> None:
    event = use()
    price("1500")
    assert rerate(event) is None


def test_wrong_quantities_are_corrected_by_the_rate_of_their_time() -> None:
    event = use()
    price("9999")
    assert rerate(event, 4_000).amount == -6
    assert rerate(event, 12_000).amount == 8
    assert rerate(event, 12_000) is None
    assert (balance(), summed()) == (88, (12, 12_000))


def test_more_than_the_last_entry_took_is_reversed_from_those_before() -> None:
    event = use()
    rerate(event, 15_000)
    made = rerate(event, 2_000)
    assert made.amount == -13
    assert sorted(LedgerEntry.objects.filter(kind="reversed").values_list("amount", flat=True)) == [5, 8]
    assert (balance(), summed()) == (98, (2, 2_000))


def test_what_was_never_taken_is_not_given_back() -> None:
    usage = Usage("m", {"input_tokens": 110_000})
    event = record_usage(charge=Charge("ann", (usage,), overage="up_to")).events[0]
    made = rerate(event, 105_000)
    assert (made.amount, made.entry, balance()) == (-5, None, 0)
    assert rerate(event, 99_000).entry.amount == 1
    assert balance() == 1


def test_what_is_owed_is_taken_as_far_as_credits_go() -> None:
    event = use()
    made = rerate(event, 200_000)
    assert (made.amount, made.entry.amount, made.entry.shortfall, balance()) == (190, -90, 100, 0)


def test_usage_that_was_free_is_charged_once_its_model_has_a_rate(settings: Any) -> None:
    settings.USAGE_UNKNOWN_MODEL = "free"
    event = record_usage(charge=Charge("ann", (Usage("new", {"input_tokens": 1000}),))).events[0]
    rate = NewRate(model="new", prices={"input_tokens": Decimal(2000)}, effective_from=YESTERDAY)
    create_rate(rate=rate, actor="user:test")
    assert rerate(event).amount == 2
    assert balance() == 98


def test_a_price_that_code_gave_is_not_rated() -> None:
    event = record_usage(charge=Charge("ann", (Usage("m", amount=Decimal(3)),))).events[0]
    with pytest.raises(Problem, match="The code that used it gave the price"):
        rerate(event)


def test_a_correction_is_not_corrected() -> None:
    event = use()
    made = rerate(event, 11_000)
    with pytest.raises(Problem) as refused:
        rerate(made, 1)
    assert refused.value.code == "event_not_found"


def test_the_command_shows_first_and_posts_when_told() -> None:
    use()
    use(1000)
    price("1500", YESTERDAY)
    span = (YESTERDAY.isoformat(), (clock.now() + timedelta(hours=1)).isoformat())

    def said(*more: str) -> str:
        out = StringIO()
        call_command("rerate_usage", *span, *more, stdout=out)
        return out.getvalue().splitlines()[-1]

    assert said() == "2 events, 5.5 credits, to post with --apply"
    assert said("--model", "other") == "0 events, 0 credits, to post with --apply"
    assert balance() == 89
    assert said("--apply") == "2 events, 5.5 credits"
    assert said("--apply") == "0 events, 0 credits"
    assert balance() == Decimal("83.5")


def rerate_by_id(event: Any) -> bool:
    return rerate_event(event=event, reason="Race", actor="user:test") is not None


@pytest.mark.parametrize("race", ["threads"], indirect=True)
def test_many_who_rerate_one_event_post_one_difference(transactional_db: None, race: Race) -> None:  # noqa: F811
    event = use()
    price("1500", YESTERDAY)
    outcomes = race(rerate_by_id, [(event.pk,)] * 20)
    assert [outcome.error or outcome.refusal for outcome in outcomes if not outcome.succeeded] == []
    assert sum(outcome.value for outcome in outcomes) == 1
    assert balance() == 85
