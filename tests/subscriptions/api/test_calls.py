"""The HTTP contract of plans, subscriptions and allowances."""

from typing import Any

import pytest

from accounts.models import OperatorAction
from payments.models import Payment, SandboxCheckout
from subscriptions.models import Allowance, Charge, Plan, Subscription
from subscriptions.services import change_plan, pay_charge
from tests.credits.api import callers
from tests.credits.api.callers import Caller, fields, problem
from tests.subscriptions.stories import balance, move, wallet, work

pytestmark = pytest.mark.usefixtures("story")
BASIC = {"code": "basic", "family": "chat", "name": "Basic", "credits": "360", "period_unit": "month"}
PRO = {**BASIC, "code": "pro", "name": "Pro", "credits": "900", "amount_minor": 1900, "currency": "EUR"}
RULE = {"name": "Daily", "amount": "5", "time": "00:00"}


@pytest.fixture
def admin(story: None) -> Caller:
    return callers.service("admin")


@pytest.fixture
def offers(admin: Caller) -> None:
    for terms in (BASIC, PRO):
        admin.posts("plans", **terms)
    admin.posts("plans", code="secret", name="Secret", credits="5000", period_unit="month", is_public=False)


def codes(caller: Caller) -> list[str]:
    return [plan["code"] for plan in caller.get("plans").json()["results"]]


@pytest.mark.usefixtures("offers")
def test_anybody_sees_what_is_on_offer_and_services_see_all(admin: Caller) -> None:
    admin.patch("plans/basic", is_active=False)
    for caller in (Caller(None), Caller("Bearer nonsense"), callers.customer()):
        assert codes(caller) == ["pro"]
    assert codes(callers.service("read")) == ["secret", "pro", "basic"]


@pytest.mark.usefixtures("offers")
def test_other_terms_make_a_version_and_a_deleted_plan_is_gone(admin: Caller) -> None:
    assert admin.patch("plans/pro", credits="1000").json()["version"] == 2
    assert admin.patch("plans/pro", name="Professional").json()["version"] == 2
    assert admin.client.delete("/api/v1/plans/pro").status_code == 204
    problem(admin.patch("plans/pro", credits="1"), 404, "plan_not_found")
    problem(admin.post("plans", **PRO), 409, "plan_exists")
    admin.posts("subscriptions", plan="basic", reference=wallet())
    problem(admin.client.delete("/api/v1/plans/basic"), 409, "plan_in_use")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        *[("code", value) for value in ("Basic", "", "a b", 5, "x" * 65, "a\n")],
        *[("credits", value) for value in ("-1", "1e3", "NaN", True, None, "0.0000001")],
        *[("period_unit", value) for value in ("fortnight", 1, None)],
        *[("period_count", value) for value in (0, 101, 1.5, "one")],
        *[("amount_minor", value) for value in (-1, 1.5, "ten", 10**16)],
        *[("currency", value) for value in ("eur", "EURO", 5)],
        *[("rollover", value) for value in ({"percent": 101}, {"amount": "1", "percent": 5}, {"days": 0}, [], "all")],
        *[("features", value) for value in ([], "x", 5)],
        *[("requests_per_minute", value) for value in (0, -5, "many")],
        ("unknown", 1),
    ],
)
def test_terms_that_make_no_sense_are_refused(admin: Caller, member: str, value: Any) -> None:
    refused = fields(admin.post("plans", **{**BASIC, member: value}))
    assert all(name.split(".")[0] == member for name in refused)
    assert not Plan.objects.exists()


def test_a_price_needs_a_currency(admin: Caller) -> None:
    problem(admin.post("plans", **{**BASIC, "amount_minor": 5}), 400, "invalid_operation")


@pytest.mark.usefixtures("offers")
def test_a_service_gives_a_plan_and_a_repetition_gives_nothing_more(admin: Caller) -> None:
    wallet("ada")
    first = admin.post("subscriptions", key="k1", plan="pro", reference="ada")
    again = admin.post("subscriptions", key="k1", plan="pro", reference="ada")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (first.json()["status"], first.json()["period"]["credits"], balance("ada")) == ("active", "900", 900)
    problem(admin.post("subscriptions", plan="basic", reference="ada"), 409, "already_subscribed")
    problem(admin.post("subscriptions", plan="nothing", reference="ada"), 404, "plan_not_found")
    problem(admin.post("subscriptions", plan="basic", reference="nobody"), 404, "wallet_not_found")
    assert fields(admin.post("subscriptions", plan="basic")) == ["reference"]


@pytest.mark.usefixtures("offers")
def test_a_customer_pays_for_what_has_a_price_and_gets_what_is_free() -> None:
    casey = callers.customer()
    waiting = casey.posts("subscriptions", plan="pro")
    assert (waiting["status"], waiting["period"], waiting["is_billed"]) == ("past_due", None, True)
    assert (waiting["charge"]["amount_minor"], waiting["charge"]["status"]) == (1900, "open")
    casey.post(f"subscriptions/{waiting['id']}/cancel")
    free = casey.posts("subscriptions", plan="basic")
    assert (free["status"], balance(casey.reference)) == ("active", 360)
    problem(casey.post("subscriptions", plan="secret"), 404, "plan_not_found")
    problem(casey.post(f"subscriptions/{free['id']}/change", plan="secret"), 404, "plan_not_found")
    # What is given is not his to choose.
    cheap = callers.customer("sly@example.com").posts("subscriptions", plan="pro", is_billed=False)
    assert (cheap["status"], cheap["is_billed"]) == ("past_due", True)


@pytest.mark.usefixtures("offers")
def test_what_is_to_be_paid_comes_with_its_page_and_a_repetition_shows_the_same() -> None:
    casey, back = callers.customer(), "https://shop.example/plans"
    body = {"plan": "pro", "provider": "sandbox", "return_url": back}
    made, again = (casey.post("subscriptions", body, key="k1").json() for _ in range(2))
    assert made["charge"]["checkout_url"].startswith("http")
    assert again == made
    page = SandboxCheckout.objects.get()
    assert made["charge"]["checkout_url"].endswith(page.pk)
    assert (page.return_url, page.amount_minor) == (back, 1900)
    assert casey.get(f"subscriptions/{made['id']}").json()["charge"] == made["charge"]
    pay_charge(charge=made["charge"]["id"], payment="p1")
    change_plan(code="basic", amount_minor=5000, currency="EUR")
    path = f"subscriptions/{made['id']}/change"
    casey.post(path, plan="basic", preview=True)
    assert SandboxCheckout.objects.count() == 1
    upgrade = casey.post(path, plan="basic", return_url=back).json()["subscription"]
    payment = Payment.objects.get()
    assert upgrade["charge"]["checkout_url"] == payment.checkout_url != ""
    assert (payment.return_url, payment.amount_minor) == (back, 3100)


@pytest.mark.usefixtures("offers")
def test_a_provider_that_is_slow_leaves_the_page_to_be_asked_for(settings: Any) -> None:
    away = {"key": "k", "secret": "s", "base_url": "http://127.0.0.1:9"}
    settings.PAYMENT_PROVIDERS = {**settings.PAYMENT_PROVIDERS, "razorpay": away}
    casey = callers.customer()
    made = casey.posts("subscriptions", plan="pro", provider="razorpay")
    assert (made["status"], made["charge"]["checkout_url"]) == ("past_due", None)
    charge = Charge.objects.get()
    assert (charge.provider, charge.checkout_url) == ("razorpay", "")


@pytest.mark.usefixtures("offers")
@pytest.mark.parametrize("member", [("return_url", "javascript:alert(1)"), ("return_url", 5), ("provider", None)])
def test_where_to_pay_is_checked_before_anything_is_written(member: tuple[str, Any]) -> None:
    casey = callers.customer()
    assert fields(casey.post("subscriptions", {"plan": "pro", member[0]: member[1]})) == [member[0]]
    problem(casey.post("subscriptions", plan="pro", provider="nobody"), 400, "provider_unknown")
    assert not Subscription.objects.exists()


@pytest.mark.usefixtures("offers")
def test_a_preview_answers_what_the_change_then_does(admin: Caller) -> None:
    started = admin.posts("subscriptions", plan="basic", reference=wallet())
    path = f"subscriptions/{started['id']}/change"
    move("2027-01-16T12:30")
    preview = admin.post(path, plan="pro", preview=True).json()
    assert preview["subscription"]["plan"] == "basic"
    made = admin.post(path, plan="pro").json()
    same = ("kind", "amount_minor", "credits", "plan", "version", "currency")
    assert {name: made["change"][name] for name in same} == {name: preview["change"][name] for name in same}
    assert made["subscription"]["plan"] == "pro"
    down = admin.post(path, plan="basic").json()
    assert (down["change"]["kind"], down["subscription"]["next_plan"]) == ("downgrade", "basic")
    problem(admin.post(f"subscriptions/{started['id']}/resume"), 409, "subscription_state_conflict")


@pytest.mark.usefixtures("offers")
def test_lists_are_filtered_and_bound_to_their_owner(admin: Caller) -> None:
    casey = callers.customer()
    own = casey.posts("subscriptions", plan="basic")["id"]
    admin.posts("subscriptions", plan="basic", reference=wallet("ada"))
    assert [row["id"] for row in casey.get("subscriptions").json()["results"]] == [own]
    problem(casey.get("subscriptions", reference="ada"), 404, "wallet_not_found")
    assert len(admin.get("subscriptions").json()["results"]) == 2
    assert [row["reference"] for row in admin.get("subscriptions", reference="ada").json()["results"]] == ["ada"]
    assert admin.get("subscriptions", status="ended").json()["results"] == []
    assert len(admin.get("subscriptions", plan="basic", limit=1).json()["results"]) == 1
    assert fields(admin.get("subscriptions", state="x")) == ["state"]
    unknown = "019a0000-0000-7000-8000-000000000000"
    problem(admin.get(f"subscriptions/{unknown}"), 404, "subscription_not_found")


def test_a_rule_is_made_tried_changed_and_deleted(admin: Caller) -> None:
    wallet("ada")
    made = admin.posts("allowances", **RULE)
    assert (made["time_zone"], made["next_due_at"], made["latest_run"]) == ("UTC", "2027-01-02T00:00:00Z", None)
    found = admin.post(f"allowances/{made['id']}/dry-run").json()
    assert found == {"due_at": made["next_due_at"], "wallets": 1, "grants": 1, "credits": "5"}
    work("2027-01-02T00:00:05")
    changed = admin.patch(f"allowances/{made['id']}", amount="7", validity_days=1).json()
    assert (changed["amount"], changed["latest_run"]["grants"]) == ("7", 1)
    problem(admin.post("allowances", **RULE), 409, "allowance_exists")
    assert len(admin.get("allowances").json()["results"]) == 1
    assert admin.client.delete(f"/api/v1/allowances/{made['id']}").status_code == 204
    problem(admin.patch(f"allowances/{made['id']}", amount="7"), 404, "allowance_not_found")
    assert balance("ada") == 5


@pytest.mark.parametrize(
    ("member", "value"),
    [
        *[("amount", value) for value in ("0", "-1", True, None, "1e2", "1000000001")],
        *[("time", value) for value in ("24:00", "noon", 5, None, "")],
        *[("time_zone", value) for value in ("Mars/Base", 5, "")],
        *[("unit", value) for value in ("hour", 5)],
        *[("start_date", value) for value in ("2027-02-30", 5, None)],
        *[("plans", value) for value in ("pro", [5], ["Pro"])],
        *[("mode", value) for value in ("set", None)],
        *[("reference_prefix", value) for value in ("a b", "%", 5)],
        ("unknown", 1),
    ],
)
def test_rules_that_make_no_sense_are_refused(admin: Caller, member: str, value: Any) -> None:
    response = admin.post("allowances", **{**RULE, member: value})
    assert response.status_code == 400, response.json()
    assert not Allowance.objects.exists()


def test_a_rule_that_contradicts_itself_is_refused(admin: Caller) -> None:
    for members in ({"end_date": "2026-12-01"}, {"plans": ["pro"]}):
        problem(admin.post("allowances", **{**RULE, **members}), 400, "invalid_operation")


@pytest.mark.usefixtures("offers")
def test_what_an_operator_does_over_http_stands_in_the_audit_log(story: None) -> None:
    chief = callers.operator("Admin")
    made = chief.posts("subscriptions", plan="basic", reference=wallet("ada"))
    chief.post(f"subscriptions/{made['id']}/cancel")
    chief.posts("allowances", **RULE)
    done = (
        OperatorAction.objects.exclude(target_type="api_key").order_by("created_at").values_list("action", "target_id")
    )
    assert [action for action, _ in done] == ["subscription.start", "subscription.cancel", "allowance.create"]
    assert {target for _, target in done} >= {made["id"]}
    assert Subscription.objects.get().status == "cancelled"
