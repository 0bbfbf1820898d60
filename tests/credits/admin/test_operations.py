"""Operations of the admin: through the services, once, with a reason, by those who may, and never without a trace."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import OperatorAction, User
from core import clock
from credits import services
from credits.models import Grant, LedgerEntry, Wallet
from tests.credits.admin.conftest import client_of, operator_with
from tests.credits.admin.forms import send, told


def last_entry(wallet: Wallet) -> LedgerEntry:
    return LedgerEntry.objects.filter(wallet=wallet).order_by("-sequence")[0]


@pytest.mark.parametrize(
    ("operation", "fields", "kind", "amount"),
    [
        ("issue", {"amount": "12.5", "source": "promotion", "priority": "10"}, "issued", "12.5"),
        ("adjust", {"amount": "0.000001"}, "adjusted", "0.000001"),
        ("adjust", {"amount": "-30"}, "adjusted", "-30"),
        ("transfer", {"amount": "40", "target": "w2"}, "transferred", "-40"),
        ("freeze", {}, "frozen", "0"),
        ("reset", {}, "reset", "-100"),
    ],
)
def test_a_wallet_operation_posts_its_entry(
    site: Client, wallet: Wallet, operation: str, fields: dict[str, str], kind: str, amount: str
) -> None:
    services.open_wallet(reference="w2")
    send(site, wallet, operation, **fields)
    entry = last_entry(wallet)
    assert (entry.kind, entry.amount, entry.description) == (kind, Decimal(amount), "as agreed")


def test_unfreeze_lets_a_frozen_wallet_spend_again(site: Client, wallet: Wallet) -> None:
    services.freeze(reference="w1", reason="fraud")
    send(site, wallet, "unfreeze")
    wallet.refresh_from_db()
    assert wallet.status == "active"


def test_forgive_debt_writes_off_the_part_that_is_named(site: Client, wallet: Wallet) -> None:
    services.consume(reference="w1", amount=Decimal(100))
    services.claw_back(grant=str(Grant.objects.get().pk), amount=Decimal(100), reason="chargeback")
    send(site, wallet, "forgive-debt", amount="60")
    wallet.refresh_from_db()
    assert wallet.debt == 40


def test_void_takes_back_what_the_grant_has_left(site: Client, wallet: Wallet) -> None:
    services.consume(reference="w1", amount=Decimal(30))
    send(site, Grant.objects.get(), "void")
    assert (last_entry(wallet).kind, last_entry(wallet).amount) == ("voided", -70)


def test_reverse_gives_back_the_part_that_is_named(site: Client, wallet: Wallet) -> None:
    services.consume(reference="w1", amount=Decimal(30))
    consumed = last_entry(wallet)
    send(site, consumed, "reverse", amount="10")
    assert (last_entry(wallet).amount, last_entry(wallet).reverses) == (10, consumed)


def test_an_operation_is_posted_as_the_operators_under_the_key_of_the_form(
    site: Client, wallet: Wallet, operator: User
) -> None:
    nonce = str(uuid4())
    response = send(site, wallet, "adjust", amount="5", nonce=nonce)
    entry = last_entry(wallet)
    assert (entry.principal, entry.actor) == ("operator", f"user:{operator.pk}")
    assert entry.idempotency_key == f"{nonce}:{wallet.pk}"
    assert entry.request_id
    assert f"entry {entry.sequence}</a>. Now balance 105, held 0, debt 0." in told(response)


def test_an_operation_leaves_who_when_where_and_why_in_the_audit_log(
    site: Client, wallet: Wallet, operator: User
) -> None:
    send(site, wallet, "adjust", amount="-30")
    action, entry = OperatorAction.objects.get(), last_entry(wallet)
    assert (action.action, action.target_type, action.target_id) == ("wallet.adjust", "wallet", "w1")
    assert (action.operator, action.actor, action.ip) == (operator, f"user:{operator.pk}", "203.0.113.7")
    assert (action.reason, action.request_id) == ("as agreed", entry.request_id)
    assert action.before == {"balance": "100", "held": "0", "debt": "0"}
    assert action.after == {
        "entry": str(entry.pk),
        "kind": "adjusted",
        "wallet": "w1",
        "status": "active",
        "balance": "70",
        "held": "0",
        "debt": "0",
    }


def test_a_form_that_is_sent_twice_posts_once_and_says_so(site: Client, wallet: Wallet) -> None:
    nonce = str(uuid4())
    send(site, wallet, "adjust", amount="5", nonce=nonce)
    again = send(site, wallet, "adjust", amount="5", nonce=nonce)
    wallet.refresh_from_db()
    assert (wallet.balance, OperatorAction.objects.count()) == (105, 1)
    assert "nothing was posted again" in told(again)


def test_a_sent_form_with_other_values_is_refused_and_gets_a_new_key(site: Client, wallet: Wallet) -> None:
    nonce = str(uuid4())
    send(site, wallet, "adjust", amount="5", nonce=nonce)
    refused = send(site, wallet, "adjust", amount="6", nonce=nonce)
    wallet.refresh_from_db()
    assert wallet.balance == 105
    assert "This key was used for another request" in told(refused)
    assert refused.context["form"]["nonce"].value() != nonce
    assert refused.context["form"]["amount"].value() == "6"


def test_a_refusal_shows_its_detail_and_moves_nothing(site: Client, wallet: Wallet) -> None:
    response = send(site, wallet, "adjust", amount="-100.000001")
    wallet.refresh_from_db()
    assert (wallet.balance, OperatorAction.objects.count()) == (100, 0)
    assert response.status_code == 200
    assert "100.000001" in told(response)
    assert response.context["form"]["amount"].value() == "-100.000001"


def test_a_refusal_keeps_what_was_due_before_it(site: Client, wallet: Wallet) -> None:
    services.issue_grant(reference="w1", amount=Decimal(7), expires_at=clock.now() + timedelta(days=1))
    with time_machine.travel(clock.now() + timedelta(days=2)):
        send(site, wallet, "adjust", amount="-101")
    assert last_entry(wallet).kind == "expired"


def test_no_operation_goes_without_a_reason(site: Client, wallet: Wallet) -> None:
    response = send(site, wallet, "reset", reason="  ")
    wallet.refresh_from_db()
    assert wallet.balance == 100
    assert response.context["form"].errors["reason"]


@pytest.mark.parametrize("amount", ["1e3", "NaN", "0", "\uff11\uff12", "1.0000001", "-0", "+5", "9999999999", "1\x00"])
def test_an_amount_has_the_form_that_the_api_takes(site: Client, wallet: Wallet, amount: str) -> None:
    response = send(site, wallet, "adjust", amount=amount)
    assert response.context["form"].errors["amount"]
    assert last_entry(wallet).sequence == 1


def test_an_operator_cannot_issue_a_purchase_by_hand(site: Client, wallet: Wallet) -> None:
    response = send(site, wallet, "issue", amount="5", source="purchase", priority="50")
    assert response.context["form"].errors["source"]


def test_an_operation_on_several_wallets_keeps_only_the_refused_on_the_page(site: Client, wallet: Wallet) -> None:
    services.issue_grant(reference="poor", amount=Decimal(1))
    poor = Wallet.objects.get(reference="poor")
    response = send(site, wallet, "adjust", others=(poor,), amount="-50")
    wallet.refresh_from_db()
    assert wallet.balance == 50
    assert [row.reference for row in response.context["chosen"]] == ["poor"]


@pytest.mark.parametrize(
    ("permissions", "operation", "status"),
    [
        ((), "issue", 403),
        ((), "reset", 403),
        (("grant_credits",), "adjust", 403),
        (("grant_credits",), "issue", 200),
        (("administer_ledger",), "issue", 403),
        (("administer_ledger",), "adjust", 200),
    ],
)
def test_an_operation_needs_its_permission(
    wallet: Wallet, permissions: tuple[str, ...], operation: str, status: int
) -> None:
    client = client_of(operator_with(*permissions))
    assert send(client, wallet, operation, amount="5", source="promotion", priority="50").status_code == status
    assert LedgerEntry.objects.count() == (2 if status == 200 else 1)


def test_support_is_offered_no_operation(wallet: Wallet) -> None:
    client = client_of(operator_with())
    page = client.get(reverse("admin:credits_wallet_change", args=[wallet.pk]))
    assert page.context["buttons"] == []
    assert client.get(reverse("admin:credits_wallet_changelist")).context["action_form"] is None


def test_an_action_of_the_list_asks_for_the_reason_first(site: Client, wallet: Wallet) -> None:
    url = reverse("admin:credits_wallet_changelist")
    response = site.post(url, {"action": "freeze", "_selected_action": [str(wallet.pk)]}, follow=True)
    wallet.refresh_from_db()
    assert wallet.status == "active"
    assert response.context["operation"].name == "freeze"
    assert list(response.context["chosen"]) == [wallet]


@pytest.mark.parametrize("query", ["", "id=", "id=nonsense", "id=01a1fb00-0000-7000-8000-000000000000"])
def test_an_operation_on_nothing_is_not_found(site: Client, wallet: Wallet, query: str) -> None:
    assert site.get(f"{reverse('admin:credits_wallet_operate', args=['reset'])}?{query}").status_code == 404


def test_an_unknown_operation_is_not_found(site: Client, wallet: Wallet) -> None:
    assert send(site, wallet, "consume").status_code == 404
