"""What waits for a purchase is granted by the event of the purchase, once."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import override_settings

from core import clock
from core.models import Event
from core.problems import Problem
from credits import services as credit_services
from credits.models import Grant, WalletFact
from promos import services
from promos.models import CodeBatch, Redemption
from tests.promos.makers import OPERATOR, balance, buy, make_code, make_wallet, redeem, tell_of_purchase

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ann() -> None:
    make_wallet()


def test_a_percentage_waits_for_the_next_purchase_and_comes_once() -> None:
    make_code(bonus_percent=15, expires_in_days=10)
    assert redeem().redemption.status == "waiting"
    assert balance() == 0
    buy(credits="33.333333")
    grant = Grant.objects.get()
    assert (grant.amount, grant.source) == (Decimal("4.999999"), "promotion")
    assert grant.expires_at == grant.effective_at + timedelta(days=10)
    found = Redemption.objects.get()
    assert (found.status, found.payment, found.grant) == ("granted", "p1", grant)
    buy(payment="p2")
    assert Grant.objects.count() == 1


def test_the_same_event_twice_grants_once() -> None:
    make_code(bonus_percent=10, max_redemptions_per_wallet=2)
    redeem()
    redeem()
    buy()
    buy()
    assert balance() == 10
    buy(payment="p2")
    assert balance() == 20


def test_a_purchase_before_the_redemption_earns_nothing_however_late_its_event() -> None:
    make_code(bonus_percent=10)
    tell_of_purchase("ann")
    with time_machine.travel(clock.now() + timedelta(seconds=5)):
        redeem()
        buy(payment="p2", credits="1")
    assert balance() == Decimal("0.1")


def test_a_smaller_purchase_or_another_currency_leaves_the_bonus_waiting() -> None:
    make_code(bonus_percent=10, minimum_purchase_minor=1000, minimum_purchase_currency="EUR")
    redeem()
    buy(payment="p1", amount_minor=999)
    buy(payment="p2", currency="USD")
    buy(payment="p3", credits="0")
    assert Redemption.objects.get().status == "waiting"
    buy(payment="p4", amount_minor=1000)
    assert balance() == 10


def test_bonuses_of_two_codes_come_together() -> None:
    for code, percent in (("TEN", 10), ("FIVE", 5)):
        make_code(code, bonus_percent=percent)
        redeem(code)
    buy()
    assert balance() == 15


def test_a_revoked_batch_gives_no_bonus_any_more() -> None:
    services.generate_codes(count=1, campaign="c", origin=OPERATOR, bonus_percent=10)
    batch = CodeBatch.objects.get()
    redeem(batch.codes.get().code)
    services.revoke_batch(batch=batch, origin=OPERATOR, reason="stolen")
    buy()
    assert (balance(), Redemption.objects.get().status) == (0, "waiting")


def test_what_would_pass_the_largest_balance_waits_and_stops_no_event() -> None:
    make_code(bonus_percent=10)
    redeem()
    full = credit_services.issue_grant(reference="ann", amount=Decimal(1_000_000_000))
    buy()
    assert not Event.objects.filter(name="payment.paid", delivered_at=None).exists()
    assert Redemption.objects.get().status == "waiting"
    credit_services.void_grant(grant=str(full.entry.grant), reason="test")
    buy(payment="p2")
    assert balance() == 10


@pytest.fixture
def code() -> str:
    """Ann's referral code: 20 credits for who uses it, 50 for her."""
    with override_settings(REFERRAL_GRANT="20", REFERRER_GRANT="50", REFERRAL_EXPIRES_IN_DAYS=90):
        return services.open_referral_code(reference="ann", actor="x")[0].code


def test_both_sides_of_a_referral_get_theirs_after_the_first_purchase(code: str) -> None:
    make_wallet("bob")
    assert redeem(code, "bob").redemption.status == "waiting"
    assert (balance("ann"), balance("bob")) == (0, 0)
    for payment in ("p1", "p1", "p2"):
        buy("bob", payment=payment)
    assert (balance("ann"), balance("bob")) == (50, 20)
    assert set(Grant.objects.values_list("source", flat=True)) == {"referral"}
    found = Redemption.objects.get()
    assert found.referrer_grant is not None
    assert found.referrer_grant.wallet.reference == "ann"


def refusal(code: str, reference: str) -> str | None:
    try:
        redeem(code, reference)
    except Problem as problem:
        return problem.code
    return None


def test_nobody_refers_himself_or_is_referred_twice_or_after_a_purchase(code: str) -> None:
    assert refusal(code, "ann") == "code_not_for_you"
    for name in ("bob", "cleo"):
        make_wallet(name)
    with override_settings(REFERRAL_GRANT="20", REFERRER_GRANT="50"):
        other = services.open_referral_code(reference="cleo", actor="x")[0].code
    assert refusal(code, "bob") is None
    assert refusal(code, "bob") == "code_already_redeemed"
    assert refusal(other, "bob") == "code_already_redeemed"
    credit_services.state_fact(reference="cleo", name="first_purchase_at", value="2026-01-01T00:00:00+00:00")
    assert refusal(code, "cleo") == "code_not_for_you"
    assert WalletFact.objects.count() == 1


def test_a_wallet_has_one_referral_code_and_none_where_there_is_no_programme(code: str) -> None:
    again, is_new = services.open_referral_code(reference="ann", actor="x")
    assert (again.code, is_new) == (code, False)
    make_wallet("bob")
    with pytest.raises(Problem, match="REFERRAL_GRANT"):
        services.open_referral_code(reference="bob", actor="x")
