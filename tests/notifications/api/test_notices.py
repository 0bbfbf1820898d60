"""The inbox, preferences and the unsubscribe link over HTTP."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from core.events import publish
from notifications.models import Notice
from notifications.services.deliveries import send_deliveries
from tests.credits.api import callers
from tests.credits.api.callers import Caller, fields, problem
from tests.notifications.telling import consume, grant, relay, told

pytestmark = pytest.mark.django_db
PREFERENCES = "notification-preferences"


@pytest.fixture
def ada() -> Caller:
    return callers.customer("ada@example.com")


def mailed(ada: Caller) -> Any:
    """Let a balance become low; return the mail that tells it."""
    grant(ada.reference, 100)
    consume(ada.reference, 90)
    relay()
    send_deliveries()
    (mail_sent,) = mail.outbox
    return mail_sent


def test_an_owner_reads_the_inbox_and_marks_what_was_read(ada: Caller) -> None:
    mailed(ada)
    (notice,) = ada.get("notifications").json()["results"]
    assert (notice["name"], notice["reference"], notice["read_at"]) == ("balance.low", ada.reference, None)
    assert notice["data"]["balance"] == "10"
    read = ada.post(f"notifications/{notice['id']}/read").json()
    assert read["read_at"] is not None
    assert ada.post(f"notifications/{notice['id']}/read").json()["read_at"] == read["read_at"], "the first time counts"
    assert ada.get("notifications", unread="true").json()["results"] == []


def test_nobody_reads_what_is_someone_elses(ada: Caller) -> None:
    mailed(ada)
    bob = callers.customer("bob@example.com")
    assert bob.get("notifications").json()["results"] == []
    problem(bob.get("notifications", reference=ada.reference), 404, "wallet_not_found")
    problem(bob.post(f"notifications/{Notice.objects.get().pk}/read"), 404, "not_found")
    problem(bob.get(PREFERENCES, reference=ada.reference), 404, "wallet_not_found")


def test_a_service_names_the_wallet_and_never_sees_the_operators_inbox(ada: Caller) -> None:
    mailed(ada)
    Notice.objects.create(name="ledger.violated", key="v", title="t", text="t")
    service = callers.service("read")
    assert len(service.get("notifications").json()["results"]) == 1
    assert service.get("notifications", reference="other").json()["results"] == []
    assert fields(service.get(PREFERENCES)) == ["reference"]
    assert fields(service.get("notifications", unread="1")) == ["unread"]


def test_preferences_are_replaced_as_a_whole(ada: Caller) -> None:
    before = ada.get(PREFERENCES).json()
    assert (before["low_balance_percent"], before["expiring_days"]) == (20, [7, 1])
    sent = {"low_balance_amount": "12.5", "expiring_days": [30], "channels": {"email": ["payment.*", "balance.low"]}}
    after = ada.client.put(f"/api/v1/{PREFERENCES}", sent, format="json").json()
    assert {name: after[name] for name in ("low_balance_amount", "expiring_days")} == {
        "low_balance_amount": "12.5",
        "expiring_days": [30],
    }
    assert after["channels"] == {"inbox": ["*"], "email": ["payment.*", "balance.low"]}
    assert ada.client.put(f"/api/v1/{PREFERENCES}", {}, format="json").json() == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"low_balance_amount": "-1"}, "low_balance_amount"),
        ({"low_balance_percent": 101}, "low_balance_percent"),
        ({"low_balance_amount": "1", "low_balance_percent": 1}, "low_balance_percent"),
        ({"expiring_days": [0]}, "expiring_days.0"),
        ({"expiring_days": [91]}, "expiring_days.0"),
        ({"expiring_days": [1, 2, 3, 4, 5, 6]}, "expiring_days"),
        ({"channels": {"fax": ["*"]}}, "channels.fax"),
        ({"channels": {"email": ["no such*name"]}}, "channels.email.0"),
        ({"channels": ["email"]}, "channels"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_preferences_that_make_no_sense_are_refused(ada: Caller, body: dict[str, Any], field: str) -> None:
    assert field in fields(ada.client.put(f"/api/v1/{PREFERENCES}", body, format="json"))


def test_the_mail_has_both_forms_and_a_link_that_one_click_follows(ada: Caller, client: Client) -> None:
    sent = mailed(ada)
    assert "fallen to 10 credits, below the 20" in sent.body
    ((html, kind),) = sent.alternatives
    assert kind == "text/html"
    assert "<h1" in html
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = re.fullmatch(r"<(http://127\.0\.0\.1:9(/unsubscribe/\S+))>", sent.extra_headers["List-Unsubscribe"])
    assert link is not None
    assert link[1] in sent.body
    assert client.get(link[2]).status_code == 200
    assert "balance.low" in ada.get(PREFERENCES).json()["channels"]["email"], "looking changes nothing"
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link[2], {"List-Unsubscribe": "One-Click"}).status_code == 200
    wanted = ada.get(PREFERENCES).json()["channels"]["email"]
    assert "balance.low" not in wanted
    assert "payment.paid" in wanted
    grant(ada.reference, 100)
    consume(ada.reference, 100)
    assert told(ada.reference) == ["balance.low"] * 2
    send_deliveries()
    assert len(mail.outbox) == 1
    assert client.get(link[2][:-1] + "x").status_code == 404


def test_what_is_told_is_escaped_in_the_mail(ada: Caller) -> None:
    payload = {"wallet": ada.reference, "plan": "<script>alert(1)</script>"}
    publish("subscription.renewed", stream=f"wallet:{ada.reference}", payload=payload)
    relay()
    send_deliveries()
    html = str(mail.outbox[0].alternatives[0][0])  # type: ignore[attr-defined]
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
