"""Plans are changed, paused, cancelled and paid; what lower rooms must know follows."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from core.models import Event
from credits import services as credits
from credits.models import LedgerEntry
from credits.selectors import facts_of
from subscriptions import services
from subscriptions.exceptions import (
    AlreadySubscribed,
    ChangeNotPossible,
    ChargeNotFound,
    PlanInUse,
    PlanNotFound,
    PlanNotOffered,
    SubscriptionStateConflict,
)
from subscriptions.models import Charge, Period, PlanVersion, Subscription, Transition
from subscriptions.services.changing import preview_change
from tests.subscriptions.stories import balance, move, now_of, plan, posted, start, wallet, work

pytestmark = pytest.mark.usefixtures("story")
MIDDLE = "2027-01-17T00:30"


@pytest.fixture
def chat(story: None) -> None:
    """Two plans of a family for Ann, with a price."""
    wallet()
    plan("basic", 360, family="chat", amount_minor=1000, currency="EUR", requests_per_minute=60)
    plan("pro", 900, family="chat", amount_minor=3000, currency="EUR", requests_per_minute=600)


def change(subscription: Subscription, code: str) -> Any:
    return services.change_subscription(subscription=subscription.pk, plan=code).quote


def charge_of(subscription: Subscription) -> Charge:
    return Charge.objects.get(subscription=subscription, status__in=("open", "failed"))


@pytest.mark.usefixtures("chat")
def test_vector_14_basic_pro_basic_pro_is_nine_hundred_in_all() -> None:
    subscription = start("basic")
    kinds = [change(subscription, code).kind for code in ("pro", "basic", "pro")]
    assert kinds == ["upgrade", "downgrade", "keep"]
    assert balance() == 900
    assert now_of(subscription).next_version is None
    work("2027-02-01T10:01")
    assert balance() == 900


@pytest.mark.usefixtures("chat")
def test_an_upgrade_in_the_middle_brings_its_share_until_the_same_end() -> None:
    subscription = start("basic")
    ends_at = now_of(subscription).period_ends_at
    move(MIDDLE)
    quote = preview_change(subscription=subscription.pk, plan="pro").quote
    made = change(subscription, "pro")
    assert made.added == quote.added
    left, whole = 15 * 24 + 10, 31 * 24
    assert made.added.credits == 900_000_000 * left // whole - 360_000_000 * left // whole
    period = Period.objects.get(subscription=subscription, number=2)
    assert (period.ends_at, period.whole_credits) == (ends_at, 540)
    assert balance() == 360 + Decimal(made.added.credits).scaleb(-6)


@pytest.mark.usefixtures("chat")
def test_a_preview_writes_nothing() -> None:
    subscription = start("basic")
    before = (LedgerEntry.objects.count(), Event.objects.count(), Transition.objects.count())
    quote = preview_change(subscription=subscription.pk, plan="pro").quote
    assert (quote.kind, quote.added.credits) == ("upgrade", 540_000_000)
    assert (LedgerEntry.objects.count(), Event.objects.count(), Transition.objects.count()) == before


@pytest.mark.usefixtures("chat")
def test_a_downgrade_comes_with_the_next_period() -> None:
    subscription = start("pro")
    change(subscription, "basic")
    assert (now_of(subscription).plan.code, balance()) == ("pro", 900)
    work("2027-02-01T10:01")
    assert (now_of(subscription).plan.code, balance()) == ("basic", 360)


@pytest.mark.usefixtures("chat")
def test_a_longer_period_begins_now_and_takes_the_rest_of_the_shorter_one_into_account() -> None:
    plan("yearly", 12_000, family="chat", amount_minor=40_000, currency="EUR", period_unit="year")
    subscription = start("basic")
    move(MIDDLE)
    made = change(subscription, "yearly")
    left, whole = 15 * 24 + 10, 31 * 24
    assert made.added.credits == 12_000_000_000 - 360_000_000 * left // whole
    work("2028-01-17T01:30")
    assert [str(period.due_at.date()) for period in Period.objects.order_by("number")] == [
        *("2027-01-01", "2027-01-17", "2028-01-17"),
    ]


def test_a_free_plan_that_is_cancelled_and_begun_again_brings_nothing_more() -> None:
    wallet()
    plan("free", 100)
    for _ in range(5):
        subscription = start("free")
        services.cancel_subscription(subscription=subscription.pk, at_period_end=False)
    assert balance() == 100


@pytest.mark.usefixtures("chat")
def test_new_terms_are_for_new_subscriptions_until_somebody_is_moved() -> None:
    subscription = start("basic")
    services.change_plan(code="basic", credits=Decimal(400))
    work("2027-02-01T10:01")
    assert (now_of(subscription).version.number, balance()) == (1, 360)
    change(subscription, "basic")
    work("2027-03-01T10:01")
    assert (now_of(subscription).version.number, balance()) == (2, 400)


def test_terms_that_stay_the_same_make_no_version() -> None:
    plan("basic")
    services.change_plan(code="basic", name="Base", credits=Decimal(100))
    assert PlanVersion.objects.count() == 1


@pytest.mark.usefixtures("chat")
def test_one_subscription_of_a_family_runs() -> None:
    first = start("basic")
    with pytest.raises(AlreadySubscribed) as refused:
        start("pro")
    assert refused.value.members["subscription"] == str(first.pk)
    plan("images", 5)
    start("images")
    assert balance() == 365


@pytest.mark.usefixtures("chat")
def test_what_may_not_be_started_or_deleted() -> None:
    start("basic")
    with pytest.raises(PlanInUse):
        services.delete_plan(code="basic")
    services.change_plan(code="pro", is_public=False)
    with pytest.raises(PlanNotFound):
        start("pro", wallet("bob"), public_only=True)
    services.change_plan(code="pro", is_active=False)
    with pytest.raises(PlanNotOffered):
        start("pro", "bob")
    services.delete_plan(code="pro")
    with pytest.raises(PlanNotFound):
        start("pro", "bob")


@pytest.mark.usefixtures("chat")
def test_what_cannot_be_changed_says_so() -> None:
    subscription = start("basic")
    plan("images", 5)
    for code in ("basic", "images"):
        with pytest.raises(ChangeNotPossible):
            change(subscription, code)
    services.pause_subscription(subscription=subscription.pk)
    with pytest.raises(ChangeNotPossible):
        change(subscription, "pro")
    with pytest.raises(SubscriptionStateConflict) as refused:
        services.pause_subscription(subscription=subscription.pk)
    assert "resume" in refused.value.detail


@pytest.mark.usefixtures("chat")
def test_cancelling_at_the_end_can_be_taken_back() -> None:
    subscription = start("basic")
    services.cancel_subscription(subscription=subscription.pk)
    services.resume_subscription(subscription=subscription.pk)
    work("2027-02-01T10:01")
    assert now_of(subscription).status == "active"
    services.cancel_subscription(subscription=subscription.pk)
    work("2027-03-05T10:01")
    ended = now_of(subscription)
    assert (ended.status, str(ended.ended_at)[:10], ended.end_reason) == ("ended", "2027-03-01", "cancelled")


@pytest.mark.usefixtures("chat")
def test_a_pause_starts_no_period_and_a_resumption_counts_anew() -> None:
    subscription = start("basic")
    services.pause_subscription(subscription=subscription.pk)
    work("2027-03-10T12:00")
    assert balance() == 0
    services.resume_subscription(subscription=subscription.pk)
    assert (balance(), str(now_of(subscription).period_ends_at)[:10]) == (360, "2027-04-10")


@pytest.mark.usefixtures("chat")
def test_the_rooms_below_know_the_plan() -> None:
    assert facts_of("ann") == {}
    subscription = start("basic")
    assert facts_of("ann") == {"plan": "basic", "requests_per_minute": 60}
    change(subscription, "pro")
    assert facts_of("ann") == {"plan": "pro", "requests_per_minute": 600}
    services.cancel_subscription(subscription=subscription.pk, at_period_end=False)
    assert facts_of("ann") == {}


@pytest.mark.usefixtures("chat")
def test_a_paid_plan_begins_when_it_is_paid_and_once() -> None:
    subscription = start("basic", is_billed=True)
    assert (now_of(subscription).status, balance(), facts_of("ann")) == ("past_due", 0, {})
    move("2027-01-03T00:00")
    charge = charge_of(subscription)
    for _ in range(2):
        services.pay_charge(charge=charge.pk, payment="p1")
    assert (now_of(subscription).status, balance()) == ("active", 360)
    assert str(now_of(subscription).period_ends_at)[:10] == "2027-02-03"


@pytest.mark.usefixtures("chat")
def test_a_renewal_waits_for_its_price_and_fails_into_a_grace_period() -> None:
    subscription = start("basic", is_billed=True)
    services.pay_charge(charge=charge_of(subscription).pk, payment="p1")
    work("2027-02-01T10:01")
    assert (now_of(subscription).status, balance()) == ("active", 0)
    services.fail_charge(charge=charge_of(subscription).pk)
    assert now_of(subscription).status == "past_due"
    move("2027-02-04T00:00")
    services.pay_charge(charge=charge_of(subscription).pk, payment="p2")
    assert (now_of(subscription).status, balance()) == ("active", 360)
    assert str(now_of(subscription).period_ends_at)[:10] == "2027-03-01"


@pytest.mark.usefixtures("chat")
def test_what_nobody_pays_ends_with_the_grace_period_and_comes_back_when_somebody_does() -> None:
    subscription = start("basic", is_billed=True)
    charge = charge_of(subscription)
    work("2027-01-08T11:00")
    assert (now_of(subscription).status, now_of(subscription).end_reason) == ("ended", "unpaid")
    services.pay_charge(charge=charge.pk, payment="late")
    assert (now_of(subscription).status, balance()) == ("active", 360)


@pytest.mark.usefixtures("chat")
def test_money_for_what_was_replaced_is_told_and_starts_nothing() -> None:
    subscription = start("basic", is_billed=True)
    charge = charge_of(subscription)
    services.cancel_subscription(subscription=subscription.pk)
    services.pay_charge(charge=charge.pk, payment="late")
    assert balance() == 0
    assert Event.objects.filter(name="charge.needs_review").count() == 1


@pytest.mark.usefixtures("chat")
def test_a_paid_upgrade_comes_when_its_difference_is_paid_with_the_numbers_of_the_quote() -> None:
    subscription = start("basic", is_billed=True)
    services.pay_charge(charge=charge_of(subscription).pk, payment="p1")
    move(MIDDLE)
    quote = change(subscription, "pro")
    charge = charge_of(subscription)
    left, whole = 15 * 24 + 10, 31 * 24
    assert charge.amount_minor == 3000 * left // whole - 1000 * left // whole == quote.added.amount_minor
    assert (now_of(subscription).plan.code, balance()) == ("basic", 360)
    move("2027-01-20T00:00")
    services.pay_charge(charge=charge.pk, payment="p2")
    assert now_of(subscription).plan.code == "pro"
    assert balance() == 360 + Decimal(quote.added.credits).scaleb(-6)
    work("2027-02-01T10:01")
    assert charge_of(subscription).amount_minor == 3000


def test_an_unknown_charge_is_named() -> None:
    with pytest.raises(ChargeNotFound):
        services.pay_charge(charge=UUID(int=1), payment="p")


@pytest.mark.usefixtures("chat")
def test_every_step_is_told_and_stands_on_the_timeline() -> None:
    subscription = start("basic")
    services.pause_subscription(subscription=subscription.pk)
    services.resume_subscription(subscription=subscription.pk)
    services.cancel_subscription(subscription=subscription.pk)
    work(now_of(subscription).period_ends_at + timedelta(minutes=1))  # type: ignore[operator]
    told = Event.objects.filter(stream="wallet:ann", name__startswith="subscription.").order_by("id")
    assert [event.name.partition(".")[2] for event in told] == [
        *("started", "renewed", "paused", "resumed", "cancelled", "ended"),
    ]
    assert all(event.payload["subscription"] == str(subscription.pk) for event in told)
    steps = Transition.objects.filter(subscription=subscription).order_by("pk").values_list("step", flat=True)
    assert list(steps) == ["start", "renew", "pause", "resume", "cancel", "end"]


@pytest.mark.usefixtures("chat")
def test_credits_that_the_wallet_cannot_take_are_noted_on_the_period() -> None:
    credits.issue_grant(reference="ann", amount=Decimal(1_000_000_000))
    subscription = start("basic")
    period = Period.objects.get(subscription=subscription)
    assert (period.grant, period.refusal) == (None, "balance_too_large")
    assert posted() == ["issued+1000000000"]
