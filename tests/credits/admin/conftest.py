from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from credits import services
from credits.models import Wallet

PASSWORD = "tide-lantern-42"


def operator_with(*permissions: str) -> User:
    """Make an operator who may look at the ledger and holds the named permissions of it."""
    operator = User.objects.create_user(f"{'-'.join(permissions) or 'support'}@example.com", PASSWORD, is_staff=True)
    views = Permission.objects.filter(content_type__app_label="credits", codename__startswith="view_")
    named = Permission.objects.filter(content_type__app_label="credits", codename__in=permissions)
    operator.user_permissions.set([*views, *named])
    return operator


def client_of(operator: User) -> Client:
    client = Client(REMOTE_ADDR="203.0.113.7")
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def operator(db: None) -> User:
    return operator_with("grant_credits", "administer_ledger")


@pytest.fixture
def site(operator: User) -> Client:
    """The admin as an operator sees it who may do everything with the ledger."""
    return client_of(operator)


@pytest.fixture
def wallet(db: None) -> Wallet:
    """A wallet with 100 purchased credits."""
    services.issue_grant(reference="w1", amount=Decimal(100), source="purchase")
    return Wallet.objects.get(reference="w1")
