"""The admin: what was told, dead letters that are sent again, and the lines of the ledger."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.models import OperatorAction, User
from credits import services
from credits.exceptions import InsufficientCredits
from notifications.models import Delivery, LedgerLine, WebhookEndpoint
from notifications.services.endpoints import open_endpoint, send_test
from tests.notifications.telling import customer, grant, relay

pytestmark = pytest.mark.django_db


def site_of(*permissions: str) -> Client:
    operator = User.objects.create_user(f"{uuid4()}@ops.example.com", "x", is_staff=True)
    views = Permission.objects.filter(content_type__app_label="notifications", codename__startswith="view_")
    named = Permission.objects.filter(content_type__app_label="notifications", codename__in=permissions)
    operator.user_permissions.set([*views, *named])
    client = Client()
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def dead() -> Delivery:
    delivery = send_test(endpoint=open_endpoint(reference="", url="https://example.com/").endpoint)
    Delivery.objects.update(status="dead", next_attempt_at=None, ended_at=timezone.now(), attempts=10, last_error="500")
    return delivery


def act(site: Client, model: str, action: str, row: Any) -> str:
    path = f"/admin/notifications/{model}/"
    answer = site.post(path, {"action": action, "_selected_action": [str(row.pk)]}, follow=True)
    return answer.content.decode()


def test_every_list_and_page_opens(dead: Delivery) -> None:
    site = site_of()
    reference = customer()
    grant(reference, 10, source="promotion")
    with pytest.raises(InsufficientCredits):
        services.consume(reference=reference, amount=Decimal(99))
    relay()
    for model in ("notice", "delivery", "webhookendpoint", "ledgerline", "preference", "alarm"):
        assert site.get(f"/admin/notifications/{model}/").status_code == 200
    for row in (dead, WebhookEndpoint.objects.get(), *LedgerLine.objects.all()):
        page = site.get(f"/admin/notifications/{row._meta.model_name}/{row.pk}/change/")
        assert page.status_code == 200
        assert "whsec_" not in page.content.decode()


def test_the_ledgers_events_of_all_three_types_are_read_there() -> None:
    grant("ada", 10)
    with pytest.raises(InsufficientCredits):
        services.consume(reference="ada", amount=Decimal(99))
    relay()
    page = site_of().get("/admin/notifications/ledgerline/?q=ada").content.decode()
    for word in ("issued 10, balance 10", "wallet.opened", "operation.refused", "transaction", "error", "system"):
        assert word in page


def test_a_dead_letter_is_sent_again_and_that_is_recorded(dead: Delivery) -> None:
    said = act(site_of("change_delivery"), "delivery", "send_again", dead)
    dead.refresh_from_db()
    assert (dead.status, dead.attempts) == ("waiting", 0)
    assert "1 deliveries will be sent again" in said
    assert OperatorAction.objects.get().action == "delivery.send_again"


def test_who_may_only_look_sends_nothing(dead: Delivery) -> None:
    act(site_of(), "delivery", "send_again", dead)
    dead.refresh_from_db()
    assert dead.status == "dead"


def test_an_endpoint_is_switched_off_and_on(dead: Delivery) -> None:
    site, endpoint = site_of("change_webhookendpoint"), WebhookEndpoint.objects.get()
    act(site, "webhookendpoint", "disable", endpoint)
    endpoint.refresh_from_db()
    assert endpoint.disabled_at is not None
    act(site_of("change_delivery"), "delivery", "send_again", dead)
    dead.refresh_from_db()
    assert dead.status == "dead"
    act(site, "webhookendpoint", "enable", endpoint)
    endpoint.refresh_from_db()
    assert endpoint.disabled_at is None
