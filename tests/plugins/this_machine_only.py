"""No test leaves this machine and the servers that its environment names: any other connection raises."""

import os
import socket
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import pytest

_SERVERS = {urlsplit(os.environ.get(name, "")).hostname for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL")}
_watching = False


def _refuse_outside(event: str, arguments: tuple[Any, ...]) -> None:
    """Look at what Python is about to do; an audit hook cannot be taken back, so it asks whether it is wanted."""
    if not _watching:
        return
    if event == "socket.connect" and not _is_here(arguments[1]):
        raise PermissionError(f"a test connects outside this machine: {arguments[1]}")
    if event == "socket.getaddrinfo" and not _is_here(arguments[:1]):
        raise PermissionError(f"a test asks for an address outside this machine: {arguments[0]}")


def _is_here(address: Any) -> bool:
    if isinstance(address, str | bytes):  # the path of a Unix socket
        return True
    host = address[0].decode() if isinstance(address[0], bytes) else address[0]
    if host in ("", "localhost", socket.gethostname()) or host in _SERVERS:
        return True
    try:
        return ip_address(host).is_loopback or ip_address(host).is_unspecified
    except ValueError:
        return False


sys.addaudithook(_refuse_outside)


@pytest.fixture(scope="session", autouse=True)
def _stays_on_this_machine() -> Iterator[None]:
    global _watching
    _watching = True
    yield
    _watching = False
