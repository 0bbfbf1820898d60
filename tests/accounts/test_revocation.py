"""What is revoked is refused by every worker process within 60 seconds, though none looks users up per request."""

import time

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from accounts.services.api_keys import create_api_key, revoke_api_key
from tests.accounts.conftest import ORIGIN, PASSWORD, bearer
from tests.accounts.servers import running_server, status_of

WORKERS = 2
REVOKED_WITHIN_SECONDS = 60
PROBES = 12
KEYS = "/api/v1/api-keys"


@pytest.mark.django_db(transaction=True)
def test_every_worker_refuses_what_was_revoked_within_a_minute() -> None:
    disabled, changed, demoted = (
        User.objects.create_user(f"{name}@example.com", PASSWORD, is_staff=True)
        for name in ("disabled", "changed", "demoted")
    )
    may_view = Permission.objects.get(codename="view_apikey")
    for user in (disabled, changed, demoted):
        user.user_permissions.add(may_view)
    key = create_api_key(name="k", scope="admin", origin=ORIGIN)
    callers = {user.email: bearer(user) for user in (disabled, changed, demoted)} | {"key": f"Api-Key {key.secret}"}
    with running_server(WORKERS) as base:
        assert probe(base, callers) == {name: {200} for name in callers}
        revoked_at = time.monotonic()
        User.objects.filter(pk=disabled.pk).update(is_active=False)
        changed.set_password("another-lantern-43")
        changed.save()
        demoted.user_permissions.clear()
        revoke_api_key(key=key.key, origin=ORIGIN)
        expected = {name: {401} for name in callers} | {demoted.email: {403}}
        while (answers := probe(base, callers)) != expected:
            assert time.monotonic() - revoked_at < REVOKED_WITHIN_SECONDS, answers
            time.sleep(1)
        print(f"refused by {WORKERS} workers after {time.monotonic() - revoked_at:.1f} s")


def probe(base: str, callers: dict[str, str]) -> dict[str, set[int]]:
    """Return the statuses that each caller gets over so many connections that every worker answers some."""
    return {
        name: {status_of(base + KEYS, authorization) for _ in range(PROBES)} for name, authorization in callers.items()
    }
