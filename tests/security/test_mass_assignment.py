"""Every field of every model is sent to every call that takes a body: none is taken that the contract does not name."""

import json
from typing import Any

import pytest
from django.apps import apps

from accounts.models import User
from credits.models import Wallet
from tests.credits.api import callers
from tests.credits.api.callers import problem
from tests.security.rooms import ROOMS
from tests.security.routes import url
from tests.security.world import BODIES, World

FIELDS = sorted(
    {
        field.attname
        for app in ("accounts", "credits", "core")
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.concrete_fields
    }
    | {field.name for model in (User, Wallet) for field in model._meta.concrete_fields}
    | {"principal", "actor", "key", "at", "is_staff", "is_superuser", "groups", "user_permissions"}
)
CALLS = sorted((method, route) for method, route in BODIES if route not in ("consumptions",))
# Members that a body may name, besides those of its example.
NAMED = {
    ("POST", "api-keys"): {"expires_at"},
    ("POST", "auth/register"): {"name"},
    ("PATCH", "me"): {"attributes", "preferences"},
    ("POST", "wallets"): {"owner", "time_zone", "attributes"},
    ("PATCH", "wallets/<str:reference>"): {"attributes"},
    ("POST", "wallets/<str:reference>/grants"): {
        *("source", "priority", "effective_at", "expires_at", "rollover", "description", "metadata"),
    },
    ("POST", "wallets/<str:reference>/consume"): {"overage", "description", "metadata"},
    ("POST", "wallets/<str:reference>/holds"): {"description", "metadata"},
    ("POST", "wallets/<str:reference>/forgive-debt"): {"amount"},
    ("POST", "entries/<uuid:entry_id>/reverse"): {"amount", "expires_at"},
    ("POST", "transfers"): {"description"},
    ("PUT", "schemas/<str:subject>"): {"reason"},
    ("POST", "test-clock"): set(),
    **{call: members for room in ROOMS for call, members in getattr(room, "NAMED", {}).items()},
}


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.mark.parametrize(("method", "route"), CALLS, ids=lambda part: part)
def test_no_field_of_a_model_is_taken_by_name(method: str, route: str, world: World, settings: Any) -> None:
    settings.TEST_CLOCK_ENABLED = True
    body = BODIES[method, route](world)
    sent = {name: "1" for name in FIELDS if name not in body and name not in NAMED.get((method, route), ())}
    caller = world.own if route == "me" else callers.service("admin")
    before = _rows()
    response = caller.client.generic(
        method, url(route, world.arguments()), _json({**body, **sent}), content_type="application/json"
    )
    refused = {error["field"] for error in problem(response, 400, "validation_failed")["errors"]}
    assert set(sent) <= refused
    assert _rows() == before


def test_no_field_of_a_model_is_taken_by_an_item_of_a_batch(world: World) -> None:
    item = {"reference": world.reference, "amount": "1"}
    named = {*item, "overage", "description", "metadata", "idempotency_key"}
    sent = {name: "1" for name in FIELDS if name not in named}
    before = _rows()
    answer = callers.service("spend").post("consumptions", items=[{**item, **sent}])
    (result,) = answer.json()["results"]
    assert result["status"] == 400
    assert set(sent) <= {error["field"] for error in result["problem"]["errors"]}
    assert _rows() == before


def test_a_customer_cannot_make_himself_an_operator(world: World) -> None:
    for name in ("is_staff", "is_superuser", "is_active", "email", "password", "session_epoch", "groups"):
        response = world.own.client.patch("/api/v1/me", {name: True}, format="json")
        problem(response, 400, "validation_failed")
    user = User.objects.get(pk=world.user.pk)
    assert (user.is_staff, user.is_superuser, user.email) == (False, False, "a@example.com")


def _rows() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (User, Wallet)]


def _json(body: dict[str, Any]) -> str:
    return json.dumps(body)
