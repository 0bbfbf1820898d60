"""A customer is bound to the own wallet: paths, ids, bodies, keys and holds."""

from decimal import Decimal

import pytest

from credits import services
from credits.models import LedgerEntry
from credits.services import Origin
from tests.credits.api import callers
from tests.credits.api.callers import problem
from tests.security.world import World


@pytest.fixture
def world(db: None) -> World:
    return World()


def test_ids_of_someone_else_look_like_no_ids(world: World) -> None:
    unknown = "019a0000-0000-7000-8000-000000000000"
    for path, code in (
        ("holds/{}", "hold_not_found"),
        ("entries/{}", "entry_not_found"),
        ("entries/{}/explain", "entry_not_found"),
    ):
        foreign = world.hold if path.startswith("holds") else world.entry
        shown = problem(world.other.get(path.format(foreign)), 404, code)
        absent = problem(world.other.get(path.format(unknown)), 404, code)
        assert {**shown, "instance": ""} == {**absent, "instance": ""}
    for call in ("capture", "release"):
        problem(world.other.post(f"holds/{world.hold}/{call}"), 404, "hold_not_found")
    problem(world.other.post(f"holds/{world.hold}/extend", amount="1"), 404, "hold_not_found")


def test_a_customer_cannot_touch_a_hold_of_a_service(world: World) -> None:
    metering = callers.service("spend")
    hold = metering.posts(f"wallets/{world.reference}/holds", amount="3")["hold"]["id"]
    problem(world.own.post(f"holds/{hold}/capture", amount="0.000001"), 403, "not_your_hold")
    problem(world.own.post(f"holds/{hold}/release"), 403, "not_your_hold")
    problem(world.own.post(f"holds/{hold}/extend", expires_in_seconds=1), 403, "not_your_hold")
    assert metering.posts(f"holds/{hold}/capture")["hold"]["captured"] == "3"


def test_a_customer_does_not_take_a_key_of_a_payment_first(world: World) -> None:
    world.own.posts("wallets/me/consume", amount="1", key="payment:42")
    internal = Origin(principal="internal", actor="payments", key="payment:42")
    posted = services.issue_grant(reference=world.reference, amount=Decimal(50), source="purchase", origin=internal)
    assert (posted.replayed, posted.entry.kind) == (False, "issued")
    service = callers.service("admin")
    grant = service.post(f"wallets/{world.reference}/grants", amount="5", key="payment:42")
    assert grant.status_code == 201
    assert "Idempotency-Replayed" not in grant.headers


def test_no_caller_over_http_is_internal(world: World) -> None:
    callers.service("spend").posts(f"wallets/{world.reference}/consume", amount="1", key="s")
    callers.operator("Finance").posts(f"wallets/{world.reference}/grants", amount="1", key="o")
    world.own.posts("wallets/me/consume", amount="1", key="c")
    named = LedgerEntry.objects.filter(idempotency_key__in=["s", "o", "c"]).order_by("sequence")
    assert list(named.values_list("principal", flat=True)) == ["service", "operator", "customer"]
    actors = list(named.values_list("actor", flat=True))
    assert actors[0].startswith("key:")
    assert actors[2] == world.reference


def test_two_keys_of_a_service_share_the_namespace_of_their_wallet(world: World) -> None:
    first = callers.service("spend").posts(f"wallets/{world.reference}/consume", amount="1", key="k")
    again = callers.service("admin").posts(f"wallets/{world.reference}/consume", amount="1", key="k")
    assert again["id"] == first["id"]


def test_minting_needs_credentials_r40(world: World) -> None:
    nobody = callers.Caller(None)
    for caller, status in ((nobody, 401), (world.own, 403), (callers.service("spend"), 403)):
        for path in (f"wallets/{world.reference}/grants", f"wallets/{world.reference}/adjust", "transfers"):
            assert caller.post(path, amount="1000000").status_code == status
    assert nobody.client.post("/api/schema/apply", {"sql": "UPDATE"}, format="json").status_code == 404
    assert nobody.client.post("/api/schema", {}, format="json").status_code == 405


def test_a_person_cannot_recharge_the_own_wallet(world: World) -> None:
    for path in ("grants", "adjust", "reset", "freeze", "unfreeze", "forgive-debt"):
        problem(world.own.post(f"wallets/me/{path}", amount="5", reason="mine"), 403, "permission_denied")
    problem(world.own.patch("wallets/me", attributes={}), 403, "permission_denied")


def test_the_admin_site_asks_for_an_operators_session(world: World) -> None:
    for caller in (callers.Caller(None), world.own, callers.service("admin"), callers.operator("Admin")):
        answer = caller.client.get("/admin/credits/wallet/")
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/admin/login/")


def test_options_tells_nobody_how_a_view_is_made(world: World) -> None:
    for path in ("/api/v1/wallets", "/api/v1/api-keys", "/api/v1/me"):
        for caller in (callers.Caller(None), world.own, callers.service("admin")):
            assert caller.client.options(path).status_code in (401, 403, 405)
