"""Holds that follow what calls really cost."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from redis import Redis

from tests.usage.metered import WALLET, fill, last_hold
from usage.estimator import LocalRatios, _ratios, adapt, observe
from usage.metering.config import read_metering

TEN = Decimal(10)


@pytest.fixture(autouse=True)
def _nothing_is_known() -> Iterator[None]:
    _ratios.cache_clear()
    with Redis.from_url(django_settings.REDIS_URL) as redis:
        for key in redis.scan_iter("ratios:*"):
            redis.delete(key)
        yield
    _ratios.cache_clear()


def learn(*actual: int) -> None:
    for cost in actual:
        observe(TEN, Decimal(cost), operation="/m/", model="big")


def adapted(**members: Any) -> tuple[Decimal, str]:
    _ratios.cache_clear()
    return adapt(TEN, operation="/m/", model="big", metering=read_metering({"adaptive": True, **members}))


def test_too_few_calls_teach_nothing() -> None:
    learn(*[20] * 19)
    assert adapted() == (10, "estimate")


def test_the_hold_is_the_percentile_of_what_calls_cost() -> None:
    learn(*range(1, 21))
    assert adapted() == (19, "adaptive p95 of 20: x1.9000")
    assert adapted(adaptive_percentile=50) == (10, "adaptive p50 of 20: x1.0000")


def test_the_hold_stays_within_bounds() -> None:
    learn(*[900] * 20)
    assert adapted()[0] == 40
    learn(*[1] * 200)
    assert adapted()[0] == 5


def test_models_and_operations_are_known_apart() -> None:
    learn(*[20] * 20)
    settings = read_metering({"adaptive": True})
    assert adapt(TEN, operation="/m/", model="small", metering=settings) == (10, "estimate")
    assert adapt(TEN, operation="/n/", model="big", metering=settings) == (10, "estimate")


def test_the_process_remembers_for_itself_without_redis() -> None:
    ratios = LocalRatios()
    ratios.add("a", Decimal(2))
    assert (ratios.recent("a"), ratios.recent("b")) == ([2], [])


@pytest.mark.django_db(transaction=True)
def test_calls_teach_the_next_ones(meter: Any) -> None:
    meter(adaptive=True)
    fill(1000)
    for _ in range(20):
        _post("/m/record?cost=3")
    _ratios.cache_clear()
    _post("/m/record?cost=3")
    assert (last_hold().amount, last_hold().basis) == (5, "adaptive p95 of 20: x0.5000")


def _post(path: str) -> None:
    body = json.dumps({"model": "big"})
    headers = {"X-Wallet": WALLET}
    assert Client().post(path, body, content_type="application/json", headers=headers).status_code == 200
