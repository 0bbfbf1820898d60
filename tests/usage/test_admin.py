"""Usage in the admin: rates by version, read-only events that are re-rated, budgets."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import OperatorAction, User
from accounts.roles import sync_roles
from core.clock import now
from credits import services as ledger
from credits.models import Wallet
from usage.models import Budget, Rate, UsageEvent
from usage.services import Charge, NewRate, Usage, create_budget, create_rate, record_usage

pytestmark = pytest.mark.django_db


def browser(role: str) -> Client:
    sync_roles()
    user = User.objects.create_user(f"{role}@example.com", "tide-lantern-42", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def admin() -> Client:
    return browser("Admin")


@pytest.fixture
def event() -> UsageEvent:
    price("1000")
    ledger.issue_grant(reference="ann", amount=Decimal(100))
    return record_usage(charge=Charge("ann", (Usage("m", {"input_tokens": 10_000}),))).events[0]


def price(money: str) -> Rate:
    terms = {"prices": {"input_tokens": Decimal(money)}, "effective_from": now() - timedelta(days=1)}
    return create_rate(rate=NewRate(model="m", **terms), actor="user:test")


def page(model: str, kind: str, *args: Any) -> str:
    return reverse(f"admin:usage_{model}_{kind}", args=args)


@pytest.mark.parametrize("role", ["Support", "Finance", "Admin"])
def test_every_role_sees_the_pages(role: str, event: UsageEvent) -> None:
    client = browser(role)
    budget = create_budget(limit=Decimal(5), window="day", reference="ann", actor="user:test")
    for model, row in (("rate", event.rate), ("usageevent", event), ("budget", budget)):
        for url in (page(model, "changelist"), page(model, "change", row.pk)):
            assert client.get(url).status_code == 200, url
    assert client.get(page("usageevent", "changelist") + "?q=ann").status_code == 200
    may_add = 200 if role == "Admin" else 403
    assert [client.get(page(model, "add")).status_code for model in ("rate", "budget", "usageevent")] == [
        may_add,
        may_add,
        403,
    ]


def test_a_new_version_starts_from_the_terms_of_the_chosen_one(admin: Client, event: UsageEvent) -> None:
    chosen = {"action": "new_version", "_selected_action": [str(event.rate_id)]}
    answer = admin.post(page("rate", "changelist"), chosen)
    form = admin.get(answer.url).context["adminform"].form
    assert (form.initial["model"], form.initial["prices"]) == ("m", {"input_tokens": "1000"})
    sent = {
        "model": "m",
        "prices": '{"input_tokens": "2000"}',
        "tiers": "[]",
        "markup_percent": "5",
        "credits_per_currency_unit": "1",
        "currency": "USD",
        "effective_from_0": "2035-01-01",
        "effective_from_1": "00:00:00",
    }
    bad = admin.post(answer.url, {**sent, "prices": '{"wishes": "1"}'})
    assert "prices" in bad.context["adminform"].form.errors
    assert admin.post(answer.url, sent).status_code == 302
    made = Rate.objects.get(version=2)
    assert (made.prices, made.markup_percent, made.created_by[:5]) == ({"input_tokens": "2000"}, 5, "user:")
    assert OperatorAction.objects.get(action="rate.add").target_id == str(made.pk)
    assert admin.post(page("rate", "change", made.pk), sent).status_code == 403


def test_an_event_is_re_rated_once_with_a_reason(admin: Client, event: UsageEvent) -> None:
    price("1500")
    url = f"{reverse('admin:usage_usageevent_operate', args=['rerate'])}?id={event.pk}"
    assert admin.get(url).status_code == 200
    form = {"id": [str(event.pk)], "nonce": str(uuid4()), "reason": "Wrong price list"}
    for _ in range(2):
        assert admin.post(url, form).status_code == 302
    assert Wallet.objects.get().balance == 85
    made = UsageEvent.objects.get(corrects=event)
    assert made.entry.description == "Wrong price list"
    noted = OperatorAction.objects.filter(action="usage.rerate").order_by("pk")
    assert [action.after and action.after["change"] for action in noted] == ["5", None]
    assert "Corrected by" in admin.get(page("usageevent", "change", event.pk)).content.decode()
    assert browser("Finance").get(url).status_code == 403


def test_a_budget_is_made_changed_and_removed(admin: Client, event: UsageEvent) -> None:
    sent = {"wallet": str(event.wallet_id), "operation": "", "window": "day", "limit": "5", "hard": "on"}
    bad = admin.post(page("budget", "add"), {**sent, "window": "rolling", "window_seconds": "61"})
    assert bad.context["adminform"].form.errors
    assert admin.post(page("budget", "add"), sent).status_code == 302
    made = Budget.objects.get()
    assert (made.limit, made.hard, made.wallet) == (5, True, event.wallet)
    assert admin.post(page("budget", "change", made.pk), {"limit": "7.5"}).status_code == 302
    made.refresh_from_db()
    assert (made.limit, made.hard) == (Decimal("7.5"), False)
    assert admin.post(page("budget", "delete", made.pk), {"post": "yes"}).status_code == 302
    actions = OperatorAction.objects.filter(target_type="budget").order_by("pk").values_list("action", flat=True)
    assert (Budget.objects.count(), list(actions)) == (0, ["budget.add", "budget.change", "budget.delete"])
