from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import override_settings
from django.utils.module_loading import import_string
from rest_framework.test import APIClient
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts.models import User
from credits.models import Wallet
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db

REGISTER, TOKEN, REFRESH, LOGOUT, ME = (
    f"/api/v1/{path}" for path in ("auth/register", "auth/token", "auth/token/refresh", "auth/logout", "me")
)


def post(api: APIClient, path: str, **body: object) -> tuple[int, dict]:
    response = api.post(path, body, format="json")
    return response.status_code, response.json() if response.content else {}


def log_in(api: APIClient, user: User) -> dict[str, str]:
    status, pair = post(api, TOKEN, email=user.email, password=PASSWORD)
    assert status == 200
    return pair


def test_a_registered_user_can_log_in_and_see_himself(api: APIClient) -> None:
    status, user = post(api, REGISTER, email="Bo@Example.COM", password=PASSWORD, name="Bo")
    assert (status, user["email"], user["name"], user["wallet"]) == (201, "bo@example.com", "Bo", f"user:{user['id']}")
    status, pair = post(api, TOKEN, email="BO@example.com", password=PASSWORD)
    assert status == 200
    assert api.get(ME, HTTP_AUTHORIZATION=f"Bearer {pair['access']}").json() == user


def test_a_registered_user_has_a_wallet_when_the_answer_comes(api: APIClient) -> None:
    _, user = post(api, REGISTER, email="bo@example.com", password=PASSWORD)
    assert Wallet.objects.get(reference=user["wallet"]).balance == 0


def test_a_registration_shows_no_password(api: APIClient) -> None:
    _, user = post(api, REGISTER, email="bo@example.com", password=PASSWORD)
    assert set(user) == {"id", "email", "name", "wallet", "attributes", "preferences", "created_at"}


@pytest.mark.parametrize(
    "spelling", ["ada@example.com", "ADA@example.com", " ada@EXAMPLE.com ", "\uff41da@example.com"]
)
def test_an_address_is_taken_in_every_spelling(api: APIClient, user: User, spelling: str) -> None:
    status, problem = post(api, REGISTER, email=spelling, password=PASSWORD)
    assert (status, problem["code"]) == (409, "email_taken")


def test_a_compatibility_letter_makes_no_second_user(api: APIClient) -> None:
    User.objects.create_user("kim@example.com", PASSWORD)
    assert post(api, REGISTER, email="\u212aim@example.com", password=PASSWORD)[0] == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": PASSWORD}, "email"),
        ({"email": "nobody", "password": PASSWORD}, "email"),
        ({"email": 7, "password": PASSWORD}, "email"),
        ({"email": "bo@example.com"}, "password"),
        ({"email": "bo@example.com", "password": "short"}, "password"),
        ({"email": "bo@example.com", "password": "password123"}, "password"),
        ({"email": "bo@example.com", "password": "bo@example.com"}, "password"),
        ({"email": "bo@example.com", "password": "x" * 1025}, "password"),
        ({"email": "bo@example.com", "password": PASSWORD, "is_staff": True}, "is_staff"),
        ({"email": f"{'b' * 250}@example.com", "password": PASSWORD}, "email"),
    ],
)
def test_a_wrong_registration_names_its_member(api: APIClient, body: dict[str, object], field: str) -> None:
    status, problem = post(api, REGISTER, **body)
    assert (status, problem["code"]) == (400, "validation_failed")
    assert {error["field"] for error in problem["errors"]} == {field}
    assert not User.objects.exists()


def test_a_taken_address_is_not_revealed_to_a_password_that_would_be_refused(api: APIClient, user: User) -> None:
    assert post(api, REGISTER, email=user.email, password="short")[0] == 400


def refuse_to_open(user: User) -> None:
    raise RuntimeError("no wallet today")


def test_a_user_whose_wallet_cannot_be_opened_is_not_registered(api: APIClient) -> None:
    hook = f"{__name__}.refuse_to_open"
    assert import_string(hook) is refuse_to_open
    with override_settings(USER_OPENED_HOOKS=[hook]), pytest.raises(RuntimeError):
        post(api, REGISTER, email="bo@example.com", password=PASSWORD)
    assert not User.objects.exists()


@override_settings(REGISTRATIONS_PER_ADDRESS_AND_HOUR=2)
def test_an_address_registers_only_so_many(api: APIClient) -> None:
    with time_machine.travel(datetime(2030, 1, 1, 9, 20, tzinfo=UTC), tick=False) as clock:
        bodies = [{"email": f"bo{n}@example.com", "password": PASSWORD} for n in range(3)]
        answers = [api.post(REGISTER, body, format="json") for body in bodies]
        assert [answer.status_code for answer in answers] == [201, 201, 429]
        states = [f'"registrations";r={left};t=2400' for left in (1, 0, 0)]
        assert [answer["RateLimit"] for answer in answers] == states
        assert {answer["RateLimit-Policy"] for answer in answers} == {'"registrations";q=2;w=3600'}
        refused = api.post(REGISTER, bodies[2], format="json", HTTP_X_FORWARDED_FOR="203.0.113.9")
        assert (refused.status_code, refused["Retry-After"]) == (429, "2400")
        clock.shift(timedelta(seconds=2400))
        assert api.post(REGISTER, bodies[2], format="json").status_code == 201


def test_wrong_credentials_are_answered_alike(api: APIClient, user: User) -> None:
    User.objects.create_user("off@example.com", PASSWORD, is_active=False)
    tries = [(user.email, "wrong"), ("nobody@example.com", PASSWORD), ("off@example.com", PASSWORD)]
    answers = [post(api, TOKEN, email=email, password=password) for email, password in tries]
    assert all(answer == answers[0] for answer in answers)
    assert (answers[0][0], answers[0][1]["code"]) == (401, "authentication_failed")


class CountingHasher(MD5PasswordHasher):
    runs = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).runs += 1
        return super().encode(password, salt)


@override_settings(PASSWORD_HASHERS=[f"{__name__}.CountingHasher"])
def test_an_unknown_address_takes_as_much_hashing_as_a_wrong_password(api: APIClient, user: User) -> None:
    def runs_for(email: str) -> int:
        before = CountingHasher.runs
        post(api, TOKEN, email=email, password="wrong")
        return CountingHasher.runs - before

    user.set_password(PASSWORD)
    user.save()
    assert runs_for("nobody@example.com") == runs_for(user.email) == 1


def test_a_401_names_the_scheme(api: APIClient, user: User) -> None:
    refused = api.post(TOKEN, {"email": user.email, "password": "wrong"}, format="json")
    assert refused["WWW-Authenticate"].startswith("Bearer")
    assert refused["Content-Type"] == "application/problem+json"


def test_a_login_is_remembered_on_the_user(api: APIClient, user: User) -> None:
    log_in(api, user)
    user.refresh_from_db()
    assert user.last_login is not None


def test_no_refresh_token_is_stored(api: APIClient, user: User) -> None:
    pair = log_in(api, user)
    post(api, REFRESH, refresh=pair["refresh"])
    assert set(OutstandingToken.objects.values_list("token", flat=True)) == {""}


def test_a_refresh_token_works_once(api: APIClient, user: User) -> None:
    first = log_in(api, user)
    status, second = post(api, REFRESH, refresh=first["refresh"])
    assert status == 200
    assert api.get(ME, HTTP_AUTHORIZATION=f"Bearer {second['access']}").status_code == 200
    assert post(api, REFRESH, refresh=first["refresh"])[0] == 401
    assert post(api, REFRESH, refresh=second["refresh"])[0] == 200


def test_a_logged_out_token_cannot_be_refreshed_and_logging_out_twice_is_no_error(api: APIClient, user: User) -> None:
    pair = log_in(api, user)
    assert [post(api, LOGOUT, refresh=pair["refresh"])[0] for _ in range(2)] == [204, 204]
    assert post(api, REFRESH, refresh=pair["refresh"])[0] == 401


@pytest.mark.parametrize("change", ["password", "disable", "epoch", "delete"])
def test_a_refresh_token_dies_with_what_it_stands_on(api: APIClient, user: User, change: str) -> None:
    pair = log_in(api, user)
    if change == "password":
        user.set_password("another-lantern-43")
    elif change == "disable":
        user.is_active = False
    elif change == "epoch":
        user.session_epoch += 1
    user.save() if change != "delete" else user.delete()
    assert post(api, REFRESH, refresh=pair["refresh"])[0] == 401


@pytest.mark.parametrize("path", [REFRESH, LOGOUT])
@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é" * 9, 7, None])
def test_what_is_no_refresh_token_is_refused(api: APIClient, path: str, token: object) -> None:
    assert post(api, path, refresh=token)[0] in (400, 401)


def test_an_access_token_cannot_be_refreshed(api: APIClient, user: User) -> None:
    assert post(api, REFRESH, refresh=log_in(api, user)["access"])[0] == 401
