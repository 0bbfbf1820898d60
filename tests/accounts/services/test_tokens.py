from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.exceptions import EmailTaken, TokenInvalid
from accounts.models import User
from accounts.services.tokens import issue_tokens, refresh_tokens
from accounts.services.users import register_user
from accounts.tasks import forget_expired_logins
from tests.accounts.conftest import PASSWORD

RACERS = 8


def race(action: Callable[[], object]) -> list[object]:
    """Run `action` in as many threads at once and return what each returned or raised."""
    barrier = Barrier(RACERS)

    def run() -> object:
        barrier.wait()
        try:
            return action()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(RACERS) as pool:
        return [future.result() for future in [pool.submit(run) for _ in range(RACERS)]]


@pytest.mark.django_db(transaction=True)
def test_of_concurrent_refreshes_with_one_token_one_succeeds() -> None:
    pair = issue_tokens(User.objects.create_user("ada@example.com", PASSWORD))
    results = race(lambda: refresh_tokens(pair.refresh))
    assert sorted(type(result).__name__ for result in results) == ["TokenInvalid"] * (RACERS - 1) + ["TokenPair"]
    assert OutstandingToken.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_concurrent_registrations_of_one_address_one_succeeds() -> None:
    results = race(lambda: register_user(email="ada@example.com", password=PASSWORD))
    assert [type(result) for result in results if not isinstance(result, EmailTaken)] == [User]
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_failed_refresh_spends_nothing(user: User) -> None:
    pair = issue_tokens(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(TokenInvalid):
        refresh_tokens(pair.refresh)
    assert not BlacklistedToken.objects.exists()


@pytest.mark.django_db
def test_expired_tokens_are_deleted_and_others_stay(user: User) -> None:
    with time_machine.travel(datetime.now(UTC) - timedelta(days=15)):
        refresh_tokens(issue_tokens(user).refresh)
    kept = issue_tokens(user)
    forget_expired_logins()
    assert OutstandingToken.objects.count() == 1
    refresh_tokens(kept.refresh)
