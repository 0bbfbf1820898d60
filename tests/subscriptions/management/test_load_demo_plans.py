"""The demo's plans, and the stock rule: five credits for every wallet, daily at midnight UTC."""

from datetime import time
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from subscriptions import services
from subscriptions.models import Allowance, Plan
from tests.subscriptions.stories import balance, wallet, work

pytestmark = pytest.mark.usefixtures("story")


def test_the_stock_rule_gives_every_wallet_five_credits_a_day_and_can_be_changed() -> None:
    for reference in ("ann", "bob"):
        wallet(reference)
    call_command("load_demo_plans")
    rule = Allowance.objects.get()
    assert (rule.amount, rule.unit, rule.time, rule.time_zone, rule.audience) == (5, "day", time(0), "UTC", "everyone")
    work("2027-01-02T00:00:05")
    services.change_allowance(allowance=rule.pk, amount=Decimal(6))
    call_command("load_demo_plans")
    work("2027-01-03T00:00:05")
    assert {balance("ann"), balance("bob")} == {11}
    assert set(Plan.objects.values_list("code", flat=True)) == {"free", "basic", "pro"}


def test_it_has_no_place_in_a_real_installation(settings: Settings) -> None:
    settings.DEMO_DATA_ALLOWED = False
    with pytest.raises(CommandError):
        call_command("load_demo_plans")
