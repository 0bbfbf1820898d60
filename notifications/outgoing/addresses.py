"""Which IP addresses may be called.

Sources: the IANA registries of special-purpose addresses (RFC 6890), and the metadata services of the large clouds.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings

Address = IPv4Address | IPv6Address

# Of IPv4 all is public but this.
_V4 = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24
192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4
240.0.0.0/4
"""
SPECIAL_V4 = tuple(map(ip_network, _V4.split()))
# Of IPv6 only 2000::/3 is public, and in it not this: Teredo and its neighbours, examples, 6to4. Outside of it lie
# loopback, NAT64, unique local, link-local, multicast, discard-only and segment routing.
GLOBAL_V6 = ip_network("2000::/3")
SPECIAL_V6 = tuple(map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")))
# Nobody's webhook is served here; not even an operator who allows a range means these.
_METADATA = ("169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254")
METADATA = frozenset(map(ip_address, _METADATA))


def canonical_address(text: str) -> Address:
    """Return an address in its own form: an IPv4 address that is written as IPv6 is one of IPv4."""
    address = ip_address(text)
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def is_callable(address: Address) -> bool:
    """Tell whether we may connect to an address: a public one, or one of WEBHOOK_ALLOWED_NETWORKS."""
    return address not in METADATA and (is_public(address) or is_allowed(address))


def is_allowed(address: Address) -> bool:
    """Tell whether the operators have allowed this address explicitly."""
    return any(address in ip_network(network) for network in settings.WEBHOOK_ALLOWED_NETWORKS)


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to the public internet."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in SPECIAL_V4)
    return address in GLOBAL_V6 and not any(address in network for network in SPECIAL_V6)
