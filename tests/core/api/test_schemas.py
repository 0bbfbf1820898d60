"""Runtime schemas: a new version holds at once, unless stored rows would break it."""

from typing import Any

import pytest

from accounts.models import User
from core.attributes import CHUNK, validate_attributes
from core.exceptions import ValidationFailed
from core.models import AttributeSchema
from tests.core.callers import service

pytestmark = pytest.mark.django_db

AGE = {"type": "object", "properties": {"age": {"type": "integer", "minimum": 0}}, "required": ["age"]}


def put(body: dict[str, Any], subject: str = "user") -> Any:
    return service("admin").put(f"/api/v1/schemas/{subject}", body, format="json")


def add_users(*attributes: dict[str, Any]) -> None:
    count = User.objects.count()
    User.objects.bulk_create(
        User(email=f"u{count + n}@example.com", attributes=given) for n, given in enumerate(attributes)
    )


def test_everything_is_allowed_before_there_is_a_schema() -> None:
    answer = service("admin").get("/api/v1/schemas/wallet")
    assert (answer.status_code, answer.json()["version"], answer.json()["schema"]) == (200, 0, {})
    validate_attributes("wallet", {"anything": ["goes"]})


def test_a_schema_holds_as_soon_as_it_is_put_and_each_put_is_a_version() -> None:
    assert put({"schema": AGE}).json()["version"] == 1
    validate_attributes("user", {"age": 5})
    with pytest.raises(ValidationFailed) as refusal:
        validate_attributes("user", {"age": -1})
    assert refusal.value.members["errors"] == [
        {"field": "attributes.age", "detail": "-1 is less than the minimum of 0"}
    ]
    assert put({"schema": {}}).json()["version"] == 2
    validate_attributes("user", {"age": -1})
    assert service("admin").get("/api/v1/schemas/user").json()["version"] == 2
    assert AttributeSchema.objects.count() == 2


def test_a_schema_that_stored_rows_break_is_refused_with_their_count() -> None:
    add_users({"age": 1}, {"age": "old"}, {}, {"age": 2})
    answer = put({"schema": AGE})
    assert (answer.status_code, answer.json()["code"], answer.json()["broken_rows"]) == (409, "schema_breaks_rows", 2)
    assert not AttributeSchema.objects.exists()


def test_force_needs_a_reason_and_is_remembered() -> None:
    add_users({})
    assert put({"schema": AGE, "force": True}).json()["errors"][0]["field"] == "reason"
    answer = put({"schema": AGE, "force": True, "reason": "ticket 7"})
    assert answer.status_code == 200
    row = AttributeSchema.objects.get()
    assert (row.broken_rows, row.reason, row.actor) == (1, "ticket 7", "key:test")


def test_stored_rows_are_counted_beyond_one_chunk() -> None:
    add_users(*[{"age": 1}] * CHUNK, *[{}] * 7)
    assert put({"schema": AGE}).json()["broken_rows"] == 7


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "nonsense"},
        {"properties": {"a": {"minimum": "x"}}},
        {"$ref": "https://evil.example/schema"},
        {"$ref": "#"},
        {"properties": {"a": {"$ref": "#/$defs/b"}}, "$defs": {"b": {}}},
        {"properties": {"a": {"pattern": "(a+)+$"}}},
        {"allOf": [{"patternProperties": {"(a+)+$": {}}}]},
        {"$id": "https://example.com"},
        {"description": "x" * 20_000},
    ],
)
def test_a_schema_that_is_wrong_or_dangerous_is_refused(schema: dict[str, Any]) -> None:
    answer = put({"schema": schema})
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")


def test_a_property_may_have_the_name_of_a_forbidden_word() -> None:
    schema = {"properties": {"pattern": {"type": "string", "enum": ["$ref"]}}, "required": ["pattern"]}
    assert put({"schema": schema}).status_code == 200


def test_attributes_have_a_size() -> None:
    with pytest.raises(ValidationFailed):
        validate_attributes("user", {"a": "x" * 20_000})


def test_an_unknown_subject_is_not_found() -> None:
    assert put({"schema": {}}, "planet").status_code == 404
    assert service("admin").get("/api/v1/schemas/planet").status_code == 404


@pytest.mark.parametrize("body", [{}, {"schema": []}, {"schema": {}, "forced": True}, {"schema": {}, "force": "yes"}])
def test_a_malformed_change_is_refused(body: dict[str, Any]) -> None:
    assert put(body).status_code == 400


def test_only_an_admin_may_see_and_change_schemas() -> None:
    client = service("grant")
    assert client.get("/api/v1/schemas/user").status_code == 403
    assert client.put("/api/v1/schemas/user", {"schema": {}}, format="json").status_code == 403
