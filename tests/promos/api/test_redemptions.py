"""Codes over HTTP: what a customer may learn, what is idempotent, and how guessing ends."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import OperatorAction
from credits.models import Grant
from promos.models import PromoCode, Redemption, RefusalCount
from tests.credits.api import callers
from tests.credits.api.callers import Caller, problem
from tests.promos.makers import buy, make_code, make_wallet

pytestmark = pytest.mark.django_db


@pytest.fixture
def casey() -> Caller:
    return callers.customer()


@pytest.fixture(autouse=True)
def _no_attempts_yet(db: None) -> None:
    cache.clear()


def make_refused() -> list[str]:
    """Make a code for each of the reasons that a customer cannot tell from an unknown code, which comes first."""
    make_code("OFF", is_active=False)
    make_code("OTHERS", audience="listed", wallets=["bob"])
    make_code("PRO", audience="plan", plan="pro")
    make_code("NEWER", audience="new", max_wallet_age_days=1)
    make_code("MINE", audience="without_purchase")
    return ["NONE", "OFF", "OTHERS", "PRO", "!!", "off"]


def test_a_customer_redeems_for_himself(casey: Caller) -> None:
    make_code(description="Hello")
    answer = casey.posts("redemptions", code="summer")
    assert (answer["code"], answer["reference"], answer["status"]) == ("SUMMER", casey.reference, "granted")
    assert (answer["grant"]["amount"], answer["grant"]["description"]) == ("5", "Hello")
    assert (answer["entry"]["kind"], answer["wallet"]["balance"]) == ("issued", "5")
    problem(casey.post("redemptions", code="SUMMER"), 409, "code_already_redeemed")
    problem(casey.post("redemptions", code="SUMMER", reference="bob"), 404, "wallet_not_found")


def test_a_code_that_waits_posts_nothing_yet(casey: Caller) -> None:
    make_code(bonus_percent=10)
    answer = casey.posts("redemptions", code="SUMMER")
    assert (answer["status"], answer["grant"], answer["entry"], answer["bonus_percent"]) == ("waiting", None, None, 10)
    buy(casey.reference)
    (listed,) = casey.get("redemptions").json()["results"]
    assert (listed["status"], listed["grant"]["amount"], listed["payment"]) == ("granted", "10", "p1")


def test_a_key_makes_a_repetition_harmless(casey: Caller) -> None:
    make_code(max_redemptions_per_wallet=5)
    first = casey.post("redemptions", code="SUMMER", key="k")
    again = casey.post("redemptions", code="SUMMER", key="k")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    problem(casey.post("redemptions", code="SUMMER2", key="k"), 422, "idempotency_key_reused")
    assert Redemption.objects.count() == 1
    problem(casey.post("redemptions", code="NONE", key="n"), 404, "code_unknown")
    make_code("NONE")
    assert casey.post("redemptions", code="NONE", key="n").status_code == 201


def test_a_customer_sees_one_answer_for_unknown_inactive_and_not_for_him(casey: Caller) -> None:
    answers = []
    for code in make_refused():
        answer = casey.post("redemptions", code=code)
        answers.append((problem(answer, 404, "code_unknown"), {**answer.headers, "X-Request-Id": ""}))
        asked = casey.get(f"promo-codes/{code}/eligibility").json()
        assert asked == {"eligible": False, "reason": "code_unknown", "amount": None, "bonus_percent": None}
    assert all(answer == answers[0] for answer in answers)
    assert RefusalCount.objects.get().count == len(answers)


def test_what_a_customer_cannot_tell_costs_the_same_statements(casey: Caller) -> None:
    """The shapes of the statements are compared; only values differ."""
    codes = make_refused()
    casey.post("redemptions", code=codes[0])
    seen = []
    for code in codes:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            casey.post("redemptions", code=code)
        with CaptureQueriesContext(connection) as asked:
            casey.get(f"promo-codes/{code}/eligibility")
        seen.append([_shape(query["sql"]) for query in (*queries, *asked)])
    assert len(seen[0]) > 10
    assert not any("FOR UPDATE" in sql and "promos_promocode" in sql for shapes in seen for sql in shapes)
    assert all(shapes == seen[0] for shapes in seen)


def _shape(sql: str) -> str:
    words = sql.replace("(", " ").replace(")", " ").split(" ")
    return " ".join(word for word in words if not any(sign in word for sign in "'0123456789"))


def test_services_and_operators_are_told_the_exact_reason(casey: Caller) -> None:
    make_refused()
    make_wallet("ann")
    for caller in (callers.service("grant"), callers.operator("Finance")):
        problem(caller.post("redemptions", code="OFF", reference="ann"), 409, "code_inactive")
        problem(caller.post("redemptions", code="OTHERS", reference="ann"), 403, "code_not_for_you")
        problem(caller.post("redemptions", code="NONE", reference="ann"), 404, "code_unknown")
        asked = caller.get("promo-codes/PRO/eligibility", reference="ann").json()
        assert asked["reason"] == "code_not_for_you"
    assert callers.fields(callers.service("grant").post("redemptions", code="OFF")) == ["reference"]
    problem(callers.service("grant").post("redemptions", code="X1Y", reference="nobody"), 404, "wallet_not_found")


def test_eligibility_tells_what_a_code_would_give_and_uses_nothing(casey: Caller) -> None:
    make_code()
    make_code("MORE", bonus_percent=20)
    asked = casey.get("promo-codes/summer/eligibility").json()
    assert asked == {"eligible": True, "reason": None, "amount": "5", "bonus_percent": None}
    assert casey.get("promo-codes/MORE/eligibility").json()["bonus_percent"] == 20
    assert (Redemption.objects.count(), PromoCode.objects.filter(redeemed=0).count()) == (0, 2)


def test_guessing_ends_for_a_wallet_and_right_codes_cost_nothing(casey: Caller, settings: Any) -> None:
    settings.REFUSED_CODES_PER_WALLET_AND_HOUR = 3
    make_code(max_redemptions_per_wallet=9)
    for code in ("SUMMER", "SUMMER", "NONE", "SUMMER", "NONE"):
        casey.post("redemptions", code=code)
    casey.get("promo-codes/NONE/eligibility")
    refused = casey.post("redemptions", code="SUMMER")
    problem(refused, 429, "throttled")
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    problem(casey.get("promo-codes/SUMMER/eligibility"), 429, "throttled")
    assert (Redemption.objects.count(), RefusalCount.objects.get().count) == (3, 2)
    other = callers.customer("other@example.com")
    assert other.post("redemptions", code="SUMMER").status_code == 201


def test_guessing_ends_for_an_address_of_customers_but_not_for_a_service(casey: Caller, settings: Any) -> None:
    settings.REFUSED_CODES_PER_ADDRESS_AND_HOUR = 4
    make_code()
    others = [callers.customer(f"{number}@example.com") for number in range(4)]
    for caller in others:
        problem(caller.post("redemptions", code="NONE"), 404, "code_unknown")
    problem(casey.post("redemptions", code="SUMMER"), 429, "throttled")
    service = callers.service("grant")
    assert service.post("redemptions", code="SUMMER", reference=casey.reference).status_code == 201
    for number in range(6):
        make_wallet(f"w{number}")
        problem(service.post("redemptions", code="NONE", reference=f"w{number}"), 404, "code_unknown")


def test_a_defect_is_no_attempt(casey: Caller, settings: Any) -> None:
    settings.REFUSED_CODES_PER_WALLET_AND_HOUR = 1
    for _ in range(3):
        problem(casey.post("redemptions", code="SUMMER", key="bad key"), 400, "idempotency_key_invalid")
    make_code()
    assert casey.post("redemptions", code="SUMMER").status_code == 201


@pytest.mark.parametrize("body", [{}, {"code": 5}, {"code": ""}, {"code": "x" * 257}, {"code": "A", "amount": "5"}])
def test_a_body_that_is_wrong_is_refused(casey: Caller, body: dict[str, Any]) -> None:
    problem(casey.post("redemptions", body), 400, "validation_failed")


def test_what_an_operator_redeems_is_audited() -> None:
    make_code()
    make_wallet("ann")
    callers.operator("Finance").posts("redemptions", code="SUMMER", reference="ann")
    action = OperatorAction.objects.get(action="redemption.redeem")
    assert action.target_id == "ann"


def test_a_list_is_bound_to_the_customer(casey: Caller) -> None:
    make_code()
    make_wallet("ann")
    service = callers.service("grant")
    service.posts("redemptions", code="SUMMER", reference="ann")
    assert casey.get("redemptions").json()["results"] == []
    problem(casey.get("redemptions", reference="ann"), 404, "wallet_not_found")
    assert [one["reference"] for one in service.get("redemptions").json()["results"]] == ["ann"]
    assert service.get("redemptions", reference=casey.reference).json()["results"] == []


def test_a_referral_over_http(casey: Caller, settings: Any) -> None:
    problem(casey.post("referral-code"), 409, "referrals_off")
    problem(casey.get("referral-code"), 404, "code_unknown")
    settings.REFERRAL_GRANT, settings.REFERRER_GRANT = "20", "50"
    code = casey.posts("referral-code")["code"]
    assert casey.post("referral-code").status_code == 200
    friend = callers.customer("friend@example.com")
    problem(casey.post("redemptions", code=code), 404, "code_unknown")
    assert friend.posts("redemptions", code=code)["status"] == "waiting"
    buy(friend.reference)
    shown = casey.get("referral-code").json()
    assert (shown["amount"], shown["referrer_amount"]) == ("20", "50")
    assert (shown["referred"], shown["rewarded"], Grant.objects.count()) == (1, 1, 2)
