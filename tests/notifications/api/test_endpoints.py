"""Webhook endpoints over HTTP."""

from typing import Any

import pytest

from accounts.models import OperatorAction
from notifications.models import Delivery, WebhookEndpoint
from notifications.services.deliveries import send_deliveries
from tests.credits.api import callers
from tests.credits.api.callers import Caller, fields, problem
from tests.notifications.receiver import Receiver

pytestmark = pytest.mark.django_db
PATH = "webhook-endpoints"
URL = "https://example.com/hooks"


@pytest.fixture
def ada() -> Caller:
    return callers.customer("ada@example.com")


def test_a_secret_is_shown_once_and_stored_sealed(ada: Caller) -> None:
    opened = ada.posts(PATH, url=URL)
    assert opened["secret"].startswith("whsec_")
    assert opened["reference"] == ada.reference
    shown = [ada.get(PATH).json()["results"][0], ada.get(f"{PATH}/{opened['id']}").json()]
    assert all("secret" not in one for one in shown)
    assert opened["secret"] not in WebhookEndpoint.objects.get().secret


def test_a_repeated_request_opens_one_endpoint_and_keeps_its_secret_to_itself(ada: Caller) -> None:
    first, second = (ada.post(PATH, key="k1", url=URL) for _ in range(2))
    assert first.json()["id"] == second.json()["id"]
    assert "secret" not in second.json()
    assert WebhookEndpoint.objects.count() == 1


def test_a_rotated_secret_is_shown_then_and_others_are_not(ada: Caller) -> None:
    opened = ada.posts(PATH, url=URL)
    rotated = ada.patch(f"{PATH}/{opened['id']}", rotate_secret=True).json()["secret"]
    assert rotated.startswith("whsec_")
    assert rotated != opened["secret"]
    assert ada.patch(f"{PATH}/{opened['id']}", description="d").json()["secret"] is None


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "https://a@example.com/",
        "x",
        "",
    ],
)
def test_a_url_that_may_not_be_called_is_refused(ada: Caller, url: str) -> None:
    assert fields(ada.post(PATH, url=url)) == ["url"]


def test_a_url_is_looked_at_again_when_it_changes(ada: Caller) -> None:
    opened = ada.posts(PATH, url=URL)
    assert fields(ada.patch(f"{PATH}/{opened['id']}", url="https://10.0.0.1/")) == ["url"]


def test_ten_endpoints_are_enough(ada: Caller) -> None:
    for _ in range(10):
        ada.posts(PATH, url=URL)
    problem(ada.post(PATH, url=URL), 409, "too_many_endpoints")


def test_a_test_shows_up_among_the_deliveries_and_can_be_sent_again(ada: Caller, receiver: Receiver) -> None:
    opened = ada.posts(PATH, url=receiver.url())
    sent = ada.post(f"{PATH}/{opened['id']}/test")
    assert (sent.status_code, sent.json()["status"]) == (202, "waiting")
    again = f"{PATH}/{opened['id']}/deliveries/{sent.json()['id']}/redeliver"
    problem(ada.post(again), 409, "delivery_waiting")
    send_deliveries()
    (listed,) = ada.get(f"{PATH}/{opened['id']}/deliveries", status="sent").json()["results"]
    assert (listed["name"], listed["attempts"]) == ("webhook_endpoint.tested", 1)
    assert ada.post(again).status_code == 202
    send_deliveries()
    assert len(set(receiver.ids)) == 1
    assert len(receiver.ids) == 2


def test_a_disabled_endpoint_is_enabled_again(ada: Caller) -> None:
    opened = ada.posts(PATH, url=URL)
    path = f"{PATH}/{opened['id']}"
    assert ada.patch(path, enabled=False).json()["disabled_because"] == "It was switched off"
    problem(ada.post(f"{path}/test"), 409, "endpoint_disabled")
    assert ada.patch(path, enabled=True).json()["disabled_at"] is None
    assert ada.post(f"{path}/test").status_code == 202


def test_endpoints_of_others_are_not_there(ada: Caller) -> None:
    opened, bob = ada.posts(PATH, url=URL), callers.customer("bob@example.com")
    delivery = ada.post(f"{PATH}/{opened['id']}/test").json()["id"]
    mine = bob.posts(PATH, url=URL)
    assert [one["id"] for one in bob.get(PATH).json()["results"]] == [mine["id"]]
    problem(bob.get(PATH, reference=ada.reference), 404, "wallet_not_found")
    problem(bob.post(PATH, url=URL, reference=ada.reference), 404, "wallet_not_found")
    for call in (bob.get, bob.patch, lambda path: bob.client.delete(f"/api/v1/{path}")):
        problem(call(f"{PATH}/{opened['id']}"), 404, "not_found")
    # A delivery of another endpoint, named beside one's own.
    problem(bob.post(f"{PATH}/{mine['id']}/deliveries/{delivery}/redeliver"), 404, "not_found")


def test_a_service_opens_endpoints_for_a_wallet_or_for_all(ada: Caller) -> None:
    admin = callers.service("admin")
    assert admin.posts(PATH, url=URL)["reference"] is None
    assert admin.posts(PATH, url=URL, reference=ada.reference, event_types=["payment.*"])["reference"] == ada.reference
    problem(admin.post(PATH, url=URL, reference="nobody"), 404, "wallet_not_found")
    assert len(admin.get(PATH).json()["results"]) == 2
    assert fields(admin.post(PATH, url=URL, event_types=["Bad Name"])) == ["event_types.0"]


def test_deleting_takes_the_deliveries_along(ada: Caller) -> None:
    opened = ada.posts(PATH, url=URL)
    ada.post(f"{PATH}/{opened['id']}/test")
    assert ada.client.delete(f"/api/v1/{PATH}/{opened['id']}").status_code == 204
    assert not Delivery.objects.exists()


def test_an_operators_change_is_recorded(ada: Caller) -> None:
    opened = ada.posts(PATH, url=URL)
    operator = callers.operator("Admin")
    operator.patch(f"{PATH}/{opened['id']}", enabled=False)
    recorded: Any = OperatorAction.objects.get()
    assert (recorded.action, recorded.target_id) == ("webhook_endpoint.change", opened["id"])
