from decimal import Decimal

import pytest

from tests.credits.api.callers import Caller, fields, problem


@pytest.fixture
def used(admin: Caller) -> Caller:
    admin.posts("wallets/ada/grants", amount="10", expires_in_days=3)
    admin.posts("wallets/ada/grants", amount="20")
    admin.posts("wallets/ada/consume", amount="4")
    admin.posts("wallets/ada/holds", amount="5")
    return admin


def test_a_balance_is_explained_by_its_grants(used: Caller) -> None:
    told = used.get("wallets/ada/explain").json()
    assert (told["balance"], told["held"], told["available"]) == ("26", "5", "21")
    assert sum(Decimal(grant["remaining"]) for grant in told["grants"]) == 26
    assert sum(Decimal(kind["amount"]) for kind in told["kinds"]) == 26
    then = used.get("wallets/ada/entries").json()["results"][-1]["effective_at"]
    assert used.get("wallets/ada/explain", at=then).json()["balance"] == "10"
    assert fields(used.get("wallets/ada/explain", at="noon")) == ["at"]


def test_a_refusal_is_explained(used: Caller) -> None:
    refusal = problem(used.post("wallets/ada/consume", amount="22"), 402, "insufficient_credits")
    told = used.get("wallets/ada/explain", refusal=refusal["refusal"]).json()
    assert "Add at least 1 credits." in told["would_pass"]
    used.posts("wallets/bob/grants", amount="1")
    problem(used.get("wallets/bob/explain", refusal=refusal["refusal"]), 404, "refusal_not_found")


def test_an_entry_is_explained_by_what_it_moved(used: Caller) -> None:
    entry = used.get("wallets/ada/entries", kind="consumed").json()["results"][0]
    told = used.get(f"entries/{entry['id']}/explain").json()
    moved = [(part["moved"], part["remaining_before"], part["remaining_after"]) for part in told["allocations"]]
    assert moved == [("-4", "10", "6")]


def test_what_ends_soon_is_listed(used: Caller) -> None:
    assert [grant["amount"] for grant in used.get("wallets/ada/expiring").json()["results"]] == ["10"]
    assert used.get("wallets/ada/expiring", days=2).json()["results"] == []
    for days in ("0", "367", "x"):
        assert fields(used.get("wallets/ada/expiring", days=days)) == ["days"]


def test_days_without_use_are_zero(used: Caller) -> None:
    told = used.get("wallets/ada/stats", days=5).json()
    assert [(day["consumed"], day["issued"]) for day in told["daily"]] == [("0", "0")] * 4 + [("4", "30")]
    assert told["totals"] == {"consumed": "-4", "issued": "30"}
    assert len(used.get("wallets/ada/stats").json()["daily"]) == 30
    assert fields(used.get("wallets/ada/stats", days=0)) == ["days"]


def test_a_forecast_says_what_pays_and_when_it_runs_out(used: Caller) -> None:
    told = used.get("wallets/ada/forecast", daily="8", days=10).json()
    assert told["daily"] == "8"
    assert told["runs_out_at"] is not None
    assert sum(Decimal(part["amount"]) for part in told["pays"]) + sum(
        Decimal(part["amount"]) for part in told["expires_unused"]
    ) == Decimal(26)
    assert used.get("wallets/ada/forecast", daily="0").json()["runs_out_at"] is None
    assert fields(used.get("wallets/ada/forecast", daily="-1")) == ["daily"]
    assert fields(used.get("wallets/ada/forecast", days=366)) == ["days"]


def test_a_customer_sees_what_is_his(used: Caller, customer: Caller) -> None:
    used.posts(f"wallets/{customer.reference}/grants", amount="3")
    for path in ("", "/entries", "/grants", "/holds", "/expiring", "/stats", "/explain", "/forecast"):
        assert customer.get(f"wallets/me{path}").status_code == 200
        problem(customer.get(f"wallets/ada{path}"), 404, "wallet_not_found")
    entry = used.get("wallets/ada/entries").json()["results"][0]["id"]
    problem(customer.get(f"entries/{entry}"), 404, "entry_not_found")
    problem(customer.get(f"entries/{entry}/explain"), 404, "entry_not_found")
    own = customer.get("wallets/me/entries").json()["results"][0]["id"]
    assert customer.get(f"entries/{own}/explain").status_code == 200


def test_a_refusal_and_an_instant_are_not_explained_at_once(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="5")
    refusal = admin.post("wallets/ada/consume", amount="50").json()["refusal"]
    assert admin.get("wallets/ada/explain", refusal=refusal).status_code == 200
    both = admin.get("wallets/ada/explain", refusal=refusal, at="2026-11-21T09:30:00Z")
    assert fields(both) == ["refusal"]
