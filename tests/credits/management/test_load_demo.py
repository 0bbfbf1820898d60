"""`manage.py load_demo`."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ApiKey, User
from credits.models import LedgerEntry, Wallet

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def var(tmp_path: Path, settings: Any) -> Path:
    """Keep the demo's key in a folder of the test."""
    settings.VAR_DIR = tmp_path
    return tmp_path


def test_the_customer_has_bought_been_given_and_used_credits() -> None:
    call_command("load_demo")
    wallet = Wallet.objects.get(owner__email="customer@example.com")
    assert wallet.balance == Decimal("1087.5")
    assert list(wallet.entries.order_by("sequence").values_list("kind", flat=True)) == ["issued", "issued", "consumed"]


def test_the_logins_work() -> None:
    call_command("load_demo")
    assert User.objects.get(email="operator@example.com").check_password("operator-demo")
    assert User.objects.get(email="customer@example.com").check_password("customer-demo")


def test_loading_twice_changes_nothing(var: Path) -> None:
    call_command("load_demo")
    key, entries = (var / "demo-api-key").read_text(), LedgerEntry.objects.count()
    call_command("load_demo")
    assert (var / "demo-api-key").read_text() == key
    assert (LedgerEntry.objects.count(), User.objects.count(), ApiKey.objects.count()) == (entries, 2, 1)


def test_what_an_interrupted_start_left_out_is_added() -> None:
    call_command("load_demo")
    User.objects.filter(email="operator@example.com").delete()
    call_command("load_demo")
    assert User.objects.filter(email="operator@example.com").exists()


def test_a_changed_wallet_stays_as_it_is() -> None:
    call_command("load_demo")
    Wallet.objects.update(attributes={"tier": "gold"}, time_zone="Asia/Kolkata")
    call_command("load_demo")
    assert Wallet.objects.get().attributes == {"tier": "gold"}


def test_a_lost_key_file_gets_a_new_key(var: Path) -> None:
    call_command("load_demo")
    (var / "demo-api-key").unlink()
    call_command("load_demo")
    prefix = (var / "demo-api-key").read_text().split("_")[1]
    assert ApiKey.objects.get(prefix=prefix).scope == "admin"


def test_public_passwords_are_refused_where_they_would_be_a_hole(settings: Any) -> None:
    settings.DEMO_DATA_ALLOWED = False
    with pytest.raises(CommandError, match="public"):
        call_command("load_demo")
    assert not User.objects.exists()
