from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.clock import now
from usage.exceptions import ModelUnknown, QuantityUnpriced
from usage.models import Rate
from usage.pricing import Tier
from usage.services import NewRate, create_rate, create_rates, price_usage

pytestmark = pytest.mark.django_db
PRICES = {"input_tokens": Decimal("2.50"), "output_tokens": Decimal("10")}


def make(model: str = "gpt-4o", **terms: Any) -> Rate:
    return create_rate(rate=NewRate(model=model, **{"prices": PRICES, **terms}), actor="user:test")


def amount(model: str = "gpt-4o", **more: Any) -> int:
    return price_usage(**{"model": model, "quantities": {"input_tokens": 1000}, "at": now(), **more}).amount


def test_versions_of_one_rate_are_numbered() -> None:
    assert [make().version, make().version, make(provider="openai").version, make().version] == [1, 2, 1, 3]
    assert [rate.version for rate in create_rates(rates=[NewRate(model="gpt-4o", prices=PRICES)] * 2, actor="x")] == [
        4,
        5,
    ]


def test_a_new_version_is_in_force_at_once_and_the_old_one_for_its_time() -> None:
    before = now()
    make(effective_from=before - timedelta(days=1))
    make(prices={"input_tokens": Decimal(5)})
    assert (amount(), amount(at=before)) == (5000, 2500)


def test_terms_come_back_exactly_as_they_were_given() -> None:
    tiers = (Tier(200_000, {"input_tokens": Decimal("0.000000001")}),)
    exact = {"markup_percent": Decimal("12.345678"), "credits_per_currency_unit": Decimal("999999.999999")}
    made = make(tiers=tiers, **exact)
    terms = Rate.objects.get(pk=made.pk).terms
    assert (terms.tiers, dict(terms.prices)) == (tiers, PRICES)
    assert (terms.markup_percent, terms.credits_per_currency_unit) == tuple(exact.values())


@pytest.mark.parametrize("change", [{"markup_percent": 5}, {"effective_to": None}, {"prices": {}}])
def test_a_version_cannot_be_changed(change: dict[str, Any]) -> None:
    rate = make()
    with pytest.raises(IntegrityError), transaction.atomic():
        Rate.objects.filter(pk=rate.pk).update(**change)


def test_a_version_cannot_be_deleted() -> None:
    rate = make()
    with pytest.raises(IntegrityError), transaction.atomic():
        Rate.objects.filter(pk=rate.pk).delete()


@pytest.mark.parametrize(
    "terms",
    [
        {"markup_percent": Decimal("-100.000001")},
        {"credits_per_currency_unit": Decimal(0)},
        {"effective_from": now(), "effective_to": now() - timedelta(days=1)},
        {"model": ""},
        {"source": "rumour"},
    ],
)
def test_terms_without_sense_are_refused_by_the_database(terms: dict[str, Any]) -> None:
    rate = make("other")
    values = {name: getattr(rate, name) for name in ("provider", "model", "operation", "prices", "created_by")}
    with pytest.raises(IntegrityError), transaction.atomic():
        Rate.objects.create(**{**values, "version": 9, **terms})


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(ModelUnknown, match="No rate is in force for gpt-4o"):
        amount()


def test_an_unknown_model_may_cost_what_another_costs(settings: Any) -> None:
    settings.USAGE_UNKNOWN_MODEL, settings.USAGE_DEFAULT_MODEL = "default", "gpt-4o"
    with pytest.raises(ModelUnknown):
        amount("new-model")
    made = make(provider="openai")
    found = price_usage(model="new-model", provider="nobody", quantities={"input_tokens": 1000}, at=now())
    assert (found.amount, found.rate) == (2500, str(made.pk))


def test_an_unknown_model_may_be_free(settings: Any) -> None:
    settings.USAGE_UNKNOWN_MODEL = "free"
    found = price_usage(model="new-model", quantities={"input_tokens": 1000}, at=now())
    assert (found.amount, found.rate) == (0, None)


def test_a_quantity_without_a_price_is_named() -> None:
    make()
    with pytest.raises(QuantityUnpriced) as refused:
        amount(quantities={"images": 1})
    assert refused.value.members["quantity"] == "images"
