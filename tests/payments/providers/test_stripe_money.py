"""Each currency that Stripe counts otherwise than ISO 4217, or takes in steps, and one of each usual kind."""

import pytest

from payments.providers.protocol import ProviderRefused
from payments.providers.stripe_money import from_stripe, to_stripe


@pytest.mark.parametrize(
    ("currency", "amount_minor", "at_stripe"),
    [
        ("USD", 1999, 1999),
        ("JPY", 500, 500),
        ("KRW", 500, 500),
        ("ISK", 5, 500),
        ("MGA", 500, 5),
        ("KWD", 5120, 5120),
        ("BHD", 10, 10),
    ],
)
def test_an_amount_goes_there_and_back(currency: str, amount_minor: int, at_stripe: int) -> None:
    assert to_stripe(amount_minor, currency) == at_stripe
    assert from_stripe(at_stripe, currency) == amount_minor


@pytest.mark.parametrize(("currency", "amount_minor"), [("KWD", 5124), ("OMR", 1), ("MGA", 550), ("UGX", 500)])
def test_what_stripe_cannot_take_is_refused_before_it_is_asked(currency: str, amount_minor: int) -> None:
    with pytest.raises(ProviderRefused):
        to_stripe(amount_minor, currency)
