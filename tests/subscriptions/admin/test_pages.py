"""The admin of this room: what operators see, change and try out."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import OperatorAction, User
from subscriptions.models import Allowance, Plan, Subscription
from subscriptions.services import runs
from tests.credits.admin.conftest import client_of
from tests.subscriptions.stories import allowance, balance, instant, move, now_of, plan, start, wallet, work

pytestmark = pytest.mark.usefixtures("story")
TERMS = {
    "name": "Pro",
    "is_active": "on",
    "is_public": "on",
    "amount_minor": "1900",
    "currency": "EUR",
    "credits": "900",
    "period_unit": "month",
    "period_count": "1",
    "trial_days": "0",
    "trial_credits": "0",
    "priority": "50",
    "features": "{}",
    "rollover": '{"amount": "200", "days": 30}',
}
RULE = {
    "name": "Daily",
    "amount": "5",
    "mode": "add",
    "unit": "day",
    "time": "00:00",
    "time_zone": "UTC",
    "start_date": "2027-01-01",
    "audience": "everyone",
    "plans": "[]",
    "priority": "50",
    "catch_up": "all",
    "is_active": "on",
}


@pytest.fixture
def site(db: None) -> Client:
    return client_of(User.objects.create_superuser("chief@example.com", "tide-lantern-42"))


def post(site: Client, name: str, /, *arguments: Any, **members: Any) -> Any:
    return site.post(reverse(f"admin:subscriptions_{name}", args=arguments), members, follow=True)


def page(site: Client, name: str, *arguments: Any) -> str:
    response = site.get(reverse(f"admin:subscriptions_{name}", args=arguments))
    assert response.status_code == 200
    return response.content.decode()


def test_a_plan_is_offered_and_other_terms_make_a_version(site: Client) -> None:
    post(site, "plan_add", code="pro", family="chat", **TERMS)
    made = Plan.objects.get(code="pro")
    assert made.versions.get().rollover == [200_000_000, None, 30, 1]
    post(site, "plan_change", made.pk, **{**TERMS, "name": "Professional"})
    assert made.versions.count() == 1
    post(site, "plan_change", made.pk, **{**TERMS, "amount_minor": "2100"})
    assert [version.amount_minor for version in made.versions.order_by("number")] == [1900, 2100]
    shown = page(site, "plan_change", made.pk)
    assert "1,900 EUR" in shown
    assert "2,100 EUR" in shown
    assert OperatorAction.objects.filter(action="plan.change").count() == 2


def test_terms_that_the_service_refuses_stay_in_the_form(site: Client) -> None:
    response = post(site, "plan_add", code="pro", family="chat", **{**TERMS, "currency": ""})
    assert "A price has a currency" in response.content.decode()
    assert not Plan.objects.exists()


def test_a_plan_with_subscribers_is_not_deleted(site: Client) -> None:
    made = plan("pro")
    start("pro", wallet())
    response = post(site, "plan_delete", made.pk, post="yes")
    assert "1 subscriptions run on this plan" in response.content.decode()
    assert Plan.objects.get().deleted_at is None


def test_a_rule_is_made_and_changed_without_a_deployment(site: Client) -> None:
    wallet()
    post(site, "allowance_add", **RULE)
    rule = Allowance.objects.get()
    work("2027-01-02T00:00:10")
    assert balance() == 5
    post(site, "allowance_change", rule.pk, **{**RULE, "amount": "7"})
    work("2027-01-03T00:00:10")
    assert balance() == 12
    shown = page(site, "allowance_change", rule.pk)
    assert "finished: 1 wallets, 1 grants" in shown
    assert OperatorAction.objects.filter(action="allowance.change").exists()


def test_a_dry_run_tells_and_writes_nothing(site: Client) -> None:
    for reference in ("ann", "bob"):
        wallet(reference)
    rule = allowance()
    shown = site.get(reverse("admin:subscriptions_allowance_dry_run", args=[rule.pk]), follow=True).content.decode()
    assert "2 of 2 wallets would get 10 credits" in shown
    assert balance() == 0


def test_a_run_that_goes_on_shows_how_far_it_is(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "CHUNK", 1)
    for reference in ("ann", "bob", "cleo"):
        wallet(reference)
    rule = allowance()
    move("2027-01-02T00:00:10")
    run = runs.open_run(rule.pk, instant("2027-01-02T00:00:10"))
    assert run is not None
    runs._cut_chunks(run)
    runs._take_chunk(run)
    assert "1 wallets, 1 of 3 chunks" in page(site, "allowance_change", rule.pk)
    assert "1 wallets, 1 of 3 chunks" in page(site, "allowancerun_changelist")


def operate(site: Client, name: str, row: Subscription, **terms: Any) -> Any:
    url = reverse("admin:subscriptions_subscription_operate", args=[name])
    nonce = "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a01"
    return site.post(url, {"id": str(row.pk), "nonce": nonce, "reason": "asked for", **terms}, follow=True)


def test_operators_change_pause_resume_and_cancel_with_a_reason(site: Client) -> None:
    plan("basic", 100, family="chat")
    plan("pro", 200, family="chat")
    row = start("basic", wallet())
    operate(site, "change", row, plan="pro")
    assert (now_of(row).plan.code, balance()) == ("pro", 200)
    operate(site, "pause", row)
    assert now_of(row).status == "paused"
    operate(site, "resume", row)
    operate(site, "cancel", row, at_period_end="on")
    assert now_of(row).status == "cancelled"
    shown = page(site, "subscription_change", row.pk)
    for word in ("Timeline", "Periods", "pause", "resume", "basic v1", "pro v1"):
        assert word in shown
    made = OperatorAction.objects.filter(target_type="subscription").order_by("created_at")
    assert [action.action for action in made] == [
        *("subscription.change", "subscription.pause", "subscription.resume", "subscription.cancel"),
    ]
    assert {action.reason for action in made} == {"asked for"}


def test_a_payment_that_came_another_way_starts_what_waited_for_it(site: Client) -> None:
    plan("pro", 100, amount_minor=1900, currency="EUR")
    row = start("pro", wallet(), is_billed=True)
    assert (now_of(row).status, balance()) == ("past_due", 0)
    operate(site, "pay", row, payment="transfer 4711")
    assert (now_of(row).status, balance()) == ("active", Decimal(100))
    shown = operate(site, "pay", row, payment="transfer 4711").content.decode()
    assert "owes nothing" in shown


def test_every_list_can_be_opened(site: Client) -> None:
    plan("pro")
    start("pro", wallet())
    allowance()
    for name in ("plan", "subscription", "allowance", "allowancerun"):
        page(site, f"{name}_changelist")
