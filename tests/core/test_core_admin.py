"""Operators see the machinery's rows, change none, and may have failed events tried again."""

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from core.models import AttributeSchema, Event, EventStream, IdempotentRequest, TestClock

pytestmark = pytest.mark.django_db
MODELS = (AttributeSchema, Event, EventStream, IdempotentRequest, TestClock)


@pytest.fixture
def operator(client: Client) -> Client:
    """Return a client that is logged in as a superuser."""
    user = User.objects.create_superuser(email="root@example.com", password="pw")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def failed_event() -> Event:
    at = timezone.now()
    return Event.objects.create(
        stream="a", stream_seq=1, name="x.y", payload={}, created_at=at, attempts=3, next_attempt_at=at, last_error="e"
    )


@pytest.mark.parametrize("model", MODELS)
def test_each_model_has_a_read_only_list(operator: Client, model: type, settings: Settings) -> None:
    settings.TEST_CLOCK_ENABLED = True
    assert model in admin.site._registry
    path = f"/admin/core/{model.__name__.lower()}/"
    assert operator.get(path).status_code == 200
    assert operator.get(f"{path}add/").status_code == 403


def test_failed_events_are_found_and_tried_again(operator: Client) -> None:
    event = failed_event()
    page = operator.get("/admin/core/event/?delivery=failed")
    assert b"x.y" in page.content
    operator.post("/admin/core/event/", {"action": "retry", "_selected_action": [event.id]})
    event.refresh_from_db()
    assert (event.next_attempt_at, event.attempts) == (None, 3)


def test_an_event_cannot_be_changed_or_deleted(operator: Client) -> None:
    event = failed_event()
    assert operator.post(f"/admin/core/event/{event.id}/change/", {"name": "z"}).status_code == 403
    assert operator.post(f"/admin/core/event/{event.id}/delete/", {"post": "yes"}).status_code == 403
    assert Event.objects.get().name == "x.y"
