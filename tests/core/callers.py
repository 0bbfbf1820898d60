"""Clients that are let in as the caller that a test needs."""

from rest_framework.test import APIClient

from accounts.callers import Caller, expand_scope


def service(scope: str) -> APIClient:
    """Return a client that calls as a service with this scope."""
    client = APIClient()
    caller = Caller("service", "key:test", scopes=expand_scope(scope))
    client.force_authenticate(caller, caller)
    return client
