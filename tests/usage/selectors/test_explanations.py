from decimal import Decimal

import pytest

from tests.credits.api import callers

pytestmark = pytest.mark.django_db


def test_a_charge_tells_rate_quantities_rounding_and_grants() -> None:
    admin = callers.service("admin")
    prices = {"input_tokens": "0.15", "output_tokens": "0.6"}
    terms = {"markup_percent": "10", "credits_per_currency_unit": "3.7"}
    rate = admin.posts("rates", model="m", prices=prices, **terms)
    admin.posts("wallets/ada/grants", amount="1")
    used = admin.posts("usage/events", reference="ada", model="m", input_tokens=1001, output_tokens=7)
    told = admin.get(f"entries/{used['entry']['id']}/explain").json()
    (charge,) = told["charges"]
    assert (charge["usage"], charge["amount"], charge["model"]) == (used["id"], used["amount"], "m")
    assert charge["rate"] == {"id": rate["id"], "version": 1, "currency": "USD", **terms}
    assert charge["lines"] == [
        {"quantity": "input_tokens", "units": "1001", "price": "0.15", "per": 1_000_000, "amount": "0.0006111105"},
        {"quantity": "output_tokens", "units": "7", "price": "0.6", "per": 1_000_000, "amount": "0.000017094"},
    ]
    lines = sum(Decimal(line["amount"]) for line in charge["lines"])
    assert lines + Decimal(charge["rounding"]) == Decimal(charge["amount"]) == -Decimal(told["entry"]["amount"])
    assert [part["moved"] for part in told["allocations"]] == [f"-{charge['amount']}"]


def test_an_entry_that_charges_for_no_usage_has_no_charges() -> None:
    admin = callers.service("admin")
    granted = admin.posts("wallets/ada/grants", amount="1")
    assert admin.get(f"entries/{granted['entry']['id']}/explain").json()["charges"] == []
