"""The calls of usage over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from core.models import Event
from tests.credits.api import callers
from tests.credits.api.callers import Caller, fields, problem
from usage.models import UsageEvent

pytestmark = pytest.mark.django_db
PRICES = {"input_tokens": "2.5", "output_tokens": "10"}


@pytest.fixture
def admin() -> Caller:
    caller = callers.service("admin")
    terms = {"credits_per_currency_unit": "1000", "effective_from": "2026-01-01T00:00:00Z"}
    caller.posts("rates", model="gpt-4o", provider="openai", prices=PRICES, **terms)
    caller.posts("wallets/ada/grants", amount="100")
    return caller


ASKED: dict[str, Any] = {"model": "gpt-4o", "input_tokens": 1000, "output_tokens": 100}


def test_an_estimate_takes_nothing(admin: Caller) -> None:
    answer = admin.post("usage/estimate", ASKED)
    rate = admin.get("rates").json()["results"][0]["id"]
    assert (answer.status_code, answer.json()) == (200, {"amount": "3.5", "rate": rate, "basis": "rate"})
    assert admin.get("wallets/ada").json()["available"] == "100"


def test_an_event_is_answered_with_amount_rate_entry_and_wallet(admin: Caller) -> None:
    answer = admin.posts("usage/events", reference="ada", operation="chat", **ASKED)
    assert (answer["amount"], answer["rate"]) == ("3.5", admin.get("rates").json()["results"][0]["id"])
    assert (answer["entry"]["amount"], answer["wallet"]["available"]) == ("-3.5", "96.5")
    assert answer["quantities"] == {"input_tokens": 1000, "output_tokens": 100}
    assert (answer["operation"], answer["provider"], answer["late"]) == ("chat", "", False)


def test_an_event_captures_its_hold_and_frees_the_rest(admin: Caller) -> None:
    hold = admin.posts("wallets/ada/holds", amount="20")["hold"]["id"]
    answer = admin.posts("usage/events", reference="ada", hold=hold, **ASKED)
    assert answer["wallet"]["available"] == "96.5"
    shown = admin.get(f"holds/{hold}").json()["hold"]
    assert (shown["status"], shown["captured"], answer["entry"]["hold"]) == ("captured", "3.5", hold)
    again = admin.post("usage/events", {"reference": "ada", "hold": hold, **ASKED})
    problem(again, 409, "hold_not_active")


@pytest.mark.parametrize("way", ["header", "member"])
def test_a_key_has_one_effect(admin: Caller, way: str) -> None:
    body = {"reference": "ada", **ASKED, **({"idempotency_key": "k"} if way == "member" else {})}
    key = "k" if way == "header" else None
    first, again = (admin.post("usage/events", body, key=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert again.json() == first.json()
    problem(admin.post("usage/events", {**body, "input_tokens": 7}, key=key), 422, "idempotency_key_reused")
    assert UsageEvent.objects.count() == 1


def test_items_are_recorded_each_by_itself(admin: Caller) -> None:
    items = [
        {"reference": "ada", **ASKED},
        {"reference": "ada", "model": "unknown"},
        {"reference": "ada", **ASKED, "input_tokens": -1},
        {"reference": "nobody", **ASKED},
        {"reference": "ada", "model": "gpt-4o"},
    ]
    answer = admin.post("usage/events", {"items": items}, key="batch")
    results = answer.json()["results"]
    assert [result["status"] for result in results] == [201, 400, 400, 402, 201]
    assert [result["problem"]["code"] for result in results[1:4]] == [
        "model_unknown",
        "validation_failed",
        "insufficient_credits",
    ]
    assert (results[0]["event"]["entry"]["amount"], results[4]["event"]["entry"]) == (
        "-3.5",
        None,
    )
    again = admin.post("usage/events", {"items": items}, key="batch").json()["results"]
    assert [result.get("replayed") for result in again] == [True, None, None, None, True]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"input_tokens": "1.5"}, "input_tokens"),
        ({"input_tokens": -1}, "input_tokens"),
        ({"input_tokens": 10**13}, "input_tokens"),
        ({"seconds": "NaN"}, "seconds"),
        ({"model": ""}, "model"),
        ({"model": 7}, "model"),
        ({"tokenz": 7}, "tokenz"),
        ({"reference": "me"}, "reference"),
        ({"hold": "x"}, "hold"),
        ({"overage": "never"}, "overage"),
        ({"occurred_at": "2026-01-01"}, "occurred_at"),
        ({"occurred_at": "2099-01-01T00:00:00Z"}, "occurred_at"),
        ({"metadata": []}, "metadata"),
        ({"idempotency_key": "a b"}, "idempotency_key"),
    ],
)
def test_what_cannot_be_meant_is_refused(admin: Caller, change: dict[str, Any], field: str) -> None:
    assert fields(admin.post("usage/events", {"reference": "ada", **ASKED, **change})) == [field]
    assert UsageEvent.objects.count() == 0


def test_too_long_metadata_is_refused(admin: Caller) -> None:
    body = {"reference": "ada", **ASKED, "metadata": {"a": "x" * 4100}}
    assert fields(admin.post("usage/events", body)) == ["metadata"]


@pytest.mark.parametrize("items", [[], {}, "x", [{}] * 1001])
def test_a_batch_has_one_to_a_thousand_items(admin: Caller, items: Any) -> None:
    assert fields(admin.post("usage/events", {"items": items})) == ["items"]


def test_metadata_that_only_just_fits_is_refused_and_not_a_defect(admin: Caller) -> None:
    body = {"reference": "ada", **ASKED, "operation": "o" * 60, "metadata": {"a": "x" * 4080}}
    assert admin.post("usage/events", body).status_code == 400
    assert [r["status"] for r in admin.post("usage/events", {"items": [body]}).json()["results"]] == [400]


def test_usage_is_summed_up_by_the_wallets_own_days(admin: Caller) -> None:
    admin.patch("wallets/ada", time_zone="Asia/Tokyo")
    with time_machine.travel(datetime(2035, 11, 21, 14, 30, tzinfo=UTC), tick=False) as clock:
        admin.posts("usage/events", reference="ada", operation="chat", **ASKED)
        clock.shift(timedelta(hours=1))
        admin.posts("usage/events", reference="ada", **ASKED)
        admin.posts("usage/events", reference="ada", **ASKED)
        answer = admin.get("usage/summary", reference="ada", group_by="day,operation").json()
        total = admin.get("usage/summary", group_by="model").json()
        assert admin.get("usage/summary", reference="ada", to="2035-11-21T00:00:00Z").json()["results"] == []
    one = {"events": 1, "input_tokens": 1000, "output_tokens": 100, "amount": "3.5"}
    two = {"events": 2, "input_tokens": 2000, "output_tokens": 200, "amount": "7"}
    assert answer == {
        "time_zone": "Asia/Tokyo",
        "results": [{"day": "2035-11-21", "operation": "chat", **one}, {"day": "2035-11-22", "operation": "", **two}],
        "next": None,
        "previous": None,
    }
    three = {"model": "gpt-4o", "events": 3, "input_tokens": 3000, "output_tokens": 300, "amount": "10.5"}
    assert (total["time_zone"], total["results"]) == ("UTC", [three])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"group_by": "week"}, "group_by"),
        ({"group_by": "day,day"}, "group_by"),
        ({"from": "2020-01-01T00:00:00Z"}, "from"),
        ({"from": "2027-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "from"),
        ({"limit": "5"}, "limit"),
    ],
)
def test_a_question_without_sense_is_refused(admin: Caller, query: dict[str, str], field: str) -> None:
    assert fields(admin.get("usage/summary", **query)) == [field]


def test_a_customer_sees_the_own_usage_only(admin: Caller) -> None:
    casey = callers.customer()
    admin.posts(f"wallets/{casey.reference}/grants", amount="10")
    admin.posts("usage/events", reference="ada", **ASKED)
    admin.posts("usage/events", reference=casey.reference, model="gpt-4o", input_tokens=100)
    assert casey.get("usage/summary").json()["results"][0]["amount"] == "0.25"
    problem(casey.get("usage/summary", reference="ada"), 404, "wallet_not_found")


def test_versions_of_rates_are_listed_and_shown(admin: Caller) -> None:
    tiers = [{"above": 200_000, "prices": {"input_tokens": "5"}}]
    made = admin.posts("rates", model="gpt-4o", provider="openai", prices=PRICES, tiers=tiers, markup_percent="12.5")
    assert (made["version"], made["tiers"], made["markup_percent"], made["source"]) == (2, tiers, "12.5", "operator")
    assert admin.get(f"rates/{made['id']}").json() == made
    assert [rate["version"] for rate in admin.get("rates", model="gpt-4o").json()["results"]] == [2, 1]
    assert admin.get("rates", model="other").json()["results"] == []
    problem(admin.get("rates/019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7b01"), 404, "rate_not_found")
    assert admin.patch(f"rates/{made['id']}", markup_percent="1").status_code == 405


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"prices": {}}, "prices"),
        ({"prices": {"wishes": "1"}}, "prices"),
        ({"prices": {"input_tokens": "-1"}}, "prices"),
        ({"prices": {"input_tokens": "NaN"}}, "prices"),
        ({"prices": {"input_tokens": 0.1}}, "prices"),
        ({"prices": {"input_tokens": True}}, "prices"),
        ({"prices": [1]}, "prices"),
        ({"markup_percent": "-101"}, "markup_percent"),
        ({"credits_per_currency_unit": "0"}, "credits_per_currency_unit"),
        ({"currency": "usd"}, "currency"),
        ({"effective_to": "2026-01-01T00:00:00Z"}, "effective_to"),
        ({"tiers": [{"above": 1}]}, "tiers.0.prices"),
        ({"version": 7}, "version"),
    ],
)
def test_a_rate_without_sense_is_refused(admin: Caller, change: dict[str, Any], field: str) -> None:
    assert fields(admin.post("rates", {"model": "m", "prices": PRICES, **change})) == [field]


def test_a_budget_refuses_names_itself_and_is_changed(admin: Caller) -> None:
    made = admin.posts("budgets", reference="ada", window="day", limit="5")
    assert (made["consumed"], made["held"], made["hard"], made["window_seconds"]) == ("0", "0", True, None)
    admin.posts("usage/events", reference="ada", **ASKED)
    refused = problem(admin.post("usage/events", {"reference": "ada", **ASKED}), 402, "budget_exceeded")
    assert (refused["budget"], refused["limit"], refused["consumed"], refused["required"]) == (
        made["id"],
        "5",
        "3.5",
        "3.5",
    )
    problem(admin.post("wallets/ada/consume", amount="2"), 402, "budget_exceeded")
    problem(admin.post("wallets/ada/holds", amount="2"), 402, "budget_exceeded")
    assert admin.patch(f"budgets/{made['id']}", limit="7").json()["consumed"] == "3.5"
    admin.posts("usage/events", reference="ada", **ASKED)
    assert [budget["consumed"] for budget in admin.get("budgets", reference="ada").json()["results"]] == ["7"]
    assert admin.get("budgets", reference="bob").json()["results"] == []
    assert admin.client.delete(f"/api/v1/budgets/{made['id']}").status_code == 204
    problem(admin.patch(f"budgets/{made['id']}", limit="7"), 404, "budget_not_found")
    assert Event.objects.filter(name="budget.reached").exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"window": "week"}, "window"),
        ({"window": "rolling"}, "window_seconds"),
        ({"window": "day", "window_seconds": 60}, "window_seconds"),
        ({"window": "rolling", "window_seconds": 61}, "window_seconds"),
        ({"window": "rolling", "window_seconds": 0}, "window_seconds"),
        ({"window": "day", "limit": "-1"}, "limit"),
        ({"window": "day", "api_key": "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7b01"}, "api_key"),
        ({"window": "day", "api_key": "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7b01", "reference": "ada"}, "api_key"),
        ({"window": "day", "hard": "maybe"}, "hard"),
    ],
)
def test_a_budget_without_sense_is_refused(admin: Caller, body: dict[str, Any], field: str) -> None:
    assert fields(admin.post("budgets", {"limit": "5", **body})) == [field]


def test_a_budget_of_an_unknown_wallet_is_refused(admin: Caller) -> None:
    problem(admin.post("budgets", {"reference": "nobody", "window": "day", "limit": "1"}), 404, "wallet_not_found")


def test_an_operator_who_records_late_usage_does_so_in_one_transaction(admin: Caller) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        hold = admin.posts("wallets/ada/holds", amount="20")["hold"]["id"]
        clock.shift(timedelta(minutes=16))
        answer = callers.operator("Admin").posts("usage/events", reference="ada", hold=hold, **ASKED)
    assert (answer["late"], answer["entry"]["metadata"]["late"], answer["wallet"]["available"]) == (True, True, "96.5")
