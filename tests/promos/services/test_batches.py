"""Many codes at once: unguessable, with the same terms, and an end to them."""

import re

import pytest
from django.core.exceptions import ValidationError

from accounts.models import OperatorAction
from core.problems import Problem
from promos import services
from promos.code_text import GROUP_LENGTH, GROUPS, LETTERS, generate
from promos.models import CodeBatch, PromoCode
from tests.promos.makers import OPERATOR, balance, make_wallet, redeem

pytestmark = pytest.mark.django_db


def test_the_codes_of_a_batch_differ_and_share_their_terms() -> None:
    heard: list[int] = []
    batch = services.generate_codes(
        count=5_500, campaign="cards", prefix="gift", origin=OPERATOR, advance=heard.append, amount=5
    )
    codes = set(PromoCode.objects.filter(batch=batch).values_list("code", flat=True))
    assert (len(codes), sum(heard), len(heard)) == (5_500, 5_500, 3)
    assert all(re.fullmatch(rf"GIFT(-[{LETTERS}]{{4}}){{4}}", code) for code in codes)
    assert set(PromoCode.objects.values_list("amount", "max_redemptions", "campaign")) == {(5, 1, "cards")}
    (action,) = OperatorAction.objects.all()
    assert (action.action, action.after["count"]) == ("code_batch.generate", 5_500)


def test_a_code_cannot_be_guessed() -> None:
    assert len(LETTERS) ** (GROUPS * GROUP_LENGTH) > 2**77
    drawn = [generate() for _ in range(500)]
    for position in (0, 7, 18):
        assert len({code[position] for code in drawn}) > 20


def test_each_code_of_a_batch_works_once_until_it_is_revoked() -> None:
    batch = services.generate_codes(count=3, campaign="cards", origin=OPERATOR, amount=5)
    first, second, third = PromoCode.objects.values_list("code", flat=True)
    make_wallet()
    redeem(first)
    services.revoke_batch(batch=batch, origin=OPERATOR, reason="stolen")
    services.revoke_batch(batch=batch, origin=OPERATOR, reason="stolen again")
    with pytest.raises(Problem) as refused:
        redeem(second)
    assert refused.value.code == "code_inactive"
    with pytest.raises(Problem) as kept:
        services.change_code(code=third, origin=OPERATOR, is_active=True)
    assert kept.value.code == "batch_revoked"
    assert balance() == 5
    assert OperatorAction.objects.filter(action="code_batch.revoke").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": None},
        {"bonus_percent": 5},
        {"count": 0},
        {"count": 100_001},
        {"prefix": "a b"},
        {"campaign": ""},
        {"audience": "plan"},
    ],
)
def test_a_batch_with_terms_that_break_a_rule_makes_nothing(wrong: dict[str, object]) -> None:
    terms = {"count": 2, "campaign": "cards", "amount": 5, **wrong}
    with pytest.raises(ValidationError):
        services.generate_codes(origin=OPERATOR, **terms)
    assert (PromoCode.objects.count(), CodeBatch.objects.count()) == (0, 0)
