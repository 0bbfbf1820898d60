from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.credits.api.callers import Caller, fields, problem


@pytest.fixture
def funded(admin: Caller) -> Caller:
    admin.posts("wallets/ada/grants", amount="100")
    return admin


def test_placing_sets_credits_aside(funded: Caller) -> None:
    answer = funded.posts("wallets/ada/holds", amount="60", description="a job", metadata={"job": 1})
    assert set(answer) == {"hold", "entry", "wallet"}
    hold = answer["hold"]
    assert (hold["reference"], hold["amount"], hold["status"], hold["captured"]) == ("ada", "60", "active", "0")
    assert (hold["description"], hold["metadata"], hold["ended_at"]) == ("a job", {"job": 1}, None)
    assert (answer["entry"]["kind"], answer["entry"]["hold"]) == ("held", hold["id"])
    assert (answer["wallet"]["balance"], answer["wallet"]["available"]) == ("100", "40")


def test_a_partial_capture_frees_the_rest(funded: Caller) -> None:
    hold = funded.posts("wallets/ada/holds", amount="60")["hold"]["id"]
    answer = funded.posts(f"holds/{hold}/capture", amount="25", metadata={"tokens": 9})
    assert (answer["hold"]["status"], answer["hold"]["captured"]) == ("captured", "25")
    assert (answer["entry"]["amount"], answer["entry"]["held_change"]) == ("-25", "-60")
    assert (answer["wallet"]["balance"], answer["wallet"]["held"]) == ("75", "0")


def test_a_capture_that_is_not_final_keeps_the_hold_open(funded: Caller) -> None:
    hold = funded.posts("wallets/ada/holds", amount="60")["hold"]["id"]
    answer = funded.posts(f"holds/{hold}/capture", amount="25", final=False)
    assert (answer["hold"]["status"], answer["wallet"]["held"]) == ("active", "35")


def test_releasing_frees_everything(funded: Caller) -> None:
    hold = funded.posts("wallets/ada/holds", amount="60")["hold"]["id"]
    answer = funded.posts(f"holds/{hold}/release")
    assert (answer["hold"]["status"], answer["entry"]["kind"]) == ("released", "released")
    assert answer["wallet"]["available"] == "100"


def test_extending_moves_the_end_and_may_cover_more(funded: Caller) -> None:
    placed = funded.posts("wallets/ada/holds", amount="60", expires_in_seconds=60)["hold"]
    answer = funded.posts(f"holds/{placed['id']}/extend", expires_in_seconds=600, amount="10")
    assert answer["hold"]["expires_at"] > placed["expires_at"]
    assert (answer["hold"]["amount"], answer["wallet"]["held"]) == ("70", "70")
    problem(funded.post(f"holds/{placed['id']}/extend", amount="31"), 402, "insufficient_credits")
    problem(funded.post(f"holds/{placed['id']}/extend", expires_in_seconds=604800), 400, "invalid_operation")


def test_a_hold_can_be_looked_at_in_every_state(funded: Caller) -> None:
    held = funded.posts("wallets/ada/holds", amount="10")
    path = f"holds/{held['hold']['id']}"
    assert funded.get(path).json() == held
    captured = funded.posts(f"{path}/capture", amount="3")
    assert funded.get(path).json() == captured


def test_a_hold_that_expired_says_so_without_a_worker(funded: Caller) -> None:
    hold = funded.posts("wallets/ada/holds", amount="10", expires_in_seconds=60)["hold"]["id"]
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        answer = funded.get(f"holds/{hold}").json()
        assert (answer["hold"]["status"], answer["entry"]["kind"]) == ("expired", "hold_expired")
        assert answer["wallet"]["available"] == "100"
        refusal = problem(funded.post(f"holds/{hold}/capture"), 409, "hold_not_active")
        assert refusal["hold_status"] == "expired"


def test_a_hold_is_captured_once_r06(funded: Caller) -> None:
    hold = funded.posts("wallets/ada/holds", amount="30")["hold"]["id"]
    funded.posts(f"holds/{hold}/capture")
    problem(funded.post(f"holds/{hold}/capture"), 409, "hold_not_active")
    problem(funded.post(f"holds/{hold}/release"), 409, "hold_not_active")
    assert funded.get("wallets/ada").json()["balance"] == "70"


def test_placing_twice_under_one_key_makes_one_hold(funded: Caller) -> None:
    first = funded.posts("wallets/ada/holds", amount="60", key="job-1")
    funded.posts(f"holds/{first['hold']['id']}/capture", amount="5", key="job-1-done")
    again = funded.post("wallets/ada/holds", amount="60", key="job-1")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["entry"] == first["entry"]
    assert (again.json()["hold"]["status"], again.json()["wallet"]["balance"]) == ("captured", "95")
    replay = funded.post(f"holds/{first['hold']['id']}/capture", amount="5", key="job-1-done")
    assert (replay.status_code, replay.json()["wallet"]["balance"]) == (201, "95")


def test_nothing_to_capture_is_refused(funded: Caller) -> None:
    hold = funded.posts("wallets/ada/holds", amount="60")["hold"]["id"]
    assert problem(funded.post(f"holds/{hold}/capture", amount="0"), 400, "invalid_operation")["field"] == "amount"


def test_what_is_no_hold_is_named(funded: Caller) -> None:
    path = "wallets/ada/holds"
    for seconds in (0, -1, 604801, "soon", 1.5, True):
        assert fields(funded.post(path, {"amount": "1", "expires_in_seconds": seconds})) == ["expires_in_seconds"]
    assert fields(funded.post(path, {"amount": "0"})) == ["amount"]
    hold = funded.posts(path, amount="1")["hold"]["id"]
    assert fields(funded.post(f"holds/{hold}/capture", {"final": "yes"})) == ["final"]
    assert fields(funded.post(f"holds/{hold}/release", {"why": "so"})) == ["why"]
    problem(funded.post(f"holds/{hold}/extend", {}), 400, "invalid_operation")


def test_holds_are_listed_newest_first(funded: Caller) -> None:
    ids = [funded.posts("wallets/ada/holds", amount="1")["hold"]["id"] for _ in range(3)]
    page = funded.get("wallets/ada/holds", limit=2).json()
    assert [hold["id"] for hold in page["results"]] == ids[:0:-1]
    assert funded.client.get(page["next"]).json()["results"][0]["id"] == ids[0]
    assert fields(funded.get("wallets/ada/holds", status="active")) == ["status"]


def test_an_unknown_hold_is_404(funded: Caller) -> None:
    for call in ("capture", "release", "extend"):
        body = {"amount": "1"} if call == "extend" else {}
        path = f"holds/019a0000-0000-7000-8000-000000000000/{call}"
        problem(funded.post(path, body), 404, "hold_not_found")
    problem(funded.get("holds/019a0000-0000-7000-8000-000000000000"), 404, "hold_not_found")
    problem(funded.get("holds/not-an-id"), 404, "not_found")


def test_a_customer_settles_only_holds_of_the_own_hand(admin: Caller, customer: Caller) -> None:
    admin.posts(f"wallets/{customer.reference}/grants", amount="100")
    foreign = admin.posts(f"wallets/{customer.reference}/holds", amount="10")["hold"]["id"]
    for call in ("capture", "release"):
        problem(customer.post(f"holds/{foreign}/{call}"), 403, "not_your_hold")
    problem(customer.post(f"holds/{foreign}/extend", amount="1"), 403, "not_your_hold")
    assert customer.get(f"holds/{foreign}").json()["hold"]["status"] == "active"
    own = customer.posts("wallets/me/holds", amount="10")["hold"]["id"]
    customer.posts(f"holds/{own}/extend", amount="1")
    assert customer.posts(f"holds/{own}/capture")["wallet"]["balance"] == "89"
