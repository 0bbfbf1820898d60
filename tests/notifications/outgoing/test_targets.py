"""What may be called: every spelling of an address inside is refused."""

import re
import socket
from typing import Any

import pytest

from notifications.outgoing import NotReached, TargetRefused, call, target_of
from notifications.outgoing.addresses import canonical_address, is_callable

INSIDE = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 169.254.169.254 169.254.170.2 172.16.0.1
172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.1
203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 168.63.129.16
:: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::7f00:1 100::1
2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:db8::1 2002:7f00:1:: 2002:a00:1::1 3fff::1 5f00::1 fc00::1
fd00:ec2::254 fe80::1 fec0::1 ff02::1
"""
OUTSIDE = "8.8.8.8 1.1.1.1 172.32.0.1 100.128.0.1 192.0.1.1 2606:4700:4700::1111 2a00:1450::1 ::ffff:8.8.8.8"
REFUSED_URLS = """
http://example.com/ ftp://example.com/ file:///etc/passwd javascript:alert(1) gopher://example.com/ //example.com/
https:// https:///path https://user@example.com/ https://user:word@example.com/ https://@example.com/
https://example.com/#fragment https://127.0.0.1/ https://127.1/ https://2130706433/ https://0177.0.0.1/
https://0x7f.0.0.1/ https://0x7f000001/ https://017700000001/ https://127.0.0.1./ https://1.2.3.4.5/ https://256.1.1.1/
https://[::1]/ https://[::ffff:127.0.0.1]/ https://[::ffff:7f00:1]/ https://[fe80::1%25eth0]/ https://[::1
https://example.com:99999/ https://example.com:port/ https://exa_mple..com/ https://-example.com/ https://exämple.com/
https://example.com\\@127.0.0.1/ https://example.com/a\tb https://169.254.169.254/latest/meta-data/
"""


@pytest.mark.parametrize("address", INSIDE.split())
def test_an_address_inside_is_refused(address: str) -> None:
    assert not is_callable(canonical_address(address))


@pytest.mark.parametrize("address", OUTSIDE.split())
def test_an_address_outside_is_taken(address: str) -> None:
    assert is_callable(canonical_address(address))


@pytest.mark.parametrize("url", [url for url in re.split("[ \n]", REFUSED_URLS) if url])
def test_a_url_that_leads_inside_or_nowhere_is_refused(url: str) -> None:
    with pytest.raises(TargetRefused):
        target_of(url)


def test_a_usual_url_is_taken() -> None:
    target = target_of("https://hooks.example.com:8443/a/b?c=d")
    assert (target.host, target.port, target.path) == ("hooks.example.com", 8443, "/a/b?c=d")
    assert target_of("https://EXAMPLE.com").path == "/"


def test_operators_can_allow_a_range_but_never_a_metadata_service(settings: Any) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = ["169.254.0.0/16", "10.1.0.0/16", "fd00::/8"]
    allowed = {
        text: is_callable(canonical_address(text)) for text in (*INSIDE.split(), "10.1.2.3", "169.254.1.1", "fd00::1")
    }
    assert {text for text, may in allowed.items() if may} == {"10.1.2.3", "169.254.1.1", "fd00::1"}


class Resolver:
    """Stands for the resolver of the machine: gives each name its addresses, another one at each question."""

    def __init__(self, **names: list[list[str]]) -> None:
        self.names, self.asked = names, 0

    def __call__(self, host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        answers = self.names.get(host.split(".")[0])
        if answers is None:
            return REAL(host, port, *args, **kwargs)
        found = answers[min(self.asked, len(answers) - 1)]
        self.asked += 1
        family = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(family[":" in one], socket.SOCK_STREAM, 6, "", (one, port)) for one in found]


REAL = socket.getaddrinfo


def post(url: str) -> int:
    return call("POST", url, body=b"{}", headers={}, timeout_seconds=1).status


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "64:ff9b::a00:1"]
)
def test_a_name_that_leads_inside_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(evil=[[address]]))
    with pytest.raises(TargetRefused):
        post("https://evil.example.com/")


def test_one_address_inside_among_others_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(evil=[["8.8.8.8", "10.0.0.1"]]))
    with pytest.raises(TargetRefused):
        post("https://evil.example.com/")


def test_a_name_is_asked_for_once_so_rebinding_changes_nothing(
    receiver: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.2/32"]
    # First an address that may be called and where nobody listens, then one that listens and may not.
    resolver = Resolver(rebind=[["127.0.0.2"], ["127.0.0.1"]])
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    with pytest.raises(NotReached):
        post(receiver.url().replace("127.0.0.1", "rebind.example.com"))
    assert resolver.asked == 1
    assert receiver.received == []


def test_other_ports_are_for_allowed_networks_only(
    receiver: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert post(receiver.url()) == 200
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(public=[["8.8.8.8"]]))
    with pytest.raises(TargetRefused, match="port"):
        post("https://public.example.com:22/")


def test_a_redirect_is_an_answer_and_is_not_followed(receiver: Any) -> None:
    assert post(receiver.url("status=302&header=Location:/elsewhere")) == 302
    assert [path for path, _, _ in receiver.received] == ["/hooks?status=302&header=Location:/elsewhere"]


def test_who_does_not_answer_in_time_is_left(receiver: Any) -> None:
    for wish in ("hang=5", "trickle=1"):
        with pytest.raises(NotReached):
            post(receiver.url(wish))


def test_a_host_that_is_not_known_is_not_reached() -> None:
    with pytest.raises(NotReached):
        post("https://no-such-host.invalid/")
