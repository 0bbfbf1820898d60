"""What an operator changes over HTTP stands in the audit log."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from accounts.models import OperatorAction
from credits import services
from credits.models import LedgerEntry
from tests.credits.api import callers

pytestmark = pytest.mark.django_db


def test_an_operators_change_is_recorded_with_its_reason_and_entry() -> None:
    operator = callers.operator("Admin")
    operator.posts("wallets/w/grants", amount="10")
    entry = operator.posts("wallets/w/adjust", amount="-4", reason="A wrong gift")
    line = OperatorAction.objects.get(action="wallet.adjust")
    assert (line.target_type, line.target_id, line.reason) == ("wallet", "w", "A wrong gift")
    assert line.after == {"status": 201, "entry": entry["id"]}
    assert line.actor.startswith("user:")


def test_a_changed_wallet_is_recorded() -> None:
    operator = callers.operator("Admin")
    operator.posts("wallets/w/grants", amount="10")
    assert operator.patch("wallets/w", time_zone="Asia/Kolkata").status_code == 200
    assert OperatorAction.objects.filter(action="wallet.change", target_id="w").count() == 1


def test_a_repetition_a_refusal_and_a_look_are_not_recorded() -> None:
    operator = callers.operator("Admin")
    for _ in range(2):
        operator.post("wallets/w/grants", amount="10", key="once")
    operator.post("wallets/w/adjust", amount="-400", reason="Too much")
    operator.get("wallets/w")
    assert [line.action for line in OperatorAction.objects.all()] == ["wallet.issue"]


def test_a_refused_act_keeps_what_settling_posted_before_it() -> None:
    operator = callers.operator("Admin")
    operator.posts("wallets/w/grants", amount="10", expires_in_days=1)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        operator = callers.Caller(callers.bearer("admin@example.com"))
        refused = callers.problem(
            operator.post("wallets/w/adjust", amount="-4", reason="x"), 402, "insufficient_credits"
        )
        assert [entry.kind for entry in LedgerEntry.objects.order_by("sequence")] == ["issued", "expired"]
        explained = operator.get("wallets/w/explain", refusal=refused["refusal"])
        assert explained.status_code == 200


def test_a_refresh_changes_nothing_and_is_not_recorded() -> None:
    operator = callers.operator("Support")
    services.issue_grant(reference="w", amount=Decimal(1))
    assert operator.post("wallets/w/refresh").status_code == 200
    assert not OperatorAction.objects.filter(target_type="wallet").exists()


def test_a_services_change_is_not_an_operators(admin: callers.Caller) -> None:
    admin.posts("wallets/w/grants", amount="10")
    assert not OperatorAction.objects.filter(action="wallet.issue").exists()
