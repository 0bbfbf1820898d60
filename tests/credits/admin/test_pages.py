"""Pages of the ledger: read-only, as it is now, canonical, escaped, and quick however much there is."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from core import clock
from credits import services
from credits.models import Grant, GrantAllocation, Hold, HoldCover, LedgerEntry, Wallet, WalletFact
from credits.services import Origin

LEDGER = [Wallet, LedgerEntry, GrantAllocation, Grant, Hold, HoldCover, WalletFact]
PROBE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def page_of(row: Any) -> str:
    return reverse(f"admin:credits_{row._meta.model_name}_change", args=[row.pk])


def list_of(model: Any) -> str:
    return reverse(f"admin:credits_{model._meta.model_name}_changelist")


@pytest.fixture
def rows(wallet: Wallet) -> list[Any]:
    """One row of each model of the ledger."""
    services.place_hold(reference="w1", amount=Decimal("40.5"))
    WalletFact.objects.create(wallet=wallet, name="plan", value="pro")
    return [model.objects.order_by("pk")[0] for model in LEDGER]


@pytest.fixture
def superuser(db: None) -> Client:
    client = Client()
    client.force_login(
        User.objects.create_superuser("root@example.com", "x"), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def test_every_model_is_registered() -> None:
    models = [model for label in ("core", "accounts", "credits") for model in apps.get_app_config(label).get_models()]
    assert [model for model in models if not admin.site.is_registered(model)] == []


def test_nobody_adds_changes_or_deletes_a_row_of_the_ledger(superuser: Client, rows: list[Any]) -> None:
    for row in rows:
        url = page_of(row)
        name = f"admin:credits_{row._meta.model_name}"
        assert superuser.post(url, {"balance": "5", "amount": "5"}).status_code == 403
        assert superuser.post(reverse(f"{name}_add"), {}).status_code == 403
        assert superuser.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
        assert superuser.get(url).context["has_change_permission"] is False


def test_no_list_can_delete_what_is_chosen(superuser: Client, rows: list[Any]) -> None:
    for model in LEDGER:
        choices = superuser.get(list_of(model)).context.get("action_form")
        names = [name for name, _ in choices.fields["action"].choices] if choices else []
        assert "delete_selected" not in names


def test_every_page_opens(site: Client, rows: list[Any]) -> None:
    for row in rows:
        assert site.get(page_of(row)).status_code == 200
        assert site.get(list_of(type(row))).status_code == 200
        assert site.get(list_of(type(row)), {"q": "w1"}).status_code == 200


def test_the_wallet_page_shows_what_it_holds_now(site: Client, wallet: Wallet) -> None:
    services.place_hold(reference="w1", amount=Decimal("40.5"), expires_in=timedelta(seconds=1))
    with time_machine.travel(clock.now() + timedelta(seconds=2)):
        figures = dict(site.get(page_of(wallet)).context["figures"])
    assert figures == {"Balance": "100", "Held": "0", "Available": "100", "Debt": "0", "Status": "active"}


def test_a_list_shows_what_wallets_hold_now(site: Client, wallet: Wallet) -> None:
    services.issue_grant(reference="w1", amount=Decimal(5), expires_at=clock.now() + timedelta(seconds=1))
    with time_machine.travel(clock.now() + timedelta(seconds=2)):
        (listed,) = site.get(list_of(Wallet)).context["cl"].result_list
    assert listed.balance == 100


def test_grants_stand_in_the_order_in_which_they_will_be_used(site: Client, wallet: Wallet) -> None:
    services.issue_grant(reference="w1", amount=Decimal(1), source="promotion")
    services.issue_grant(reference="w1", amount=Decimal(2), source="allowance", priority=10)
    services.issue_grant(reference="w1", amount=Decimal(3), source="referral", expires_in_days=1)
    table = site.get(page_of(wallet)).context["tables"][0]
    assert [dict(row)["amount"] for row in table.rows] == ["2", "3", "1", "100"]


def test_the_entry_page_shows_its_allocations(site: Client, wallet: Wallet) -> None:
    services.consume(reference="w1", amount=Decimal("0.000001"))
    entry = LedgerEntry.objects.order_by("-sequence")[0]
    table = site.get(page_of(entry)).context["tables"][0]
    (((_, grant), (_, amount)),) = table.rows
    assert (amount, page_of(Grant.objects.get()) in grant) == ("-0.000001", True)


def test_amounts_are_canonical(site: Client, wallet: Wallet) -> None:
    services.adjust(reference="w1", amount=Decimal("12.500000"), reason="gift")
    for url in (page_of(wallet), list_of(Wallet), list_of(LedgerEntry), list_of(Grant)):
        text = site.get(url).content.decode()
        assert "12.5<" in text or "112.5<" in text
        assert "12.50" not in text


def test_texts_of_others_are_shown_as_text(site: Client, wallet: Wallet) -> None:
    services.issue_grant(
        reference="w1", amount=Decimal(5), description=PROBE, metadata={PROBE: PROBE}, origin=Origin(key="k")
    )
    services.place_hold(reference="w1", amount=Decimal(1), description=PROBE, metadata={"a": PROBE})
    services.update_wallet(reference="w1", attributes={"note": PROBE})
    WalletFact.objects.create(wallet=wallet, name=PROBE[:60], value=PROBE)
    pages = [page_of(row) for model in LEDGER for row in model.objects.all()]
    for url in [*pages, *map(list_of, LEDGER)]:
        text = site.get(url, {"q": PROBE} if url.endswith("entry/") else {}).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    assert "&lt;script&gt;alert(1)" in site.get(page_of(wallet)).content.decode()


@pytest.mark.parametrize("word", ["w1", "key-1", "entry", "w1 key-1"])
def test_an_entry_is_found_by_reference_key_and_id(site: Client, wallet: Wallet, word: str) -> None:
    services.issue_grant(reference="w2", amount=Decimal(1))
    posted = services.consume(reference="w1", amount=Decimal(1), origin=Origin(key="key-1"))
    word = posted.entry.id if word == "entry" else word
    found = site.get(list_of(LedgerEntry), {"q": word}).context["cl"].result_list
    assert {entry.wallet.reference for entry in found} == {"w1"}
    assert posted.entry.id in {str(entry.pk) for entry in found}


def test_what_is_not_there_is_not_found(site: Client, rows: list[Any]) -> None:
    for model in LEDGER:
        assert site.get(list_of(model), {"q": "nobody\x01"}).context["cl"].result_count == 0


def test_totals_are_those_of_the_listed_entries(site: Client, wallet: Wallet) -> None:
    services.consume(reference="w1", amount=Decimal("12.345678"))
    services.issue_grant(reference="w2", amount=Decimal(900), source="promotion")
    totals = site.get(list_of(LedgerEntry), {"q": "w1"}).context["totals"]
    assert totals == [("Entries", "2"), ("In", "100"), ("Out", "-12.345678"), ("Net", "87.654322")]
    totals = site.get(list_of(LedgerEntry), {"contra": "promotions"}).context["totals"]
    assert totals[0] == ("Entries", "1")


@pytest.mark.parametrize("model", LEDGER)
def test_no_list_counts_its_whole_table(site: Client, rows: list[Any], model: Any) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        site.get(list_of(model))
    counting = [query["sql"] for query in queries if "COUNT(" in query["sql"] and model._meta.db_table in query["sql"]]
    assert counting
    assert [sql for sql in counting if "LIMIT 5000" not in sql] == []


@pytest.mark.parametrize("model", LEDGER)
def test_a_list_asks_as_much_for_one_row_as_for_many(site: Client, rows: list[Any], model: Any) -> None:
    site.get(list_of(model))
    with CaptureQueriesContext(connection) as few:
        site.get(list_of(model))
    for number in range(8):
        services.issue_grant(reference=f"many-{number}", amount=Decimal(5))
        services.place_hold(reference=f"many-{number}", amount=Decimal(2))
        WalletFact.objects.create(wallet=Wallet.objects.get(reference=f"many-{number}"), name="plan", value="pro")
    with CaptureQueriesContext(connection) as many:
        site.get(list_of(model))
    assert len(many) == len(few)


def test_the_wallet_page_asks_as_much_for_one_entry_as_for_many(site: Client, wallet: Wallet) -> None:
    services.place_hold(reference="w1", amount=Decimal(1))
    with CaptureQueriesContext(connection) as few:
        site.get(page_of(wallet))
    for _ in range(8):
        services.issue_grant(reference="w1", amount=Decimal(5))
        services.consume(reference="w1", amount=Decimal(2))
    with CaptureQueriesContext(connection) as many:
        site.get(page_of(wallet))
    assert len(many) == len(few)
