"""/healthz tells that the process runs, /readyz what is missing."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from core.readiness import NotReady

pytestmark = pytest.mark.django_db


def test_a_running_process_is_healthy_without_asking_anything(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_complete_installation_is_ready(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def fail_loudly() -> None:
    raise RuntimeError("password hunter2")


def fail_plainly() -> None:
    raise NotReady("The moon is missing.")


def test_each_failed_check_is_named_and_insides_are_not(client: Client, settings: Settings) -> None:
    settings.READINESS_CHECKS = {
        "database": "core.readiness.check_database",
        "moon": "tests.core.api.test_health.fail_plainly",
        "loud": "tests.core.api.test_health.fail_loudly",
    }
    answer = client.get("/readyz")
    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (503, "5", "service_not_ready")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["failed"]["moon"] == "The moon is missing."
    assert set(answer.json()["failed"]) == {"moon", "loud"}
    assert b"hunter2" not in answer.content


def test_a_waiting_migration_is_not_ready(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'core'")
    assert "migrate" in client.get("/readyz").json()["failed"]["migrations"]


def test_an_unreachable_cache_and_broker_are_named(client: Client, settings: Settings) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert (answer.status_code, set(answer.json()["failed"])) == (503, {"cache", "broker"})
