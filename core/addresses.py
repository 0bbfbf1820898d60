"""Where a request came from, as far as it can be believed."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the caller's IP address.

    X-Forwarded-For counts only as far as our own proxies wrote it: with `TRUSTED_PROXIES` of n, its n-th entry
    from the right. Everything further left is the caller's own word.
    """
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    trusted: int = settings.TRUSTED_PROXIES
    candidate = hops[-trusted] if 0 < trusted <= len(hops) else ""
    for text in (candidate, request.META.get("REMOTE_ADDR", "")):
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            continue
    return "0.0.0.0"  # noqa: S104  (a Unix socket has no address)


def client_network(request: HttpRequest) -> str:
    """Return the address that a limit counts: of an IPv6 caller its /64, all of which one subscriber holds."""
    address = ipaddress.ip_address(client_address(request))
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((address, 64), strict=False).network_address)
