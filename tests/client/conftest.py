"""A real server, a key that it accepts, wallets in it, and sites that are metered by it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from scrip_client import Client

from accounts.models import ApiKey
from accounts.services.api_keys import PREFIX_LENGTH, hash_secret
from tests.accounts.servers import running_server
from tests.client.servers import COMMANDS, serve_command

# The same in every test, so that the sites, which outlive a test, go on with it.
SECRET = f"sk_{'k' * PREFIX_LENGTH}_{uuid4().hex}{uuid4().hex}"


@pytest.fixture(scope="session")
def server(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Serve the project for all tests of the client."""
    with django_db_blocker.unblock(), running_server(1) as base:
        yield base


@pytest.fixture(scope="module")
def key(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Give the key. Only the server writes while a module runs, so the database is emptied once, at the end."""
    prefix = "k" * PREFIX_LENGTH
    row = {"name": "client", "prefix": prefix, "secret_hash": hash_secret(SECRET), "scope": "admin", "created_by": "t"}
    with django_db_blocker.unblock():
        ApiKey.objects.create(**row)
        yield SECRET
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture
def client(server: str, key: str) -> Iterator[Client]:
    with Client(server, key, pause_seconds=0.01) as made:
        yield made


@pytest.fixture
def fill(client: Client) -> Callable[..., str]:
    """Open a wallet with credits, as the server sees it, and return its reference; no two tests have the same."""

    def open_wallet(amount: int | str) -> str:
        reference = f"shop-{uuid4().hex}"
        client.issue_grant(reference, amount)
        return reference

    return open_wallet


@pytest.fixture(scope="session")
def sites(server: str) -> Iterator[Callable[[str], str]]:
    """Start a site when it is first asked for."""
    running: dict[str, str] = {}
    with ExitStack() as stack:

        def site(name: str) -> str:
            if name not in running:
                variables = {"SCRIP_URL": server, "SCRIP_KEY": SECRET}
                running[name] = stack.enter_context(serve_command(COMMANDS[name], **variables))
            return running[name]

        yield site
