from datetime import datetime, timedelta

from django.utils import timezone

from credits.engine.kinds import SOURCES
from tests.credits.api import callers
from tests.credits.api.callers import Caller, fields, problem


def instant(days: float) -> str:
    return (timezone.now() + timedelta(days=days)).isoformat()


def test_a_grant_opens_the_wallet_and_shows_its_entry(admin: Caller) -> None:
    grant = admin.posts(
        "wallets/new/grants", amount="100", source="promotion", priority=10, expires_at=instant(30), description="hello"
    )
    assert (grant["amount"], grant["remaining"], grant["held"], grant["source"]) == ("100", "100", "0", "promotion")
    assert (grant["priority"], grant["description"], grant["voided_at"]) == (10, "hello", None)
    assert (grant["entry"]["kind"], grant["entry"]["grant"]) == ("issued", grant["id"])
    assert grant["wallet"]["expiring"] == [{"amount": "100", "expires_at": grant["expires_at"]}]
    assert admin.get("wallets/new/grants").json()["results"][0]["id"] == grant["id"]


def test_days_count_from_now(admin: Caller) -> None:
    grant = admin.posts("wallets/ada/grants", amount="1", expires_in_days=7)
    life = datetime.fromisoformat(grant["expires_at"]) - datetime.fromisoformat(grant["effective_at"])
    assert life == timedelta(days=7)


def test_a_scheduled_grant_does_not_count_yet(admin: Caller) -> None:
    grant = admin.posts("wallets/ada/grants", amount="5", effective_at=instant(1), key="next")
    assert (grant["entry"]["kind"], grant["remaining"], grant["wallet"]["balance"]) == ("scheduled", "0", "0")
    again = admin.post("wallets/ada/grants", amount="5", effective_at=grant["effective_at"], key="next")
    assert (again.headers["Idempotency-Replayed"], again.json()["id"]) == ("true", grant["id"])


def test_a_replayed_grant_is_shown_as_it_is_now(admin: Caller) -> None:
    first = admin.posts("wallets/ada/grants", amount="5", key="order-1")
    admin.posts("wallets/ada/consume", amount="5")
    again = admin.posts("wallets/ada/grants", amount="5", key="order-1")
    assert (again["remaining"], again["entry"], again["created_at"]) == ("0", first["entry"], first["created_at"])


def test_a_grant_may_roll_over(admin: Caller) -> None:
    rule = {"percent": 50, "days": 30, "times": 2}
    admin.posts("wallets/ada/grants", amount="5", expires_in_days=1, rollover=rule)
    for rule, field in (
        ({"percent": 101}, "rollover.percent"),
        ({"percent": 5, "amount": "1"}, "rollover.percent"),
        ({"days": 0}, "rollover.days"),
        ({"share": 1}, "rollover.share"),
        ("all", "rollover"),
    ):
        assert fields(admin.post("wallets/ada/grants", amount="5", expires_in_days=1, rollover=rule)) == [field]


def test_every_source_is_taken_and_purchase_only_from_admin(db: None) -> None:
    admin, granting = callers.service("admin"), callers.service("grant")
    for source in SOURCES:
        assert admin.posts("wallets/ada/grants", amount="1", source=source)["source"] == source
    assert granting.posts("wallets/ada/grants", amount="1")["source"] == "adjustment"
    refusal = problem(granting.post("wallets/ada/grants", amount="1", source="purchase"), 403, "permission_denied")
    assert refusal["right"] == "admin"
    finance = callers.operator("Finance")
    finance.posts("wallets/ada/grants", amount="1", source="promotion")
    problem(finance.post("wallets/ada/grants", amount="1", source="purchase"), 403, "permission_denied")


def test_what_is_no_grant_is_named(admin: Caller) -> None:
    path = "wallets/ada/grants"
    for member, value in (
        ("amount", "0"),
        ("source", "gift"),
        ("priority", 101),
        ("priority", -1),
        ("expires_at", "2027-01-01"),
        ("expires_at", "2027-01-01T00:00:00"),
        ("expires_at", 5),
        ("effective_at", "tomorrow"),
        ("expires_in_days", 0),
        ("expires_in_days", 36501),
        ("remaining", "5"),
    ):
        assert fields(admin.post(path, {"amount": "1", member: value})) == [member], (member, value)
    both = {"amount": "1", "expires_in_days": 1, "expires_at": instant(1)}
    assert fields(admin.post(path, both)) == ["expires_in_days"]


def test_dates_in_the_past_are_refused(admin: Caller) -> None:
    problem(admin.post("wallets/ada/grants", amount="1", expires_at=instant(-1)), 400, "invalid_operation")
    problem(admin.post("wallets/ada/grants", amount="1", effective_at=instant(-1)), 400, "invalid_operation")


def test_voiding_takes_back_what_is_left(admin: Caller) -> None:
    grant = admin.posts("wallets/ada/grants", amount="10")["id"]
    admin.posts("wallets/ada/consume", amount="4")
    entry = admin.posts(f"grants/{grant}/void", reason="mistake", key="void-1")
    assert (entry["kind"], entry["amount"], entry["description"]) == ("voided", "-6", "mistake")
    assert admin.post(f"grants/{grant}/void", reason="mistake", key="void-1").status_code == 201
    problem(admin.post(f"grants/{grant}/void", reason="again"), 409, "grant_not_voidable")
    assert fields(admin.post(f"grants/{grant}/void", {})) == ["reason"]
    assert fields(admin.post(f"grants/{grant}/void", {"reason": ""})) == ["reason"]
    unknown = "grants/019a0000-0000-7000-8000-000000000000/void"
    problem(admin.post(unknown, reason="x"), 404, "grant_not_found")


def test_ten_tenths_are_exactly_one_r29(admin: Caller) -> None:
    for _ in range(10):
        wallet = admin.posts("wallets/ada/grants", amount="0.1")["wallet"]
    assert wallet["balance"] == "1"


def test_a_json_number_is_taken_as_it_is_written_r29(admin: Caller) -> None:
    body = '{"amount": 0.1}'
    for _ in range(10):
        answer = admin.client.post("/api/v1/wallets/ada/grants", body, content_type="application/json")
        assert answer.status_code == 201
    assert admin.get("wallets/ada").json()["balance"] == "1"


def test_nan_is_no_amount_r26(admin: Caller) -> None:
    for body in ('{"amount": NaN}', '{"amount": Infinity}', '{"amount": -Infinity}'):
        answer = admin.client.post("/api/v1/wallets/ada/grants", body, content_type="application/json")
        problem(answer, 400, "malformed_json")
    for text in ("NaN", "Infinity", "nan", "sNaN"):
        assert fields(admin.post("wallets/ada/grants", amount=text)) == ["amount"]
    problem(admin.get("wallets/ada"), 404, "wallet_not_found")


def test_what_passes_32_bits_is_no_crash_r43_r47(admin: Caller) -> None:
    assert fields(admin.post("wallets/ada/grants", amount=2**31)) == ["amount"]
    assert fields(admin.post("wallets/ada/grants", amount=2**63)) == ["amount"]
    for _ in range(2):
        admin.posts("wallets/ada/grants", amount="400000000")
    assert admin.get("wallets/ada").json()["balance"] == "800000000"
    problem(admin.post("wallets/ada/grants", amount="400000000"), 409, "balance_too_large")
    assert admin.get("wallets/ada").json()["balance"] == "800000000"
