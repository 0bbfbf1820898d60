"""What an order costs, in whole units."""

from decimal import Decimal

import pytest

from payments.exceptions import AmountNotSold, PackNotFound
from payments.models import PackPrice
from payments.services.pricing import offer_of_amount, offer_of_pack
from tests.payments.orders import pack

pytestmark = pytest.mark.django_db


def test_a_pack_has_its_price_in_the_currency_asked_for() -> None:
    made = pack()
    PackPrice.objects.create(pack=made, currency="JPY", amount_minor=3000)
    assert [offer_of_pack("starter", code).amount_minor for code in ("USD", "JPY", "")] == [1999, 3000, 1999]
    with pytest.raises(PackNotFound):
        offer_of_pack("starter", "EUR")


@pytest.mark.parametrize(("quantity", "credits"), [(1, 2000), (4, 8000), (5, 11000), (10, 25000)])
def test_the_highest_tier_that_is_reached_gives_its_bonus(quantity: int, credits: int) -> None:
    tiers = [{"from_quantity": 10, "bonus_percent": 25}, {"from_quantity": 5, "bonus_percent": 10}]
    pack(bonus_tiers=tiers)
    offer = offer_of_pack("starter", "USD", quantity)
    assert (offer.credits, offer.amount_minor) == (Decimal(credits), 1999 * quantity)


def test_a_pack_off_sale_is_not_found() -> None:
    pack(is_active=False)
    with pytest.raises(PackNotFound):
        offer_of_pack("starter")


def test_a_free_amount_lies_within_its_bounds() -> None:
    assert offer_of_amount(1999, "USD").credits == Decimal(1999)
    for amount, currency in ((499, "USD"), (100_001, "USD"), (1000, "EUR")):
        with pytest.raises(AmountNotSold):
            offer_of_amount(amount, currency)
