"""Allowances: each wallet gets each day once, whatever happens to clocks, rules and workers."""

from datetime import date, time
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core.models import Event
from credits import services as credits
from credits.models import Grant, LedgerEntry
from subscriptions import services
from subscriptions.models import Allowance, AllowanceChunk, AllowanceRun
from subscriptions.services import runs
from tests.subscriptions.stories import allowance, balance, instant, move, plan, posted, start, wallet, work

pytestmark = pytest.mark.usefixtures("story")


def days() -> list[str]:
    return [str(run.date) for run in AllowanceRun.objects.order_by("due_at")]


def test_five_credits_a_day_at_midnight() -> None:
    wallet()
    rule = allowance()
    work("2027-01-01T23:59")
    assert balance() == 0
    work("2027-01-02T00:00:01")
    assert balance() == 5
    (entry,) = LedgerEntry.objects.all()
    assert entry.idempotency_key == f"allowance:{rule.pk}:2027-01-02"
    assert (entry.kind, entry.contra) == ("issued", "allowances")
    run = AllowanceRun.objects.get()
    assert (run.due_at, run.wallets, run.grants, run.credits) == (instant("2027-01-02T00:00"), 1, 1, 5)
    assert run.finished_at is not None


def test_r39_a_run_that_is_done_again_grants_nothing_again() -> None:
    wallet()
    allowance()
    work("2027-01-02T00:00:01")
    for _ in range(3):
        work()
    AllowanceRun.objects.update(finished_at=None, is_cut=False, cursor=None)
    work()
    assert posted() == ["issued+5"]


def test_a_clock_that_is_set_back_grants_no_day_twice() -> None:
    wallet()
    allowance()
    work("2027-01-02T00:00:01")
    work("2027-01-01T12:00")
    work("2027-01-02T00:00:01")
    assert posted() == ["issued+5"]


def test_a_rule_that_is_moved_grants_no_day_twice() -> None:
    wallet()
    rule = allowance()
    work("2027-01-02T00:00:01")
    services.change_allowance(allowance=rule.pk, time=time(15), amount=Decimal(7))
    work("2027-01-02T15:00:01")
    assert posted() == ["issued+5"]
    work("2027-01-03T15:00:01")
    assert posted() == ["issued+5", "issued+7"]


def test_what_is_due_stays_due_while_a_rule_is_changed() -> None:
    wallet()
    rule = allowance()
    move("2027-01-02T00:00:01")
    services.change_allowance(allowance=rule.pk, amount=Decimal(7))
    work()
    assert posted() == ["issued+7"]


def test_a_run_keeps_the_terms_that_it_began_with() -> None:
    wallet("ann")
    wallet("bob")
    rule = allowance()
    move("2027-01-02T00:00:01")
    run = runs.open_run(rule.pk, instant("2027-01-02T00:00:01"))
    assert run is not None
    services.change_allowance(allowance=rule.pk, amount=Decimal(7))
    work()
    assert (balance("ann"), balance("bob")) == (5, 5)


def test_after_an_outage_all_missed_days_come() -> None:
    wallet()
    allowance()
    work("2027-01-08T12:00")
    assert balance() == 35
    assert days() == [f"2027-01-0{day}" for day in range(2, 9)]


def test_after_an_outage_the_latest_day_comes_if_the_rule_says_so() -> None:
    wallet()
    allowance(catch_up="latest")
    work("2027-01-08T12:00")
    assert (balance(), days()) == (5, ["2027-01-08"])
    work("2027-01-09T12:00")
    assert balance() == 10


def test_a_wallet_that_was_opened_later_gets_no_day_before() -> None:
    allowance()
    move("2027-01-05T12:00")
    wallet()
    work("2027-01-06T12:00")
    assert balance() == 5


def test_credits_that_expire_with_the_next_day_come_and_go() -> None:
    wallet()
    allowance(validity_days=1)
    work("2027-01-04T12:00")
    assert posted() == ["issued+5", "expired-5", "issued+5", "expired-5", "issued+5"]


def test_topping_up_brings_what_is_missing() -> None:
    for reference, amount in (("poor", 0), ("some", 3), ("rich", 30)):
        wallet(reference)
        if amount:
            credits.issue_grant(reference=reference, amount=Decimal(amount))
    credits.place_hold(reference="rich", amount=Decimal(28))
    allowance(10, mode="top_up")
    work("2027-01-01T10:10")
    work("2027-01-02T00:00:01")
    assert [posted(reference)[-1] for reference in ("poor", "some")] == ["issued+10", "issued+7"]
    assert balance("rich") == 30
    work("2027-01-03T00:00:01")
    assert balance("poor") == 10


def test_topping_up_counts_what_is_held_as_used() -> None:
    credits.issue_grant(reference="ann", amount=Decimal(30))
    rule = allowance(10, mode="top_up", time=time(10, 5))
    credits.place_hold(reference="ann", amount=Decimal(28))
    work("2027-01-01T10:05:30")
    assert AllowanceRun.objects.get(allowance=rule).credits == 8


def test_topping_up_looks_at_what_has_expired_by_then() -> None:
    wallet()
    credits.issue_grant(reference="ann", amount=Decimal(10), expires_at=instant("2027-01-02T00:00"))
    allowance(10, mode="top_up")
    work("2027-01-02T00:00:01")
    assert posted() == ["issued+10", "expired-10", "issued+10"]


@pytest.mark.parametrize(
    ("audience", "plans", "granted"),
    [
        ("everyone", [], {"ann", "bob", "cleo"}),
        ("subscribers", [], {"ann", "bob"}),
        ("subscribers", ["pro"], {"ann"}),
        ("non_subscribers", [], {"cleo"}),
        ("non_subscribers", ["pro"], {"bob", "cleo"}),
    ],
)
def test_a_rule_reaches_its_audience(audience: str, plans: list[str], granted: set[str]) -> None:
    for code, reference in (("pro", "ann"), ("basic", "bob")):
        plan(code, 0)
        start(code, wallet(reference))
    wallet("cleo")
    allowance(audience=audience, plans=plans)
    work("2027-01-02T00:00:01")
    assert set(Grant.objects.values_list("wallet__reference", flat=True)) == granted


def test_a_rule_may_be_bound_to_references_that_begin_alike() -> None:
    for reference in ("team:1", "team:2", "solo:1"):
        wallet(reference)
    allowance(reference_prefix="team:")
    work("2027-01-02T00:00:01")
    assert set(Grant.objects.values_list("wallet__reference", flat=True)) == {"team:1", "team:2"}


def test_weeks_and_months_keep_their_day() -> None:
    wallet()
    allowance(unit="week", name="Weekly")
    allowance(unit="month", name="Monthly", start_date=date(2027, 1, 31))
    work("2027-04-02T00:00")
    weekly = AllowanceRun.objects.filter(allowance__name="Weekly").order_by("due_at")
    assert [str(run.date) for run in weekly][:3] == ["2027-01-08", "2027-01-15", "2027-01-22"]
    monthly = AllowanceRun.objects.filter(allowance__name="Monthly").order_by("due_at")
    assert [str(run.date) for run in monthly] == ["2027-01-31", "2027-02-28", "2027-03-31"]


def test_a_day_begins_when_the_rules_zone_says_so() -> None:
    wallet()
    allowance(time_zone="Asia/Tokyo")
    work("2027-01-01T15:00:01")
    assert days() == ["2027-01-02"]


def test_a_rule_ends_before_its_end_date_and_rests_while_it_is_not_active() -> None:
    wallet()
    rule = allowance(end_date=date(2027, 1, 4))
    work("2027-01-09T00:00:01")
    assert days() == ["2027-01-02", "2027-01-03"]
    services.change_allowance(allowance=rule.pk, end_date=None, is_active=False)
    work("2027-01-11T00:00:01")
    services.change_allowance(allowance=rule.pk, is_active=True)
    work("2027-01-12T00:00:01")
    assert days() == ["2027-01-02", "2027-01-03", "2027-01-12"]


def test_a_wallet_that_cannot_take_more_stands_in_nobodys_way() -> None:
    wallet()
    credits.issue_grant(reference="full", amount=Decimal(1_000_000_000))
    allowance()
    work("2027-01-02T00:00:01")
    run = AllowanceRun.objects.get()
    assert (run.wallets, run.grants, run.refusals, balance()) == (2, 1, 1, 5)


def test_a_run_is_cut_into_chunks_that_cover_every_wallet_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "CHUNK", 3)
    monkeypatch.setattr(runs, "CUT_AT_ONCE", 2)
    for number in range(20):
        wallet(f"w{number}")
    allowance()
    work("2027-01-02T00:00:01")
    assert LedgerEntry.objects.filter(kind="issued").count() == 20
    assert AllowanceRun.objects.get().wallets == 20
    assert not AllowanceChunk.objects.exists()


def test_the_beginning_and_the_end_of_a_run_are_told() -> None:
    wallet()
    rule = allowance()
    work("2027-01-02T00:00:01")
    told = Event.objects.filter(stream=f"allowance:{rule.pk}").order_by("id").values_list("name", flat=True)
    assert list(told) == ["allowance.created", "allowance.run_started", "allowance.run_finished"]


def test_the_database_lets_a_rule_run_once_a_day() -> None:
    allowance()
    work("2027-01-02T00:00:01")
    run = AllowanceRun.objects.get()
    run.pk = Allowance.objects.get().pk
    with pytest.raises(IntegrityError), transaction.atomic():
        run.save(force_insert=True)


def test_a_failing_run_stands_in_nobodys_way() -> None:
    """A broken zone fails one rule; the other rule and the subscriptions go on."""
    wallet()
    plan("pro", 100)
    start("pro")
    broken = allowance(name="Broken")
    allowance(name="Whole", time=time(1))
    AllowanceRun.objects.create(
        allowance=broken,
        date=date(2027, 1, 1),
        due_at=instant("2027-01-01T11:00"),
        started_at=instant("2027-01-01T11:00"),
        amount=Decimal(10) ** 9 + 1,
    )
    work("2027-02-01T12:00")
    assert AllowanceRun.objects.filter(allowance__name="Whole", finished_at__isnull=False).count() == 31
    assert balance() > 100
