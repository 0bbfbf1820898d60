"""Rules of codes stand in the database, too: also who writes past the services cannot break them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core import clock
from promos.models import PromoCode, Redemption
from tests.promos.makers import make_code, make_wallet, redeem

pytestmark = pytest.mark.django_db


def is_refused(**changes: Any) -> bool:
    try:
        with transaction.atomic():
            PromoCode.objects.update(**changes)
    except IntegrityError:
        return True
    return False


def test_r28_no_second_row_has_the_same_code_in_another_case() -> None:
    make_code("LAUNCH100")
    for text in ("launch100", "LAUNCH100", "Launch100"):
        with pytest.raises(IntegrityError), transaction.atomic():
            PromoCode.objects.create(code=text, normalized="LAUNCH100", amount=5, created_by="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        # A row that would dodge the unique spelling is refused by the rule that ties the two columns.
        PromoCode.objects.create(code="launch100", normalized="launch100", amount=5, created_by="x")


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": None},
        {"bonus_percent": 5},
        {"amount": 0},
        {"amount": -1},
        {"amount": None, "bonus_percent": 0},
        {"expires_in_days": 0},
        {"max_redemptions": 0},
        {"max_redemptions_per_wallet": 0},
        {"max_redemptions": 1, "redeemed": 2},
        {"audience": "new"},
        {"audience": "plan"},
        {"audience": "nobody"},
        {"plan": "pro"},
        {"minimum_purchase_minor": 5, "minimum_purchase_currency": "EUR"},
        {"amount": None, "bonus_percent": 5, "minimum_purchase_currency": "EUR"},
        {"is_stackable": False},
        {"referrer_amount": 5},
    ],
    ids=str,
)
def test_a_broken_rule_is_refused(changes: dict[str, Any]) -> None:
    make_code()
    assert is_refused(**changes)


def test_a_code_cannot_end_before_it_starts() -> None:
    make_code()
    now = clock.now()
    assert is_refused(starts_at=now, ends_at=now)
    assert not is_refused(starts_at=now, ends_at=now + timedelta(seconds=1))


def test_a_referral_code_has_amounts_for_both_sides() -> None:
    make_code()
    assert is_refused(referrer=make_wallet())


def test_a_use_is_counted_once() -> None:
    code, wallet = make_code(), make_wallet()
    redeem()
    with pytest.raises(IntegrityError), transaction.atomic():
        Redemption.objects.create(code=code, wallet=wallet, ordinal=1, actor="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Redemption.objects.create(code=code, wallet=wallet, ordinal=2, actor="x", granted_at=clock.now())
