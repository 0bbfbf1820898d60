import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db

TOKEN, ADMIN = "/api/v1/auth/token", "/admin/login/"


def guess(client: Client, email: str, password: str = "wrong", **headers: str) -> int:
    body = {"email": email, "password": password}
    return client.post(TOKEN, body, content_type="application/json", **headers).status_code


def guess_in_admin(client: Client, email: str, password: str = "wrong") -> int:
    return client.post(ADMIN, {"username": email, "password": password}).status_code


def test_the_right_password_is_locked_too_after_five_wrong_ones(client: Client, user: User) -> None:
    assert [guess(client, user.email) for _ in range(5)] == [401, 401, 401, 401, 429]
    body = {"email": user.email, "password": PASSWORD}
    locked = client.post(TOKEN, body, content_type="application/json")
    assert (locked.status_code, locked.json()["code"]) == (429, "throttled")
    assert 890 <= int(locked["Retry-After"]) <= 900
    assert locked["Content-Type"] == "application/problem+json"


def announced(client: Client, email: str, password: str = "wrong") -> tuple[str, list[str], str | None]:
    """Return the policy, what is left of each limit, and how long to wait."""
    body = {"email": email, "password": password}
    answer = client.post(TOKEN, body, content_type="application/json")
    assert len(answer["RateLimit"].split(", ")) == 2
    return answer["RateLimit-Policy"], answer["RateLimit"].split(", "), answer.get("Retry-After")


def test_what_is_left_of_the_limits_is_announced(client: Client, user: User) -> None:
    policy, left, wait = announced(client, user.email)
    assert policy == '"failed-logins";q=5;w=900, "failed-logins-of-network";q=50;w=900'
    assert [state.rpartition(";t=")[0] for state in left] == [
        '"failed-logins";r=4',
        '"failed-logins-of-network";r=49',
    ]
    assert wait is None
    assert announced(client, "bo@example.com")[1][1].startswith('"failed-logins-of-network";r=48')
    assert announced(client, user.email, PASSWORD)[1][0] == '"failed-logins";r=5;t=900'


def test_a_locked_caller_waits_for_what_is_left_of_the_cool_off(client: Client, user: User) -> None:
    begin = timezone.now()
    with time_machine.travel(begin, tick=False) as clock:
        for _ in range(5):
            guess(client, user.email)
        clock.shift(timedelta(seconds=600))
        _, left, wait = announced(client, user.email)
        assert (left[0], wait) == ('"failed-logins";r=0;t=300', "300")
        clock.shift(timedelta(seconds=299))
        assert guess(client, user.email, PASSWORD) == 429
        clock.shift(timedelta(seconds=2))
        assert guess(client, user.email, PASSWORD) == 200


@override_settings(LOGIN_FAILURES_PER_ADDRESS=2)
def test_a_locked_network_waits_until_enough_failures_are_old(client: Client, user: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for name in ("bo", "cy"):
            guess(client, f"{name}@example.com")
            clock.shift(timedelta(seconds=100))
        _, left, wait = announced(client, user.email, PASSWORD)
        assert (left[1], wait) == ('"failed-logins-of-network";r=0;t=700', "700")
        clock.shift(timedelta(seconds=701))
        assert guess(client, user.email, PASSWORD) == 200


def test_an_unknown_address_is_locked_as_a_known_one(client: Client, user: User) -> None:
    known = [guess(client, user.email) for _ in range(7)]
    assert [guess(client, "nobody@example.com") for _ in range(7)] == known


def test_another_spelling_of_the_address_is_no_new_guess(client: Client, user: User) -> None:
    spellings = ["ada@example.com", "ADA@example.com", " Ada@Example.com", "\uff21da@example.com", "ada@EXAMPLE.COM"]
    assert [guess(client, spelling) for spelling in spellings][-1] == 429


def test_the_admin_and_the_api_count_together(client: Client, operator: User) -> None:
    assert [guess_in_admin(client, operator.email.upper()) for _ in range(3)] == [200, 200, 200]
    assert [guess(client, operator.email) for _ in range(2)] == [401, 429]
    assert guess_in_admin(client, operator.email, PASSWORD) == 429


def test_a_locked_admin_shows_a_page(client: Client, operator: User) -> None:
    for _ in range(5):
        guess_in_admin(client, operator.email)
    page = client.post(ADMIN, {"username": operator.email, "password": PASSWORD})
    assert page.status_code == 429
    assert 890 <= int(page["Retry-After"]) <= 900
    assert page["RateLimit"].startswith('"failed-logins";r=0;t=')
    assert b"Try again in 15 minutes" in page.content
    assert b"Too many logins failed" in page.content


def test_a_login_forgets_the_failures_before_it(client: Client, user: User) -> None:
    for _ in range(3):
        assert [guess(client, user.email) for _ in range(4)] == [401] * 4
        assert guess(client, user.email, PASSWORD) == 200


def test_another_network_is_not_locked(client: Client, user: User) -> None:
    for _ in range(6):
        guess(client, user.email)
    assert guess(client, user.email, PASSWORD, REMOTE_ADDR="192.0.2.7") == 200


def test_the_addresses_of_one_ipv6_subscriber_count_as_one(client: Client, user: User) -> None:
    answers = [guess(client, user.email, REMOTE_ADDR=f"2001:db8::{n:x}") for n in range(1, 6)]
    assert answers[-1] == 429
    assert guess(client, user.email, REMOTE_ADDR="2001:db8:0:1::1") == 401


@override_settings(LOGIN_FAILURES_PER_ADDRESS=8)
def test_one_password_on_many_names_locks_the_address(client: Client, user: User) -> None:
    assert [guess(client, f"user{n}@example.com") for n in range(8)] == [401] * 8
    assert guess(client, user.email, PASSWORD) == 429
    assert guess(client, user.email, PASSWORD, REMOTE_ADDR="192.0.2.7") == 200


def test_a_long_name_is_a_wrong_name(client: Client, db: None) -> None:
    assert guess_in_admin(client, "x" * 5000) == 200
    assert guess(client, "x" * 5000) == 400


@pytest.mark.django_db(transaction=True)
def test_r46_a_rotating_forwarded_for_does_not_lift_the_lock(live_server: LiveServer) -> None:
    User.objects.create_user("ada@example.com", PASSWORD)
    answers = [_guess_over_http(live_server.url, f"198.51.100.{n}") for n in range(8)]
    assert answers == [401] * 4 + [429] * 4


@override_settings(TRUSTED_PROXIES=1)
@pytest.mark.django_db(transaction=True)
def test_behind_a_proxy_only_the_proxys_own_entry_counts(live_server: LiveServer) -> None:
    User.objects.create_user("ada@example.com", PASSWORD)
    answers = [_guess_over_http(live_server.url, f"198.51.100.{n}, 203.0.113.9") for n in range(6)]
    assert answers == [401] * 4 + [429] * 2
    assert _guess_over_http(live_server.url, "203.0.113.10") == 401


@pytest.mark.django_db(transaction=True)
def test_guesses_that_come_at_once_are_counted_each(live_server: LiveServer) -> None:
    User.objects.create_user("ada@example.com", PASSWORD)
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda n: _guess_over_http(live_server.url, "198.51.100.1"), range(12)))
    assert set(answers) <= {401, 429}
    assert _guess_over_http(live_server.url, "198.51.100.1") == 429


def _guess_over_http(base: str, forwarded_for: str) -> int:
    headers = {"Content-Type": "application/json", "X-Forwarded-For": forwarded_for}
    body = b'{"email": "ada@example.com", "password": "wrong"}'
    try:
        with urllib.request.urlopen(urllib.request.Request(base + TOKEN, body, headers)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
