"""Using a code: what it gives, to whom, in which order it is refused, and that a refusal leaves nothing."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from core import clock
from core.models import Event
from core.problems import Problem
from credits import services as credit_services
from credits.models import Grant, LedgerEntry, Wallet
from promos import services
from promos.models import GroupUse, PromoCode, Redemption
from tests.promos.makers import OPERATOR, balance, make_code, make_wallet, redeem

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ann() -> None:
    make_wallet()


def refusal(code: str = "SUMMER", reference: str = "ann") -> str | None:
    """Return the code of the refusal, None for a success."""
    try:
        redeem(code, reference)
    except Problem as problem:
        return problem.code
    return None


def test_a_code_grants_its_credits_at_once_with_their_validity() -> None:
    make_code(expires_in_days=30, description="A summer of credits", campaign="summer")
    redeemed = redeem(" sUmMeR ")
    grant = Grant.objects.get()
    assert (grant.amount, grant.source, grant.description) == (5, "promotion", "A summer of credits")
    assert grant.expires_at == grant.effective_at + timedelta(days=30)
    assert (redeemed.redemption.grant_id, redeemed.redemption.status) == (grant.pk, "granted")
    assert balance() == 5
    assert LedgerEntry.objects.get().contra == "promotions"
    assert PromoCode.objects.get().redeemed == Redemption.objects.count() == 1


def test_r37_the_event_of_a_redemption_is_one_and_plain_json() -> None:
    make_code()
    redeem()
    (event,) = Event.objects.filter(name="code.redeemed")
    assert (event.stream, event.payload["amount"], event.payload["status"]) == ("wallet:ann", "5", "granted")


def test_r27_dates_with_any_offset_decide_by_the_instant() -> None:
    now = clock.now()
    make_code("GONE", ends_at=now - timedelta(seconds=1))
    make_code("SOON", starts_at=now + timedelta(minutes=5), ends_at=now + timedelta(days=1))
    assert refusal("GONE") == "code_expired"
    assert refusal("SOON") == "code_not_started"
    with time_machine.travel(now + timedelta(minutes=6)):
        assert refusal("SOON") is None


def test_a_code_ends_at_the_instant_itself() -> None:
    end = clock.now() + timedelta(hours=1)
    make_code(starts_at=end - timedelta(minutes=1), ends_at=end)
    for instant, expected in ((end, "code_expired"), (end - timedelta(minutes=1), None)):
        with time_machine.travel(instant, tick=False):
            assert refusal() == expected


def test_r30_a_code_that_is_switched_off_and_on_again_works() -> None:
    make_code()
    services.change_code(code="summer", origin=OPERATOR, is_active=False)
    assert refusal() == "code_inactive"
    services.change_code(code="summer", origin=OPERATOR, is_active=True)
    assert refusal() is None


@pytest.mark.parametrize("reference", ["", "-", "SU", "SÜMMER", "SUMMER!", "x" * 200, "\u017fummer", "SUMM\u0000ER"])
def test_what_can_be_no_code_is_unknown(reference: str) -> None:
    make_code()
    assert refusal(reference) == "code_unknown"


def test_the_first_reason_of_the_contract_is_told() -> None:
    """All reasons hold at once, and are taken away one after the other."""
    now, late = clock.now(), clock.now() + timedelta(days=2)
    make_wallet("bob")
    code = make_code("MIX", max_redemptions=1, audience="listed")
    PromoCode.objects.update(is_active=False, redeemed=1, starts_at=late, ends_at=late + timedelta(days=1))
    Redemption.objects.create(code=code, wallet=Wallet.objects.get(reference="ann"), ordinal=1, actor="x")
    steps: list[tuple[dict[str, Any], str | None]] = [
        ({}, "code_inactive"),
        ({"is_active": True}, "code_not_started"),
        ({"starts_at": now - timedelta(days=2), "ends_at": now - timedelta(days=1)}, "code_expired"),
        ({"ends_at": None}, "code_exhausted"),
        ({"max_redemptions": None}, "code_already_redeemed"),
        ({"max_redemptions_per_wallet": 2}, "code_not_for_you"),
        ({"audience": "everyone"}, None),
    ]
    assert refusal("NONE") == "code_unknown"
    for change, expected in steps:
        PromoCode.objects.filter(pk=code.pk).update(**change)
        assert refusal("MIX") == expected


def test_limits_in_total_and_by_wallet() -> None:
    make_wallet("bob")
    make_code(max_redemptions=3, max_redemptions_per_wallet=2)
    found = [refusal(reference=name) for name in ("ann", "ann", "ann", "bob", "bob")]
    assert found == [None, None, "code_already_redeemed", None, "code_exhausted"]
    assert sorted(Redemption.objects.values_list("wallet__reference", "ordinal")) == [
        ("ann", 1),
        ("ann", 2),
        ("bob", 1),
    ]


def test_audiences() -> None:
    make_wallet("bob")
    make_code("LISTED", audience="listed", wallets=["bob", "not-yet-open"])
    make_code("NEWER", audience="new", max_wallet_age_days=7)
    make_code("FIRST", audience="without_purchase")
    make_code("PRO", audience="plan", plan="pro-monthly")
    credit_services.state_fact(reference="bob", name="plan", value="pro-monthly")
    credit_services.state_fact(reference="bob", name="first_purchase_at", value="2026-11-21T09:30:00+00:00")
    Wallet.objects.filter(reference="bob").update(created_at=clock.now() - timedelta(days=7))
    not_for = "code_not_for_you"
    assert [refusal(code, "ann") for code in ("LISTED", "NEWER", "FIRST", "PRO")] == [not_for, None, None, not_for]
    assert [refusal(code, "bob") for code in ("LISTED", "NEWER", "FIRST", "PRO")] == [None, not_for, not_for, None]


def test_an_exclusive_code_goes_with_no_other_of_its_group_in_either_order() -> None:
    for name in ("bob", "cleo"):
        make_wallet(name)
    make_code("ALONE", group="summer", is_stackable=False, max_redemptions_per_wallet=2)
    for code in ("WITH1", "WITH2"):
        make_code(code, group="summer")
    make_code("OTHER", group="winter", is_stackable=False)
    taken = "code_already_redeemed"
    assert [refusal(code) for code in ("ALONE", "ALONE", "WITH1", "OTHER")] == [None, None, taken, None]
    assert [refusal(code, "bob") for code in ("WITH1", "WITH2", "ALONE")] == [None, None, taken]
    assert GroupUse.objects.count() == 3


def test_a_refused_redemption_leaves_nothing() -> None:
    make_code(max_redemptions=1)
    redeem()
    make_wallet("bob")
    before = [Event.objects.count(), LedgerEntry.objects.count(), Redemption.objects.count(), GroupUse.objects.count()]
    assert refusal(reference="bob") == "code_exhausted"
    assert before == [
        *(Event.objects.count(), LedgerEntry.objects.count(), Redemption.objects.count(), GroupUse.objects.count())
    ]


def test_what_the_ledger_refuses_uses_no_code() -> None:
    credit_services.issue_grant(reference="ann", amount=Decimal(1_000_000_000))
    make_code(group="g", is_stackable=False)
    assert refusal() == "balance_too_large"
    assert (PromoCode.objects.get().redeemed, Redemption.objects.count(), GroupUse.objects.count()) == (0, 0, 0)


def test_only_open_wallets_redeem() -> None:
    make_code()
    assert refusal(reference="nobody") == "wallet_not_found"
    assert not Wallet.objects.filter(reference="nobody").exists()


def test_a_frozen_wallet_may_still_get_credits() -> None:
    make_code()
    credit_services.freeze(reference="ann", reason="test")
    assert refusal() is None
