from collections.abc import Iterator

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.identities import forget_identities
from accounts.models import User
from accounts.services.api_keys import create_api_key
from accounts.services.audit import Origin
from accounts.services.tokens import issue_tokens

PASSWORD = "tide-lantern-42"
ORIGIN = Origin("user:test")


@pytest.fixture(autouse=True)
def fresh_memory() -> Iterator[None]:
    """Start as a process that has seen nobody."""
    forget_identities()
    cache.clear()
    yield
    forget_identities()


@pytest.fixture
def api() -> APIClient:
    return APIClient()


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("ada@example.com", PASSWORD, name="Ada")


@pytest.fixture
def operator(db: None) -> User:
    return User.objects.create_user("olga@example.com", PASSWORD, is_staff=True)


def bearer(user: User) -> str:
    return f"Bearer {issue_tokens(user).access}"


def key_header(scope: str) -> str:
    return f"Api-Key {create_api_key(name='test', scope=scope, origin=ORIGIN).secret}"
