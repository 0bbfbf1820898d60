"""Periods follow each other by the calendar, each with its grant."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from credits.engine.state import Rollover
from credits.models import Grant
from subscriptions.models import Period, Subscription
from tests.subscriptions.stories import balance, instant, move, now_of, plan, posted, start, wallet, work

pytestmark = pytest.mark.usefixtures("story")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Sydney"])
def test_two_years_of_months_keep_the_31st_and_the_hour_of_the_wallets_zone(zone: str) -> None:
    anchor = datetime(2027, 1, 31, 2, 30, tzinfo=ZoneInfo(zone))
    wallet(time_zone=zone)
    plan("pro", 100)
    move(anchor)
    subscription = start("pro")
    for _ in range(24):
        due_at = now_of(subscription).due_at
        assert due_at is not None
        work(due_at + timedelta(minutes=1))
    local = [
        period.due_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        for period in Period.objects.filter(subscription=subscription).order_by("number")
    ]
    days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31]
    months = [(2027 + number // 12, number % 12 + 1) for number in range(25)]
    assert [(date.year, date.month, date.day) for date in local] == [
        (*month, day) for month, day in zip(months, days, strict=True)
    ]
    assert {(date.hour, date.minute) for date in local[1:]} == {(2, 30)}
    assert Grant.objects.filter(source="subscription").count() == 25
    assert balance() == 100


def test_two_years_of_weeks_lose_and_gain_nothing_when_the_clocks_change() -> None:
    """The clocks change on Sundays: each week begins on a Sunday at 02:30, which is left out or comes twice."""
    zones = ("Europe/Berlin", "America/New_York", "Australia/Sydney")
    plan("weekly", 1, period_unit="week")
    for number, zone in enumerate(zones):
        move(datetime(2027, 1, 3, 2, 30, tzinfo=ZoneInfo(zone)))
        start("weekly", wallet(f"w{number}", time_zone=zone))
    for weeks in (10, 30, 45, 65, 104):
        work(instant("2027-01-04T00:00") + timedelta(weeks=weeks))
    for number, zone in enumerate(zones):
        periods = Period.objects.filter(subscription__wallet__reference=f"w{number}").order_by("number")
        local = [period.due_at.astimezone(ZoneInfo(zone)) for period in periods]
        assert [day.date() for day in local] == [local[0].date() + timedelta(weeks=week) for week in range(105)]
        assert {day.strftime("%H:%M") for day in local} <= {"02:30", "03:30"}
        assert {period.ends_at - period.due_at for period in periods} == {timedelta(hours=h) for h in (167, 168, 169)}
        assert Grant.objects.filter(wallet__reference=f"w{number}").count() == 105


def test_a_leap_day_comes_back_by_the_year() -> None:
    wallet()
    plan("yearly", 100, period_unit="year")
    move("2028-02-29T00:00")
    subscription = start("yearly")
    work("2032-03-01T00:00")
    due = Period.objects.filter(subscription=subscription).order_by("number").values_list("due_at", flat=True)
    assert [day.date().isoformat() for day in due] == [
        *("2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"),
    ]


def test_credits_live_until_the_end_of_the_period() -> None:
    wallet()
    plan("pro", 100)
    start("pro")
    work("2027-02-01T10:00:01")
    assert posted() == ["issued+100", "expired-100", "issued+100"]


def test_r09_credits_live_as_long_as_the_plan_says_and_come_once_a_period() -> None:
    wallet()
    plan("pro", 100, validity_days=365)
    start("pro")
    for _ in range(3):
        work("2027-02-01T10:00:01")
    assert posted() == ["issued+100", "issued+100"]
    ends = Grant.objects.order_by("id").values_list("expires_at", flat=True)
    assert [end and end.date().isoformat() for end in ends] == ["2028-01-01", "2028-02-01"]


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        (Rollover(), ["100", "100"]),
        (Rollover(amount=30_000_000), ["30", "100"]),
        (Rollover(percent=25), ["25", "100"]),
        (None, ["100"]),
    ],
    ids=str,
)
def test_vector_06_what_rolls_over_is_used_first(rule: Rollover | None, left: list[str]) -> None:
    wallet()
    plan("pro", 100, rollover=rule)
    start("pro")
    work("2027-02-01T10:00:01")
    grants = Grant.objects.filter(is_open=True).in_order_of_use()
    assert [f"{grant.remaining.normalize():f}" for grant in grants] == left
    assert len(left) == 1 or next(iter(grants)).parent is not None


def test_without_renewal_the_subscription_ends_with_its_period() -> None:
    wallet()
    plan("pro", 100)
    subscription = start("pro", auto_renew=False)
    work("2027-03-05T00:00")
    ended = now_of(subscription)
    assert (ended.status, ended.end_reason, ended.ended_at and ended.ended_at.date().isoformat()) == (
        *("ended", "not_renewed", "2027-02-01"),
    )
    assert posted() == ["issued+100", "expired-100"]


def test_a_trial_comes_once_and_the_first_period_after_it() -> None:
    wallet()
    plan("pro", 100, trial_days=14, trial_credits=Decimal(10))
    subscription = start("pro")
    assert (now_of(subscription).status, balance()) == ("trialing", 10)
    work("2027-01-15T10:00:01")
    assert (now_of(subscription).status, balance()) == ("active", 100)
    assert now_of(subscription).period_ends_at is not None
    assert str(now_of(subscription).period_ends_at)[:10] == "2027-02-15"


def test_the_database_lets_a_wallet_have_one_running_subscription_of_a_family() -> None:
    wallet()
    plan("pro", 100)
    first = start("pro")
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.create(
            wallet=first.wallet,
            family="pro",
            plan=first.plan,
            version=first.version,
            status="active",
            time_zone="UTC",
            anchor_at=first.anchor_at,
            started_at=first.started_at,
        )


def test_the_database_lets_a_period_exist_once() -> None:
    wallet()
    plan("pro", 0)
    period = Period.objects.get(subscription=start("pro"))
    period.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        period.save(force_insert=True)
