import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client

from accounts import roles
from accounts.models import User
from tests.accounts.conftest import bearer

pytestmark = pytest.mark.django_db


def rights(email: str, *groups: str) -> set[str]:
    operator = User.objects.create_user(email, is_staff=True)
    operator.groups.set(Group.objects.filter(name__in=groups))
    return User.objects.get(pk=operator.pk).get_all_permissions()


def test_the_roles_differ_as_the_contract_says() -> None:
    call_command("sync_roles")
    support, finance, admin = (rights(f"{name}@example.com", name) for name in ("Support", "Finance", "Admin"))
    assert "credits.view_wallet" in support
    assert all(".view_" in right for right in support)
    assert support < finance < admin
    assert "credits.grant_credits" in finance - support
    assert {"credits.administer_ledger", "accounts.add_apikey", "accounts.delete_apikey"} <= admin - finance
    assert not {right for right in admin if right.startswith("auth.")}


def test_roles_can_be_put_in_place_again() -> None:
    call_command("sync_roles")
    first = {group.name: set(group.permissions.all()) for group in Group.objects.all()}
    Group.objects.get(name="Support").permissions.add(Permission.objects.get(codename="administer_ledger"))
    call_command("sync_roles")
    assert {group.name: set(group.permissions.all()) for group in Group.objects.all()} == first


def test_a_permission_that_is_gone_is_noticed() -> None:
    Permission.objects.filter(codename="grant_credits").delete()
    with pytest.raises(LookupError, match=r"credits\.grant_credits"):
        roles.sync_roles()


def test_an_operators_role_opens_what_it_names(client: Client, operator: User) -> None:
    call_command("sync_roles")
    operator.groups.add(Group.objects.get(name="Support"))
    assert client.get("/api/v1/api-keys", HTTP_AUTHORIZATION=bearer(operator)).status_code == 403
    chief = User.objects.create_user("chief@example.com", is_staff=True)
    chief.groups.add(Group.objects.get(name="Admin"))
    assert client.get("/api/v1/api-keys", HTTP_AUTHORIZATION=bearer(chief)).status_code == 200
