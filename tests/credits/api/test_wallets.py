import time
from datetime import timedelta

import time_machine
from django.utils import timezone

from core.attributes import replace_schema
from tests.credits.api import callers
from tests.credits.api.callers import Caller, fields, problem

MEMBERS = {
    *("reference", "status", "balance", "held", "available", "debt", "expiring", "sequence"),
    *("time_zone", "attributes", "created_at", "updated_at"),
}


def test_opening_twice_is_opening_once(admin: Caller) -> None:
    terms = {"reference": "acme", "time_zone": "Europe/Berlin", "attributes": {"tier": 1}}
    first = admin.post("wallets", terms)
    again = admin.post("wallets", terms)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert set(first.json()) == MEMBERS
    assert (first.json()["balance"], first.json()["attributes"]) == ("0", {"tier": 1})
    problem(admin.post("wallets", reference="acme"), 409, "wallet_exists")


def test_a_wallet_may_have_an_owner_and_an_owner_one_wallet(admin: Caller, customer: Caller) -> None:
    from accounts.models import User

    owner = User.objects.create_user("bo@example.com", "x")
    assert admin.post("wallets", reference="bo", owner=str(owner.pk)).status_code == 201
    problem(admin.post("wallets", reference="bo2", owner=str(owner.pk)), 409, "wallet_exists")
    unknown = "019a0000-0000-7000-8000-000000000000"
    for value in (unknown, "ada", 5, []):
        assert fields(admin.post("wallets", reference="x", owner=value)) == ["owner"]


def test_what_is_no_wallet_is_named(admin: Caller) -> None:
    for reference in ("me", ".", "..", "", "a b", "a/b", "ü", "x" * 129, 5, None):
        assert fields(admin.post("wallets", {"reference": reference})) == ["reference"], reference
    for zone in ("Mars/Olympus", "localtime", "Factory", "europe/berlin", "../UTC"):
        assert fields(admin.post("wallets", reference="a", time_zone=zone)) == ["time_zone"], zone
    for source in (".", ".."):
        assert fields(admin.post("transfers", source=source, target="b", amount="1")) == ["source"]
    assert fields(admin.post("wallets", reference="a", attributes=[])) == ["attributes"]
    assert fields(admin.post("wallets", reference="a", balance="5")) == ["balance"]


def test_attributes_meet_the_schema_of_the_hour(admin: Caller) -> None:
    replace_schema(subject="wallet", schema={"properties": {"tier": {"type": "integer"}}}, actor="test")
    assert fields(admin.post("wallets", reference="a", attributes={"tier": "gold"})) == ["attributes.tier"]
    admin.post("wallets", reference="a", attributes={"tier": 1})
    assert fields(admin.patch("wallets/a", attributes={"tier": "gold"})) == ["attributes.tier"]


def test_changing_replaces_attributes_and_the_time_zone(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="5")
    changed = admin.patch("wallets/ada", attributes={"a": 1}, time_zone="Asia/Tokyo")
    assert (changed.status_code, changed.json()["attributes"]) == (200, {"a": 1})
    assert admin.get("wallets/ada").json() == changed.json()
    assert fields(admin.patch("wallets/ada", balance="100")) == ["balance"]
    problem(admin.patch("wallets/nobody", time_zone="UTC"), 404, "wallet_not_found")


def test_a_read_shows_the_present_without_a_worker(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="5", expires_in_days=1)
    admin.posts("wallets/ada/grants", amount="7")
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        wallet = admin.get("wallets/ada").json()
        assert (wallet["balance"], wallet["expiring"], wallet["sequence"]) == ("7", [], 3)
        assert admin.get("wallets").json()["results"] == [wallet]
        assert admin.post("wallets/ada/refresh").json() == wallet


def test_a_past_balance_is_shown_and_a_future_one_refused(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="5")
    then = timezone.now()
    time.sleep(0.001)
    admin.posts("wallets/ada/consume", amount="2")
    past = admin.get("wallets/ada", at=then.isoformat()).json()
    assert (past["balance"], past["available"], past["sequence"]) == ("5", "5", 1)
    assert set(past) == MEMBERS | {"at"}
    future = (timezone.now() + timedelta(days=1)).isoformat()
    problem(admin.get("wallets/ada", at=future), 400, "invalid_operation")
    assert fields(admin.get("wallets/ada", at="yesterday")) == ["at"]
    assert fields(admin.get("wallets/ada", when="now")) == ["when"]


def test_wallets_are_found_by_a_part_of_the_reference(admin: Caller) -> None:
    for reference in ("acme-1", "acme-2", "Bolt"):
        admin.posts(f"wallets/{reference}/grants", amount="1", expires_in_days=1)
    admin.posts("wallets/acme-2/freeze", reason="why not")

    def found(**query: str) -> list[str]:
        return [wallet["reference"] for wallet in admin.get("wallets", **query).json()["results"]]

    assert found() == ["Bolt", "acme-2", "acme-1"]
    assert found(search="acme") == ["acme-2", "acme-1"]
    assert found(search="acme", status="frozen") == ["acme-2"]
    assert found(limit="1") == ["Bolt"]
    assert fields(admin.get("wallets", owner="x")) == ["owner"]
    shown = admin.get("wallets").json()["results"][0]
    assert shown == admin.get("wallets/Bolt").json()


def test_an_unknown_wallet_is_404(admin: Caller) -> None:
    for path in ("", "/entries", "/grants", "/holds", "/expiring", "/stats", "/explain", "/forecast"):
        problem(admin.get(f"wallets/nobody{path}"), 404, "wallet_not_found")
        problem(admin.get(f"wallets/me{path}"), 404, "wallet_not_found")
    problem(admin.post("wallets/nobody/refresh"), 404, "wallet_not_found")
    for path in ("freeze", "unfreeze", "reset", "forgive-debt"):
        problem(admin.post(f"wallets/nobody/{path}", reason="x"), 404, "wallet_not_found")
    problem(admin.post("wallets/nobody/adjust", reason="x", amount="1"), 404, "wallet_not_found")


def test_freezing_and_unfreezing_answer_with_the_entry(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="5")
    frozen = admin.posts("wallets/ada/freeze", reason="fraud", key="f")
    assert (frozen["kind"], frozen["wallet"]["status"], frozen["description"]) == ("frozen", "frozen", "fraud")
    problem(admin.post("wallets/ada/freeze", reason="fraud"), 409, "already_in_status")
    assert admin.posts("wallets/ada/unfreeze", reason="cleared")["wallet"]["status"] == "active"
    again = admin.posts("wallets/ada/freeze", reason="fraud", key="f")
    assert (again["id"], again["wallet"]["status"]) == (frozen["id"], "active")


def test_adjusting_adds_and_takes(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="5")
    assert admin.posts("wallets/ada/adjust", amount="2.5", reason="sorry")["wallet"]["balance"] == "7.5"
    assert admin.posts("wallets/ada/adjust", amount="-7", reason="mistake")["wallet"]["balance"] == "0.5"
    problem(admin.post("wallets/ada/adjust", amount="-1", reason="more"), 402, "insufficient_credits")
    for amount in ("0", "-0", "--1", "- 1"):
        assert fields(admin.post("wallets/ada/adjust", amount=amount, reason="x")) == ["amount"]
    assert fields(admin.post("wallets/ada/adjust", amount="1")) == ["reason"]


def test_resetting_takes_all(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="5")
    entry = admin.posts("wallets/ada/reset", reason="closed", key="r")
    assert (entry["kind"], entry["amount"], entry["wallet"]["balance"]) == ("reset", "-5", "0")
    admin.posts("wallets/ada/grants", amount="3")
    assert admin.posts("wallets/ada/reset", reason="closed", key="r")["wallet"]["balance"] == "3"


def test_only_debt_that_is_there_is_forgiven(admin: Caller) -> None:
    from decimal import Decimal

    from credits import services

    grant = admin.posts("wallets/ada/grants", amount="5", source="purchase")["id"]
    admin.posts("wallets/ada/consume", amount="5")
    services.claw_back(grant=grant, amount=Decimal(5), reason="refund")
    assert admin.get("wallets/ada").json()["debt"] == "5"
    problem(admin.post("wallets/ada/forgive-debt", amount="6", reason="x"), 409, "debt_too_small")
    entry = admin.posts("wallets/ada/forgive-debt", amount="2", reason="goodwill")
    assert (entry["kind"], entry["debt_change"], entry["wallet"]["debt"]) == ("debt_forgiven", "-2", "3")
    assert admin.posts("wallets/ada/forgive-debt", reason="goodwill")["wallet"]["debt"] == "0"


def test_a_transfer_moves_credits_and_shows_both_entries(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="5", source="promotion")
    admin.post("wallets", reference="bob")
    body = {"source": "ada", "target": "bob", "amount": "2", "description": "a gift"}
    answer = admin.posts("transfers", **body, key="t")
    assert set(answer) == {"entry", "target_entry"}
    assert (answer["entry"]["reference"], answer["entry"]["amount"]) == ("ada", "-2")
    assert (answer["target_entry"]["reference"], answer["target_entry"]["amount"]) == ("bob", "2")
    assert answer["target_entry"]["caused_by"] == answer["entry"]["id"]
    again = admin.post("transfers", body, key="t")
    assert (again.headers["Idempotency-Replayed"], again.json()) == ("true", answer)
    assert admin.get("wallets/bob").json()["balance"] == "2"


def test_a_transfer_that_cannot_be_is_refused(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="5")
    problem(admin.post("transfers", source="ada", target="ada", amount="1"), 400, "same_wallet")
    problem(admin.post("transfers", source="ada", target="nobody", amount="1"), 404, "wallet_not_found")
    admin.post("wallets", reference="bob")
    problem(admin.post("transfers", source="ada", target="bob", amount="6"), 402, "insufficient_credits")
    assert fields(admin.post("transfers", source="me", target="a b", amount="1")) == ["source", "target"]


def test_a_wallet_of_someone_else_looks_like_none(admin: Caller, customer: Caller) -> None:
    other = callers.customer("eve@example.com")
    foreign = problem(customer.get(f"wallets/{other.reference}"), 404, "wallet_not_found")
    unknown = problem(customer.get("wallets/nobody"), 404, "wallet_not_found")
    assert {**foreign, "instance": ""} == {**unknown, "instance": ""}
    assert customer.get("wallets/me").json()["reference"] == customer.reference


def test_a_write_takes_no_query(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="5")
    for path, body in (
        ("wallets", {"reference": "bob"}),
        ("wallets/ada/grants", {"amount": "5"}),
        ("wallets/ada/consume", {"amount": "5"}),
        ("wallets/ada/holds", {"amount": "5"}),
        ("wallets/ada/freeze", {"reason": "x"}),
        ("wallets/ada/refresh", {}),
        ("consumptions", {"items": [{"reference": "ada", "amount": "1"}]}),
        ("api-keys", {"name": "x", "scope": "read"}),
        ("auth/register", {"email": "bo@example.com", "password": "tide-lantern-42"}),
        ("auth/token", {"email": "bo@example.com", "password": "tide-lantern-42"}),
    ):
        assert fields(admin.post(f"{path}?overage=up_to", body)) == ["overage"], path
    assert fields(admin.patch("wallets/ada?force=true", attributes={})) == ["force"]
    assert admin.get("wallets/ada").json()["balance"] == "5"


def test_numbers_are_no_texts_in_a_body(admin: Caller) -> None:
    assert fields(admin.post("wallets/ada/grants", amount="5", priority="5")) == ["priority"]
    assert fields(admin.post("wallets/ada/holds", amount="5", expires_in_seconds="60")) == ["expires_in_seconds"]
    hold = {"amount": "1", "final": "true"}
    assert fields(admin.post("holds/019a0000-0000-7000-8000-000000000000/capture", hold)) == ["final"]
    refused = problem(admin.post("wallets/ada/consume", amount="5", overage="some"), 400, "validation_failed")
    assert refused["errors"] == [{"field": "overage", "detail": "Send one of: strict, up_to."}]
