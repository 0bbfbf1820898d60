import pytest
from django.test import Client

from accounts.models import User
from core.attributes import replace_schema
from tests.accounts.conftest import bearer, key_header

pytestmark = pytest.mark.django_db

ME = "/api/v1/me"


def patch(client: Client, user: User, body: object) -> tuple[int, dict]:
    answer = client.patch(ME, body, content_type="application/json", HTTP_AUTHORIZATION=bearer(user))
    return answer.status_code, answer.json()


def test_a_user_changes_name_attributes_and_preferences(client: Client, user: User) -> None:
    changes = {"name": "Ada L.", "attributes": {"team": "blue"}, "preferences": {"theme": "dark", "size": 1.5}}
    status, body = patch(client, user, changes)
    assert status == 200
    assert {name: body[name] for name in changes} == changes
    assert client.get(ME, HTTP_AUTHORIZATION=bearer(user)).json() == body


def test_a_member_left_out_stays(client: Client, user: User) -> None:
    patch(client, user, {"attributes": {"team": "blue"}})
    assert patch(client, user, {"name": "Countess"})[1]["attributes"] == {"team": "blue"}


@pytest.mark.parametrize(
    "body",
    [
        {"email": "eve@example.com"},
        {"is_staff": True},
        {"name": 7},
        {"name": "x" * 151},
        {"attributes": [1]},
        {"attributes": None},
        {"preferences": {"x": "y" * 17_000}},
        [],
    ],
)
def test_what_is_not_the_users_to_change_is_refused(client: Client, user: User, body: object) -> None:
    status, problem = patch(client, user, body)
    assert (status, problem["code"]) == (400, "validation_failed")
    user.refresh_from_db()
    assert (user.email, user.name, user.is_staff) == ("ada@example.com", "Ada", False)


def test_attributes_meet_the_schema_of_users(client: Client, user: User) -> None:
    replace_schema(subject="user", schema={"properties": {"seats": {"type": "integer"}}}, actor="user:test")
    assert patch(client, user, {"attributes": {"seats": 3}})[0] == 200
    status, problem = patch(client, user, {"attributes": {"seats": "three"}})
    assert (status, problem["errors"][0]["field"]) == (400, "attributes.seats")


def test_an_operator_sees_himself_and_a_key_is_nobody(client: Client, operator: User) -> None:
    assert client.get(ME, HTTP_AUTHORIZATION=bearer(operator)).json()["email"] == operator.email
    assert client.get(ME, HTTP_AUTHORIZATION=key_header("admin")).status_code == 403


def test_a_deleted_user_who_is_still_remembered_is_refused(client: Client, user: User) -> None:
    authorization = bearer(user)
    client.get(ME, HTTP_AUTHORIZATION=authorization)
    User.objects.filter(pk=user.pk).delete()
    assert client.get(ME, HTTP_AUTHORIZATION=authorization).status_code == 401
