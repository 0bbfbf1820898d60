"""What the source systems get wrong, over HTTP; each test names the numbered case (R3 ...) that it answers."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from credits.models import LedgerEntry
from tests.credits.api import callers
from tests.credits.api.callers import PASSWORD, Caller, problem


@pytest.fixture
def admin(db: None) -> Caller:
    return callers.service("admin")


def test_300_grants_of_one_are_300_r03(admin: Caller) -> None:
    for number in range(300):
        wallet = admin.posts("wallets/ada/grants", amount="1", key=f"add-{number}")["wallet"]
    assert wallet["balance"] == "300"
    assert wallet["sequence"] == 300


def test_paid_credits_survive_the_end_of_a_spent_plan_r07_r08(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="100", source="subscription", expires_in_days=30)
    admin.posts("wallets/ada/consume", amount="100")
    admin.posts("wallets/ada/grants", amount="50", source="purchase")
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        for _ in range(2):
            assert admin.get("wallets/ada").json()["balance"] == "50"
        assert admin.get("wallets/ada/entries", kind="expired").json()["results"] == []


def test_what_is_left_of_a_plan_expires_once_r08(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="100", source="subscription", expires_in_days=30)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        for _ in range(2):
            (entry,) = admin.get("wallets/ada/entries", kind="expired").json()["results"]
        assert (entry["amount"], entry["contra"]) == ("-100", "breakage")


def test_a_grant_lives_as_long_as_it_was_given_and_once_r09(admin: Caller) -> None:
    for _ in range(2):
        grant = admin.posts(
            "wallets/ada/grants", amount="100", source="subscription", expires_in_days=365, key="2026-period"
        )
    life = datetime.fromisoformat(grant["expires_at"]) - datetime.fromisoformat(grant["effective_at"])
    assert life == timedelta(days=365)
    assert grant["wallet"]["balance"] == "100"


def test_an_abandoned_hold_frees_itself_r14(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="100")
    admin.posts("wallets/ada/holds", amount="100")
    problem(admin.post("wallets/ada/consume", amount="1"), 402, "insufficient_credits")
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=1)):
        assert admin.posts("wallets/ada/consume", amount="100")["wallet"]["balance"] == "0"


def test_an_instant_needs_its_offset_and_no_time_zone_breaks_it_r27(admin: Caller) -> None:
    for text in ("2027-01-01T00:00:00Z", "2027-01-01T05:30:00+05:30"):
        assert admin.posts("wallets/ada/grants", amount="1", expires_at=text)["expires_at"] == "2027-01-01T00:00:00Z"
    assert callers.fields(admin.post("wallets/ada/grants", amount="1", expires_at="2027-01-01T00:00:00")) == [
        "expires_at"
    ]


def test_a_registered_person_has_what_was_added_r32(admin: Caller) -> None:
    body = {"email": "new@example.com", "password": PASSWORD}
    user = callers.Caller(None).posts("auth/register", **body)
    admin.posts(f"wallets/{user['wallet']}/grants", amount="100")
    token = callers.Caller(None).post("auth/token", **body).json()["access"]
    assert callers.Caller(f"Bearer {token}").get("wallets/me").json()["balance"] == "100"


@pytest.mark.run_once
def test_a_failed_commit_is_no_success_r42(transactional_db: None) -> None:
    """A deferred trigger of PostgreSQL fails where nothing else can: in COMMIT."""
    admin = callers.service("admin")
    admin.posts("wallets/ada/grants", amount="1")
    admin.client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no commit'; END $$;"
            "CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON credits_ledgerentry"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()"
        )
        try:
            response = admin.post("wallets/ada/grants", amount="50", key="k")
        finally:
            cursor.execute("DROP TRIGGER fail ON credits_ledgerentry; DROP FUNCTION fail()")
    assert problem(response, 500, "internal_error")["title"] == "Internal error"
    assert LedgerEntry.objects.count() == 1
    assert admin.get("wallets/ada").json()["balance"] == "1"
    assert admin.posts("wallets/ada/grants", amount="50", key="k")["wallet"]["balance"] == "51"
