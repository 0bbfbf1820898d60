"""The page on which an operator moves the clock of a test installation."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from core import clock

pytestmark = pytest.mark.django_db
PAGE = "/admin/core/testclock/"


def site(**rights: bool) -> Client:
    user = User.objects.create_user("op@example.com", "tide-lantern-42", is_staff=True, **rights)
    user.user_permissions.set(Permission.objects.filter(codename="view_testclock"))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(autouse=True)
def movable(settings: Settings) -> None:
    settings.TEST_CLOCK_ENABLED = True
    clock.forget_offset()


def test_an_operator_moves_the_clock_and_returns_to_real_time() -> None:
    operator = site(is_superuser=True)
    shown = operator.post(PAGE, {"now": "2030-01-01 00:00"}, follow=True)
    assert "2030-01-01 00:00" in shown.content.decode()
    assert abs(clock.now() - datetime(2030, 1, 1, tzinfo=UTC)) < timedelta(seconds=30)
    operator.post(PAGE, {"now": ""})
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=30)


def test_who_may_only_look_moves_nothing() -> None:
    looker = site()
    assert looker.get(PAGE).status_code == 200
    assert looker.post(PAGE, {"now": "2030-01-01 00:00"}).status_code == 403
    assert clock.now().year < 2030


def test_a_real_installation_has_no_such_page(settings: Settings) -> None:
    settings.TEST_CLOCK_ENABLED = False
    assert site(is_superuser=True).get(PAGE).status_code == 403
