from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.identities import forget_identities
from accounts.models import ApiKey, OperatorAction, User
from accounts.services.api_keys import create_api_key
from core.clock import now
from tests.accounts.conftest import ORIGIN, bearer, key_header

pytestmark = pytest.mark.django_db

KEYS = "/api/v1/api-keys"


def make(client: Client, authorization: str, **body: object) -> tuple[int, dict]:
    body = {"name": "worker", "scope": "spend", **body}
    answer = client.post(KEYS, body, content_type="application/json", HTTP_AUTHORIZATION=authorization)
    return answer.status_code, answer.json()


def test_a_new_key_works_and_its_text_is_shown_once(client: Client) -> None:
    admin = key_header("admin")
    status, made = make(client, admin, scope="admin")
    assert status == 201
    listed = client.get(KEYS, HTTP_AUTHORIZATION=f"Api-Key {made['key']}").json()["results"]
    assert {"id": made["id"], "prefix": made["key"].split("_")[1]}.items() <= listed[0].items()
    assert not any("key" in entry or "secret_hash" in entry for entry in listed)


def test_the_text_of_a_key_is_stored_nowhere(client: Client) -> None:
    _, made = make(client, key_header("admin"))
    key = ApiKey.objects.get(pk=made["id"])
    secret = made["key"].rpartition("_")[2]
    rows = [*ApiKey.objects.values_list(), *OperatorAction.objects.values_list()]
    assert key.prefix not in secret
    assert secret not in repr(rows)


def test_a_revoked_key_is_refused_and_revoking_it_again_is_no_error(client: Client) -> None:
    admin = key_header("admin")
    _, made = make(client, admin, scope="admin")
    path = f"{KEYS}/{made['id']}"
    assert [client.delete(path, HTTP_AUTHORIZATION=admin).status_code for _ in range(2)] == [204, 204]
    forget_identities()
    assert client.get(KEYS, HTTP_AUTHORIZATION=f"Api-Key {made['key']}").status_code == 401
    assert OperatorAction.objects.filter(action="api_key.revoke", target_id=made["id"]).count() == 1


def test_an_unknown_key_is_not_found(client: Client, user: User) -> None:
    answer = client.delete(f"{KEYS}/{user.pk}", HTTP_AUTHORIZATION=key_header("admin"))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("scope", ["read", "spend", "grant"])
def test_a_lesser_key_handles_no_keys(client: Client, scope: str) -> None:
    assert make(client, key_header(scope))[0] == 403
    assert client.get(KEYS, HTTP_AUTHORIZATION=key_header(scope)).status_code == 403


def test_an_operator_needs_the_permission(client: Client, operator: User, user: User) -> None:
    assert make(client, bearer(user))[0] == 403
    assert make(client, bearer(operator))[0] == 403
    operator.user_permissions.add(Permission.objects.get(codename="add_apikey"))
    forget_identities()
    status, made = make(client, bearer(operator))
    assert (status, made["created_by"]) == (201, f"user:{operator.pk}")
    line = OperatorAction.objects.get(action="api_key.create", target_id=made["id"])
    assert (line.operator, line.actor, line.ip, line.after["scope"]) == (
        operator,
        f"user:{operator.pk}",
        "127.0.0.1",
        "spend",
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scope": "root"}, "scope"),
        ({"scope": ["admin"]}, "scope"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2099-01-01T00:00:00"}, "expires_at"),
        ({"prefix": "mine"}, "prefix"),
    ],
)
def test_a_wrong_key_request_names_its_member(client: Client, body: dict, field: str) -> None:
    status, problem = make(client, key_header("admin"), **body)
    assert status == 400
    assert problem["errors"][0]["field"] == field


def test_a_key_can_be_made_to_expire(client: Client) -> None:
    expires_at = (now() + timedelta(days=1)).isoformat()
    _, made = make(client, key_header("admin"), expires_at=expires_at)
    assert ApiKey.objects.get(pk=made["id"]).expires_at.isoformat() == expires_at


def test_keys_are_listed_newest_first_in_pages(client: Client) -> None:
    for number in range(3):
        create_api_key(name=str(number), scope="read", origin=ORIGIN)
    admin = key_header("admin")
    first = client.get(KEYS, {"limit": 2}, HTTP_AUTHORIZATION=admin).json()
    second = client.get(first["next"], HTTP_AUTHORIZATION=admin).json()
    assert [key["name"] for page in (first, second) for key in page["results"]] == ["test", "2", "1", "0"]
    assert client.get(KEYS, {"scope": "read"}, HTTP_AUTHORIZATION=admin).status_code == 400


def test_a_repeated_request_makes_no_second_key_and_never_shows_the_text_again(client: Client) -> None:
    admin = key_header("admin")
    answers = [
        client.post(
            KEYS,
            {"name": "worker", "scope": "spend"},
            content_type="application/json",
            headers={"Authorization": admin, "Idempotency-Key": "once"},
        )
        for _ in range(2)
    ]
    first, second = (answer.json() for answer in answers)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert second == {name: value for name, value in first.items() if name != "key"}
    assert answers[1]["Idempotency-Replayed"] == "true"
    assert ApiKey.objects.filter(name="worker").count() == 1
