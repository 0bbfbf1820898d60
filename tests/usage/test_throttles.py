"""Requests per minute that a plan or a balance pays for."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from redis import Redis

from accounts.models import User
from accounts.services.tokens import issue_tokens
from credits.services import state_fact
from tests.concurrency import nursery
from tests.usage.metered import fill
from usage.throttle_counters import LocalCounter, SharedCounter
from usage.throttles import quotas


@pytest.fixture(autouse=True)
def _nothing_is_counted() -> Iterator[None]:
    quotas.clear()
    with Redis.from_url(django_settings.REDIS_URL) as redis:
        for key in redis.scan_iter("requests:*"):
            redis.delete(key)
        yield


@pytest.fixture
def client(meter: Any, transactional_db: None) -> Client:
    meter(wallet_header="", requests_per_minute={"0": 2, "100": 4})
    user = User.objects.create_user("ada@example.com", "tide-lantern-42")
    fill(50, f"user:{user.pk}")
    return Client(headers={"Authorization": f"Bearer {issue_tokens(user).access}"})


def reference() -> str:
    return f"user:{User.objects.get().pk}"


def statuses(client: Client, count: int) -> list[int]:
    return [client.get("/limited").status_code for _ in range(count)]


def test_the_balance_decides_how_many_requests_are_let_in(client: Client) -> None:
    assert statuses(client, 3) == [200, 200, 429]
    fill(50, reference())
    quotas.clear()
    assert statuses(client, 3) == [200, 200, 429]


def test_the_plan_goes_before_the_balance(client: Client) -> None:
    state_fact(reference=reference(), name="requests_per_minute", value=3)
    assert statuses(client, 4) == [200, 200, 200, 429]


def test_the_limit_is_announced_and_a_refusal_says_when_to_come_back(client: Client) -> None:
    first = client.get("/limited")
    assert first["RateLimit-Policy"] == '"requests";q=2;w=60'
    assert first["RateLimit"].startswith('"requests";r=1;t=')
    client.get("/limited")
    refused = client.get("/limited")
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert 55 <= int(refused["Retry-After"]) <= 60
    assert refused["RateLimit"].startswith('"requests";r=0;t=')


def test_without_rules_there_is_no_limit(client: Client, meter: Any) -> None:
    meter(requests_per_minute={})
    assert statuses(client, 5) == [200] * 5


def test_a_minute_that_has_passed_counts_no_more() -> None:
    now = 1000.0
    counter = LocalCounter(lambda: now)
    assert [counter.count("w", 2)[0] for _ in range(3)] == [True, True, False]
    now = 1059.9
    assert not counter.count("w", 2)[0]
    now = 1060.0
    assert counter.count("w", 2)[0]


def test_two_processes_share_one_limit_exactly() -> None:
    with nursery.context().Pool(2) as pool:
        let_in = sum(pool.map(_count, [django_settings.REDIS_URL] * 2))
    assert let_in == 100


def _count(url: str) -> int:
    counter = SharedCounter(url)
    return sum(counter.count("shared", 100)[0] for _ in range(90))


def test_while_redis_is_away_each_process_counts_for_itself() -> None:
    counter = SharedCounter("redis://127.0.0.1:1/0")
    assert [counter.count("w", 2)[0] for _ in range(3)] == [True, True, False]
