"""The database itself refuses what section 2 of the ledger's contract forbids, whoever writes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from credits import services
from credits.models import Grant, GrantAllocation, Hold, HoldCover, LedgerEntry, Wallet, WalletFact

pytestmark = [pytest.mark.django_db, pytest.mark.corrupts_ledger]

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MOST = Decimal(1_000_000_000)
BEYOND = MOST + Decimal("0.000001")
LEAST = Decimal("-0.000001")

UPDATES: list[tuple[type[models.Model], str, dict[str, Any]]] = [
    (Wallet, "wallet_held_not_negative", {"held": LEAST}),
    (Wallet, "wallet_held_within_balance", {"held": Decimal("100.000001")}),
    (Wallet, "wallet_held_within_balance", {"balance": Decimal(9)}),
    (Wallet, "wallet_balance_within_largest", {"balance": BEYOND}),
    (Wallet, "wallet_debt_not_negative", {"debt": LEAST}),
    (Wallet, "wallet_sequence_not_negative", {"sequence": -1}),
    (Wallet, "wallet_status_known", {"status": "closed"}),
    *((Wallet, "wallet_reference_fits_a_path", {"reference": reference}) for reference in ("me", "", ".", "..")),
    (Grant, "grant_amount_positive", {"amount": 0, "remaining": 0, "held": 0, "is_open": False}),
    (Grant, "grant_amount_positive", {"amount": -5, "remaining": -5, "held": -5}),
    (Grant, "grant_amount_within_largest", {"amount": BEYOND}),
    (Grant, "grant_held_not_negative", {"held": LEAST}),
    (Grant, "grant_held_within_remaining", {"held": Decimal("100.000001")}),
    (Grant, "grant_remaining_within_amount", {"remaining": Decimal("100.000001")}),
    (Grant, "grant_expires_after_it_begins", {"effective_at": NOW, "expires_at": NOW}),
    (Grant, "grant_expires_after_it_begins", {"effective_at": NOW, "expires_at": NOW - timedelta(microseconds=1)}),
    (Grant, "grant_priority_in_range", {"priority": -1}),
    (Grant, "grant_priority_in_range", {"priority": 101}),
    (Grant, "grant_source_known", {"source": "gift"}),
    (Grant, "grant_open_while_it_has_credits", {"is_open": False}),
    (Grant, "grant_open_while_it_has_credits", {"remaining": 0, "held": 0}),
    (Grant, "grant_refunds_within_amount", {"refunded": Decimal("100.000001")}),
    (Grant, "grant_refunds_within_amount", {"refunded": LEAST}),
    (Grant, "grant_refunds_within_amount", {"lost": LEAST}),
    (Grant, "grant_refunds_within_amount", {"claimed": LEAST}),
    (Hold, "hold_amount_positive", {"amount": 0}),
    (Hold, "hold_amount_positive", {"amount": LEAST}),
    (Hold, "hold_captured_not_negative", {"captured": LEAST}),
    (Hold, "hold_status_known", {"status": "lost", "ended_at": NOW}),
    (Hold, "hold_ended_at_when_it_is_not_active", {"ended_at": NOW}),
    (Hold, "hold_ended_at_when_it_is_not_active", {"status": "released"}),
    (HoldCover, "cover_amount_positive", {"amount": 0}),
    (HoldCover, "cover_amount_positive", {"amount": LEAST}),
]

INSERTS: list[tuple[type[models.Model], str, dict[str, Any]]] = [
    (LedgerEntry, "entry_running_sums_not_negative", {"balance_after": LEAST}),
    (LedgerEntry, "entry_running_sums_not_negative", {"held_after": LEAST}),
    (LedgerEntry, "entry_running_sums_not_negative", {"debt_after": LEAST}),
    (LedgerEntry, "entry_shortfall_not_negative", {"shortfall": LEAST}),
    (LedgerEntry, "entry_sequence_starts_at_one", {"sequence": 0}),
    (LedgerEntry, "entry_kind_known", {"kind": "minted"}),
    (LedgerEntry, "entry_amount_fits_its_kind", {"kind": "held", "amount": 1}),
    (LedgerEntry, "entry_amount_fits_its_kind", {"kind": "rolled_over", "amount": 1}),
    (LedgerEntry, "entry_amount_fits_its_kind", {"kind": "consumed", "amount": 0}),
    (LedgerEntry, "entry_amount_fits_its_kind", {"kind": "issued", "amount": 0}),
    (LedgerEntry, "entry_sequence_unique_in_wallet", {"sequence": 1}),
    (LedgerEntry, "entry_key_unique_in_wallet_and_principal", {"principal": "service", "idempotency_key": "k"}),
    (GrantAllocation, "allocation_amount_not_zero", {"amount": 0}),
    (GrantAllocation, "allocation_unique_per_entry_and_grant", {"entry": "same"}),
    (HoldCover, "cover_unique_per_hold_and_grant", {}),
    (Wallet, "credits_wallet.reference", {"reference": "ann", "owner": None}),
    (Wallet, "credits_wallet.owner", {"reference": "eve"}),
    (WalletFact, "fact_name_unique_in_wallet", {"name": "plan"}),
]


@pytest.fixture
def ann() -> Wallet:
    """A wallet with a grant, a hold and an entry under the key `k`."""
    origin = services.Origin("service", "key:x", "k")
    services.issue_grant(reference="ann", amount=Decimal(100), origin=origin)
    services.place_hold(reference="ann", amount=Decimal(10))
    return Wallet.objects.get()


def refused_by(write: Callable[[], Any]) -> str:
    """Return what the database says while it refuses."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write()
    return str(caught.value)


@pytest.mark.parametrize(("model", "name", "values"), UPDATES)
def test_a_bad_change_is_refused(ann: Wallet, model: type[models.Model], name: str, values: dict[str, Any]) -> None:
    assert name in refused_by(lambda: model._default_manager.update(**values))


@pytest.mark.parametrize(("model", "name", "values"), INSERTS)
def test_a_bad_row_is_refused(
    ann: Wallet, django_user_model: Any, model: type[models.Model], name: str, values: dict[str, Any]
) -> None:
    row = good_row(model, ann, django_user_model) | values
    if values.get("entry") == "same":
        row["entry"] = GrantAllocation.objects.get().entry
    message = refused_by(lambda: model._default_manager.create(**row))
    assert any(text in message for text in words_for(model, name))


@pytest.mark.parametrize("model", [Wallet, LedgerEntry, GrantAllocation, WalletFact])
def test_the_rows_that_the_bad_ones_are_made_of_are_good(
    ann: Wallet, django_user_model: Any, model: type[models.Model]
) -> None:
    row = good_row(model, ann, django_user_model)
    row |= {"owner": None} if model is Wallet else {"name": "other"} if model is WalletFact else {}
    model._default_manager.create(**row)


def good_row(model: type[models.Model], ann: Wallet, users: Any) -> dict[str, Any]:
    if model is Wallet:
        user = users.objects.create(email="ann@example.com")
        Wallet.objects.filter(pk=ann.pk).update(owner=user)
        return {"reference": "bob", "owner": user}
    if model is WalletFact:
        WalletFact.objects.create(wallet=ann, name="plan", value="gold")
        return {"wallet": ann, "name": "plan", "value": "silver"}
    if model is HoldCover:
        cover = HoldCover.objects.get()
        return {"hold": cover.hold, "grant": cover.grant, "amount": 1}
    if model is GrantAllocation:
        return {"entry": LedgerEntry.objects.get(kind="held"), "grant": Grant.objects.get(), "amount": 1}
    amounts = dict.fromkeys(("held_change", "debt_change", "balance_after", "held_after", "debt_after"), 0)
    text = {"actor": "x", "hash": "0" * 64, "hash_version": 1, "kind": "consumed", "contra": "usage"}
    return {"wallet": ann, "sequence": 3, "amount": -1, "effective_at": NOW, "created_at": NOW, **amounts, **text}


def words_for(model: type[models.Model], name: str) -> list[str]:
    """Return how a database names a broken constraint: SQLite its columns, or the trigger that came before it."""
    for constraint in model._meta.constraints:
        if constraint.name == name and isinstance(constraint, models.UniqueConstraint):
            columns = [model._meta.get_field(field).column for field in constraint.fields]
            table = model._meta.db_table
            return [name, ", ".join(f"{table}.{column}" for column in columns), f"{table} is append-only"]
    column = name.partition(".")[2]
    return [name, f"credits_wallet_{column}", f"'{column}"]


def test_every_constraint_has_a_row_in_the_tables_above() -> None:
    named = {name for _, name, _ in [*UPDATES, *INSERTS]}
    everything = {c.name for model in apps.get_app_config("credits").get_models() for c in model._meta.constraints}
    assert everything - named == set()


@pytest.mark.parametrize("column", ["parent", "origin"])
def test_a_grant_of_nobody_is_refused(ann: Wallet, column: str) -> None:
    def write() -> None:
        Grant.objects.update(**{f"{column}_id": ann.pk})
        connection.check_constraints()

    assert refused_by(write)


def test_what_the_ledger_rests_on_cannot_be_deleted(ann: Wallet) -> None:
    for table in ("credits_wallet", "credits_grant", "credits_hold"):

        def write(table: str = table) -> None:
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {table}")
            connection.check_constraints()

        assert refused_by(write)


def test_an_amount_outside_of_the_column_is_an_error_not_another_amount(ann: Wallet) -> None:
    with pytest.raises((DatabaseError, OverflowError)), transaction.atomic():
        Wallet.objects.update(balance=Decimal(10) ** 19)
    assert Wallet.objects.get().balance == 100
