"""One HTTP call to a stranger: resolve once, look at the addresses, connect to one of exactly those, never follow."""

import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from threading import Timer

from .addresses import Address, canonical_address, is_allowed, is_callable
from .targets import Target, TargetRefused, refuse_port, target_of

MOST_ADDRESSES = 3


class NotReached(Exception):
    """No answer came; the text says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said; its body is not read, so it cannot tell anything about what it stands for."""

    status: int
    retry_after: str | None


def call(method: str, url: str, *, body: bytes, headers: Mapping[str, str], timeout_seconds: float) -> Answer:
    """Send one request and return the answer, also a redirect or an error.

    Raises TargetRefused for what must not be called, and NotReached when there is no answer in the time that all of
    the call has.
    """
    target = target_of(url)
    addresses = _resolve(target)
    for address in addresses:
        refuse_port(target, allowed=is_allowed(address))
    connection = _connection(target, addresses, timeout_seconds)
    try:
        with _bounded(connection, timeout_seconds):
            connection.request(method, target.path, body, dict(headers))
            response = connection.getresponse()
            return Answer(response.status, response.getheader("Retry-After"))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotReached(f"{type(error).__name__}: {error}"[:300]) from error
    finally:
        connection.close()


def _resolve(target: Target) -> list[Address]:
    """Return the addresses of a host; one that must not be called refuses them all."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotReached(f"The host {target.host} is not known: {error}") from None
    addresses = [canonical_address(str(info[4][0])) for info in found]
    if not addresses or not all(map(is_callable, addresses)):
        raise TargetRefused(f"{target.host} leads to an address that is not on the public internet.")
    return addresses


class _PinnedConnection(http.client.HTTPConnection):
    """A connection to the first that answers of addresses that were looked at, whatever the name may mean by now."""

    def __init__(self, target: Target, addresses: Sequence[Address], timeout_seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=timeout_seconds)
        self.addresses = [str(address) for address in addresses[:MOST_ADDRESSES]]

    def connect(self) -> None:
        """Connect without asking for the name again."""
        *others, last = self.addresses
        for address in others:
            with suppress(OSError):
                self.sock = socket.create_connection((address, self.port), self.timeout)
                return
        self.sock = socket.create_connection((last, self.port), self.timeout)


class _PinnedTLSConnection(_PinnedConnection):
    """The same with TLS; the certificate must be that of the name, not of the address."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """Connect, and check the certificate."""
        super().connect()
        self.sock = tls_context().wrap_socket(self.sock, server_hostname=self.host)


@lru_cache(maxsize=1)
def tls_context() -> ssl.SSLContext:
    """Return how certificates are checked: by the system's authorities, or those of SSL_CERT_FILE."""
    return ssl.create_default_context()


def _connection(target: Target, addresses: Sequence[Address], timeout_seconds: float) -> _PinnedConnection:
    kind = _PinnedTLSConnection if target.scheme == "https" else _PinnedConnection
    return kind(target, addresses, timeout_seconds)


@contextmanager
def _bounded(connection: _PinnedConnection, seconds: float) -> Iterator[None]:
    """Cut the connection when the time is over: a socket's own timeout begins anew with each byte that trickles in."""
    watchdog = Timer(seconds, _cut, [connection])
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()


def _cut(connection: _PinnedConnection) -> None:
    if connection.sock is not None:
        # Of the socket below TLS, which would say goodbye first.
        with suppress(OSError):
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
