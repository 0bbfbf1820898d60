"""Administering codes over HTTP."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import OperatorAction
from promos.models import PromoCode
from tests.credits.api import callers
from tests.credits.api.callers import Caller, fields, problem
from tests.promos.makers import buy, make_wallet

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Caller:
    return callers.service("admin")


def test_r28_a_code_exists_once_however_it_is_written(admin: Caller) -> None:
    made = admin.posts("promo-codes", code="LAUNCH100", amount="25")
    assert (made["code"], made["amount"], made["max_redemptions_per_wallet"]) == ("LAUNCH100", "25", 1)
    problem(admin.post("promo-codes", code="launch100", amount="999"), 409, "code_taken")
    assert admin.get("promo-codes/lAuNcH100").json() == made
    assert PromoCode.objects.get().amount == 25


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"amount": "5", "bonus_percent": 5},
        {"amount": "0"},
        {"amount": "1e3"},
        {"amount": "1000000001"},
        {"bonus_percent": 0},
        {"bonus_percent": 1001},
        {"bonus_percent": 1.5},
        {"amount": "5", "expires_in_days": 0},
        {"amount": "5", "max_redemptions": 0},
        {"amount": "5", "max_redemptions_per_wallet": 0},
        {"amount": "5", "max_redemptions": True},
        {"amount": "5", "starts_at": "2026-11-21T10:00:00Z", "ends_at": "2026-11-21T10:00:00Z"},
        {"amount": "5", "ends_at": "2026-11-21T10:00:00"},
        {"amount": "5", "audience": "friends"},
        {"amount": "5", "audience": "new"},
        {"amount": "5", "audience": "plan"},
        {"amount": "5", "plan": "pro"},
        {"amount": "5", "minimum_purchase_minor": 5, "minimum_purchase_currency": "EUR"},
        {"bonus_percent": 5, "minimum_purchase_minor": 5},
        {"bonus_percent": 5, "minimum_purchase_minor": 5, "minimum_purchase_currency": "eur"},
        {"amount": "5", "is_stackable": False},
        {"amount": "5", "code": "a b"},
        {"amount": "5", "code": "generate"},
        {"amount": "5", "code": "=cmd()"},
        {"amount": "5", "campaign": "a/b"},
        {"amount": "5", "wallets": ["me"]},
        {"amount": "5", "wallets": "ann"},
        {"amount": "5", "redeemed": 3},
        {"amount": "5", "referrer": "ann"},
    ],
    ids=str,
)
def test_terms_that_break_a_rule_are_refused(admin: Caller, terms: dict[str, Any]) -> None:
    problem(admin.post("promo-codes", {"code": "SUMMER", **terms}), 400, "validation_failed")
    assert not PromoCode.objects.exists()


def test_a_code_is_changed_and_the_change_is_audited(admin: Caller) -> None:
    admin.posts("promo-codes", code="SUMMER", amount="5", audience="listed", wallets=["ann", "bob", "ann"])
    changed = admin.patch(
        "promo-codes/summer", max_redemptions=7, wallets=["cleo"], ends_at="2027-01-01T00:00:00Z", reason="more"
    )
    assert (changed.json()["max_redemptions"], changed.json()["wallets"]) == (7, ["cleo"])
    assert changed.json()["ends_at"] == "2027-01-01T00:00:00Z"
    assert OperatorAction.objects.filter(action="promo_code.create", target_id="SUMMER").count() == 1
    action = OperatorAction.objects.get(action="promo_code.change")
    assert (action.before["max_redemptions"], action.after["max_redemptions"], action.reason) == (None, 7, "more")


def test_what_a_code_gives_and_what_was_used_stay(admin: Caller) -> None:
    admin.posts("promo-codes", code="SUMMER", amount="5", max_redemptions=3)
    assert fields(admin.patch("promo-codes/SUMMER", amount="6", group="x")) == ["amount", "group"]
    for name in ("ann", "bob"):
        make_wallet(name)
        admin.posts("redemptions", code="SUMMER", reference=name)
    refused = admin.patch("promo-codes/SUMMER", max_redemptions=1)
    assert "used more often" in problem(refused, 400, "validation_failed")["errors"][0]["detail"]
    problem(admin.patch("promo-codes/NONE", is_active=False), 404, "code_unknown")


def test_codes_are_listed_and_found(admin: Caller) -> None:
    for number in range(3):
        admin.posts("promo-codes", code=f"Sum-{number}", amount="5", campaign="c", is_active=number > 0)
    admin.posts("promo-codes", code="OTHER", bonus_percent=5)

    def found(**query: Any) -> list[str]:
        return [code["code"] for code in admin.get("promo-codes", **query).json()["results"]]

    assert found() == ["OTHER", "Sum-2", "Sum-1", "Sum-0"]
    assert found(search="sUM-") == found(campaign="c") == ["Sum-2", "Sum-1", "Sum-0"]
    assert found(campaign="c", is_active="false") == ["Sum-0"]
    problem(admin.get("promo-codes", active="1"), 400, "validation_failed")


def test_a_batch_from_the_first_code_to_its_end(admin: Caller) -> None:
    batch = admin.posts("promo-codes/generate", count=3, prefix="gift", campaign="cards", amount="5", expires_in_days=1)
    assert (batch["count"], batch["prefix"], batch["revoked_at"]) == (3, "GIFT", None)
    assert admin.get(f"promo-batches/{batch['id']}").json() == batch
    assert admin.get("promo-batches").json()["results"] == [batch]
    response = admin.get(f"promo-batches/{batch['id']}/codes")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    head, *lines = response.getvalue().decode().splitlines()
    assert head.startswith("code,campaign,amount,")
    assert len(lines) == 3
    code, campaign, amount = lines[0].split(",")[:3]
    assert (code[:5], campaign, amount) == ("GIFT-", "cards", "5")
    make_wallet()
    admin.posts("redemptions", code=code.lower(), reference="ann")
    admin.posts("wallets/ann/consume", amount="2")
    stats = admin.get("promo-campaigns/cards").json()
    assert (stats["codes"], stats["redeemed"], stats["given"], stats["consumed"]) == (3, 1, "5", "2")
    revoked = admin.post(f"promo-batches/{batch['id']}/revoke", reason="stolen").json()
    assert revoked["revoked_at"] is not None
    problem(admin.patch(f"promo-codes/{code}", is_active=True), 409, "batch_revoked")
    assert fields(admin.post(f"promo-batches/{batch['id']}/revoke")) == ["reason"]
    problem(admin.get("promo-campaigns/none"), 404, "not_found")


def test_a_repeated_generation_makes_one_batch(admin: Caller) -> None:
    first = admin.post("promo-codes/generate", count=2, campaign="c", bonus_percent=10, key="k")
    again = admin.post("promo-codes/generate", count=2, campaign="c", bonus_percent=10, key="k")
    assert first.json() == again.json()
    assert PromoCode.objects.count() == 2
    for wrong in ({"count": 100_001}, {"count": 0}, {"wallets": ["ann"]}, {"prefix": "A-"}, {"campaign": ""}):
        body = {"count": 1, "campaign": "c", "amount": "5", **wrong}
        problem(admin.post("promo-codes/generate", body), 400, "validation_failed")


def test_a_minimum_purchase_is_told_and_kept(admin: Caller) -> None:
    made = admin.posts(
        "promo-codes", code="BIG", bonus_percent=50, minimum_purchase_minor=5000, minimum_purchase_currency="EUR"
    )
    assert (made["minimum_purchase_minor"], made["minimum_purchase_currency"]) == (5000, "EUR")
    make_wallet()
    admin.posts("redemptions", code="BIG", reference="ann")
    buy(amount_minor=5000)
    assert Decimal(admin.get("wallets/ann").json()["balance"]) == 50
