from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import OperatorAction, User
from accounts.services.audit import Origin, record_action
from tests.accounts.conftest import bearer

pytestmark = pytest.mark.django_db


def test_a_line_of_the_audit_log_stays_as_it_was() -> None:
    line = record_action(origin=Origin("user:x"), action="wallet.freeze", target_type="wallet", target_id="w")
    for change in (lambda: OperatorAction.objects.update(reason="other"), OperatorAction.objects.all().delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    line.refresh_from_db()
    assert line.reason == ""


def test_a_user_with_actions_cannot_vanish(operator: User) -> None:
    record_action(origin=Origin("user:x", operator.pk), action="a.b", target_type="t", target_id="i")
    with pytest.raises(IntegrityError), transaction.atomic():
        operator.delete()


def test_a_line_says_who_from_where_and_in_which_request(client: Client, operator: User) -> None:
    operator.is_superuser = True
    operator.save()
    answer = client.post(
        "/api/v1/api-keys",
        {"name": "k", "scope": "read"},
        content_type="application/json",
        HTTP_AUTHORIZATION=bearer(operator),
        HTTP_X_REQUEST_ID="req-7",
        REMOTE_ADDR="192.0.2.7",
    )
    line = OperatorAction.objects.get()
    assert (line.actor, line.operator, line.ip, line.request_id) == (
        f"user:{operator.pk}",
        operator,
        "192.0.2.7",
        "req-7",
    )
    assert (line.target_type, line.target_id) == ("api_key", answer.json()["id"])


def test_a_line_keeps_amounts_and_instants_of_what_changed() -> None:
    before, after = {"balance": Decimal("12.5")}, {"frozen_at": datetime(2026, 11, 21, tzinfo=UTC)}
    line = record_action(
        origin=Origin("user:x"), action="a.b", target_type="t", target_id="i", before=before, after=after
    )
    line.refresh_from_db()
    assert (line.before, line.after) == ({"balance": "12.5"}, {"frozen_at": "2026-11-21T00:00:00Z"})
