"""Which URLs may be called, as far as the text alone can tell."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings

from .addresses import canonical_address, is_callable

LONGEST_URL = 500
DEFAULT_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# What ends in a number is an IPv4 address for some resolvers (WHATWG URL, "ends in a number"): decimal, octal, hex.
_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")


class TargetRefused(Exception):
    """A URL that must not be called; the text says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes; `host` is what TLS and the header Host name."""

    scheme: str
    host: str
    port: int
    path: str


def target_of(url: str) -> Target:
    """Return the parts of a URL; raises TargetRefused. Names are resolved, and looked at again, at each call."""
    if len(url) > LONGEST_URL or not re.fullmatch(r"[!-~]+", url) or "\\" in url:
        raise TargetRefused(f"Write at most {LONGEST_URL} visible ASCII characters; other letters percent-encoded.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise TargetRefused("This is not a URL.") from None
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and not settings.WEBHOOK_ALLOW_HTTP):
        raise TargetRefused("The URL must begin with https://.")
    if "@" in parts.netloc or parts.fragment:
        raise TargetRefused("The URL must have no user, no password and no fragment.")
    host = (parts.hostname or "").lower()
    _refuse_host(host)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, DEFAULT_PORTS[parts.scheme] if port is None else port, path)


def _refuse_host(host: str) -> None:
    try:
        literal = ip_address(host)
    except ValueError:
        if not _HOST.fullmatch(host) or _NUMBER.fullmatch(host):
            raise TargetRefused("The host is neither a name nor an IP address in its usual form.") from None
        return
    if getattr(literal, "scope_id", None) or not is_callable(canonical_address(host)):
        raise TargetRefused("The address is not on the public internet.")


def refuse_port(target: Target, *, allowed: bool) -> None:
    """Raise TargetRefused for a port that webhooks don't use, unless the address is explicitly `allowed`."""
    if not allowed and target.port not in settings.WEBHOOK_PORTS:
        ports = ", ".join(map(str, settings.WEBHOOK_PORTS))
        raise TargetRefused(f"The port must be one of {ports}.")
