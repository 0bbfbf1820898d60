import base64
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
import time_machine
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import identities
from accounts.models import ApiKey, User
from accounts.services.api_keys import create_api_key, revoke_api_key
from accounts.services.tokens import issue_tokens
from core.clock import now
from tests.accounts.conftest import ORIGIN, bearer, key_header

pytestmark = pytest.mark.django_db

ME, KEYS = "/api/v1/me", "/api/v1/api-keys"


def status(client: Client, authorization: str, path: str = ME) -> int:
    response = client.get(path, HTTP_AUTHORIZATION=authorization)
    if response.status_code == 401:
        assert response["WWW-Authenticate"].startswith("Bearer")
        assert response["Content-Type"] == "application/problem+json"
    return response.status_code


def forged(user: User, **changes: object) -> str:
    """Return an access token with other claims, or signed in another way."""
    claims = jwt.decode(issue_tokens(user).access, options={"verify_signature": False})
    key, algorithm = changes.pop("key", settings.SECRET_KEY), changes.pop("algorithm", "HS256")
    return "Bearer " + jwt.encode({**claims, **changes}, key, algorithm=algorithm)


def unsigned(user: User) -> str:
    _, payload, _ = issue_tokens(user).access.split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).decode().rstrip("=")
    return f"Bearer {none}.{payload}."


def test_an_access_token_is_accepted(client: Client, user: User) -> None:
    assert status(client, bearer(user)) == 200
    assert status(client, bearer(user).replace("Bearer", "bearer")) == 200


def test_a_forged_access_token_is_refused(client: Client, user: User) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=5)
    assert status(client, forged(user)) == 200
    for authorization in (
        forged(user, key="another secret key of sufficient length for it"),
        forged(user, algorithm="HS512"),
        forged(user, algorithm="HS384"),
        unsigned(user),
        forged(user, exp=datetime.now(UTC) - timedelta(seconds=1)),
        forged(user, token_type="refresh"),
        forged(user, sub="no uuid"),
        forged(user, sub=str(ApiKey().pk), exp=soon),
        forged(user, staff=True),
        forged(user, stamp="0" * 24),
        forged(user, stamp=None),
        "Bearer " + issue_tokens(user).refresh,
        bearer(user)[:-2],
        "Bearer",
        "Bearer a.b.c",
        "Bearer \xff\xfe",
    ):
        assert status(client, authorization) == 401, authorization


def test_an_expired_access_token_is_refused(client: Client, user: User) -> None:
    authorization = bearer(user)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        assert status(client, authorization) == 401


def test_another_scheme_is_no_credentials(client: Client, user: User) -> None:
    assert client.get(ME, HTTP_AUTHORIZATION="Basic YTpi").json()["code"] == "not_authenticated"
    assert client.get(ME).json()["code"] == "not_authenticated"


def test_a_known_user_is_not_looked_up_again(
    client: Client, user: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    authorization = bearer(user)
    assert status(client, authorization, KEYS) == 403
    with django_assert_num_queries(0):
        assert status(client, authorization, KEYS) == 403


def test_a_known_key_is_not_looked_up_again(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    authorization = key_header("read")
    assert status(client, authorization) == 403
    with django_assert_num_queries(0):
        assert status(client, authorization) == 403


@pytest.mark.parametrize("change", [{"password": "!"}, {"is_active": False}, {"session_epoch": 1}])
def test_a_user_is_refused_once_what_is_remembered_grows_old(client: Client, user: User, change: dict) -> None:
    authorization = bearer(user)
    assert status(client, authorization) == 200
    User.objects.filter(pk=user.pk).update(**change)
    identities.forget_identities()
    assert status(client, authorization) == 401


def test_new_tokens_are_good_at_once_after_a_changed_password(client: Client, user: User) -> None:
    assert status(client, bearer(user)) == 200
    user.set_password("another-lantern-43")
    user.save()
    assert status(client, bearer(user)) == 200


def test_a_former_operator_is_refused_and_not_taken_for_a_customer(client: Client, operator: User) -> None:
    authorization = bearer(operator)
    User.objects.filter(pk=operator.pk).update(is_staff=False)
    assert status(client, authorization) == 401


def test_a_key_is_accepted_by_its_text_only(client: Client, db: None) -> None:
    authorization = key_header("admin")
    assert status(client, authorization, KEYS) == 200
    prefix = authorization.split("_")[1]
    for wrong in (
        authorization[:-1],
        authorization + "x",
        authorization.replace(prefix, prefix.upper()),
        f"Api-Key sk_{prefix}_",
        f"Api-Key sk_{prefix}",
        f"Api-Key {prefix}",
        "Api-Key",
        "Api-Key sk_\xe9_\xe9",
        "Api-Key " + "x" * 5000,
        authorization.replace("Api-Key", "Bearer"),
    ):
        assert status(client, wrong, KEYS) == 401, wrong


def test_a_revoked_and_an_expired_key_are_refused(client: Client, db: None) -> None:
    revoked = create_api_key(name="r", scope="admin", origin=ORIGIN)
    expired = create_api_key(name="e", scope="admin", origin=ORIGIN, expires_at=now() + timedelta(seconds=60))
    assert [status(client, f"Api-Key {made.secret}", KEYS) for made in (revoked, expired)] == [200, 200]
    revoke_api_key(key=revoked.key, origin=ORIGIN)
    identities.forget_identities()
    assert status(client, f"Api-Key {revoked.secret}", KEYS) == 401
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61)):
        assert status(client, f"Api-Key {expired.secret}", KEYS) == 401


def test_the_last_use_of_a_key_is_written_once_a_minute(client: Client, db: None) -> None:
    made = create_api_key(name="k", scope="admin", origin=ORIGIN)
    authorization = f"Api-Key {made.secret}"
    status(client, authorization, KEYS)
    first = ApiKey.objects.get(pk=made.key.pk).last_used_at
    identities.forget_identities()  # as another process would be
    status(client, authorization, KEYS)
    assert first is not None
    assert ApiKey.objects.get(pk=made.key.pk).last_used_at == first
    identities.forget_identities()
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61)):
        status(client, authorization, KEYS)
    assert ApiKey.objects.get(pk=made.key.pk).last_used_at > first
