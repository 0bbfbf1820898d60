"""TLS: the certificate is that of the name, although the connection goes to an address."""

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notifications.outgoing import NotReached, call
from notifications.outgoing.calls import tls_context
from tests.notifications.outgoing.test_targets import Resolver
from tests.notifications.receiver import Receiver


def certificate(folder: Path, *names: str) -> Path:
    """Write a certificate for names, signed by itself, with its key; return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    others = [x509.DNSName(name) for name in names] + [x509.IPAddress(ipaddress.ip_address("127.0.0.9"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(others), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    path = folder / f"{names[0]}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextmanager
def serving(pem: Path) -> Iterator[Receiver]:
    with Receiver() as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server
        server.shutdown()


@pytest.fixture
def trusted(inside: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    pem = certificate(tmp_path, "hooks.example.com")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    resolver = Resolver(hooks=[["127.0.0.1"]], other=[["127.0.0.1"]])
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    tls_context.cache_clear()
    yield pem
    tls_context.cache_clear()


def post(server: Receiver, host: str) -> Any:
    return call("POST", f"https://{host}:{server.server_port}/", body=b"{}", headers={}, timeout_seconds=2)


def test_the_certificate_of_the_name_is_taken(trusted: Path) -> None:
    with serving(trusted) as server:
        assert post(server, "hooks.example.com").status == 200
        assert server.received[0][1]["host"] == f"hooks.example.com:{server.server_port}"


def test_a_trusted_certificate_of_another_name_is_refused(trusted: Path) -> None:
    with serving(trusted) as server, pytest.raises(NotReached, match="certificate"):
        post(server, "other.example.com")
    assert server.received == []


def test_a_certificate_that_nobody_trusts_is_refused(trusted: Path, tmp_path: Path) -> None:
    with serving(certificate(tmp_path, "hooks2.example.com")) as server, pytest.raises(NotReached, match="certificate"):
        post(server, "hooks.example.com")
