"""What a purchase earned goes back with its money, and comes again with it."""

from decimal import Decimal

import pytest
from django.test import override_settings

from core import events, relay
from credits import services as credit_services
from credits.invariants import violations
from credits.models import Grant, LedgerEntry
from credits.store.news import stream_of
from promos import services, tasks
from promos.models import Redemption
from tests.promos.makers import balance, buy, make_code, make_wallet, redeem

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ann() -> None:
    make_wallet()


def money_back(reference: str = "ann", name: str = "payment.refunded", minor: int = 1000) -> None:
    """Tell of a payment's money as payments do, and let the relay deliver it."""
    payload = {"wallet": reference, "payment": "p1", "status": "refunded", "amount_minor": 1000, "currency": "EUR"}
    events.publish(name, stream=stream_of(reference), payload={**payload, "reversed_minor": minor})
    relay.relay_events()
    assert not list(violations())


def earn_ten() -> Grant:
    make_code(bonus_percent=10)
    redeem()
    buy()
    return Grant.objects.get()


def test_a_refund_takes_the_bonus_of_its_purchase_once_and_leaves_others() -> None:
    earn_ten()
    credit_services.issue_grant(reference="ann", amount=Decimal(7))
    for _ in range(2):
        money_back()
    assert balance() == 7
    assert LedgerEntry.objects.filter(kind="voided").count() == 1


def test_what_was_spent_stays_spent_and_comes_back_to_nobody() -> None:
    earn_ten()
    spent = credit_services.consume(reference="ann", amount=Decimal(4))
    money_back()
    assert balance() == 0
    credit_services.reverse_entry(entry=spent.entry.id)
    assert balance() == 0


def test_a_part_that_goes_back_takes_nothing() -> None:
    earn_ten()
    money_back(minor=999)
    assert balance() == 10
    money_back(minor=1000)
    assert balance() == 0


def test_the_refund_of_another_wallet_or_before_the_purchase_takes_nothing() -> None:
    make_wallet("bob")
    money_back()
    earn_ten()
    money_back("bob")
    assert balance() == 10


def test_what_a_hold_covers_is_taken_when_it_ends() -> None:
    earn_ten()
    hold = credit_services.place_hold(reference="ann", amount=Decimal(6)).hold
    assert hold is not None
    money_back()
    tasks.take_back_due()
    assert balance() == 10
    credit_services.release_hold(hold=hold.id)
    for _ in range(2):
        tasks.take_back_due()
    assert (balance(), Redemption.objects.get().take_back_from) == (0, None)


def test_money_that_returns_brings_the_bonus_again_once_and_may_go_again() -> None:
    earn_ten()
    credit_services.consume(reference="ann", amount=Decimal(4))
    money_back()
    for _ in range(2):
        money_back(name="payment.restored", minor=0)
    assert balance() == 6
    money_back()
    assert balance() == 0


def test_what_an_operator_voided_does_not_come_again() -> None:
    credit_services.void_grant(grant=str(earn_ten().pk), reason="fraud")
    money_back()
    money_back(name="payment.restored", minor=0)
    assert balance() == 0


def test_both_sides_of_a_referral_lose_theirs_and_get_them_again() -> None:
    with override_settings(REFERRAL_GRANT="20", REFERRER_GRANT="50"):
        code = services.open_referral_code(reference="ann", actor="x")[0].code
    make_wallet("bob")
    redeem(code, "bob")
    buy("bob")
    assert (balance("ann"), balance("bob")) == (50, 20)
    money_back("bob")
    assert (balance("ann"), balance("bob")) == (0, 0)
    money_back("bob", "payment.restored", 0)
    assert (balance("ann"), balance("bob")) == (50, 20)
