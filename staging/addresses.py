"""Which network addresses strangers may point us at."""

from __future__ import annotations

import ipaddress

_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
_TEREDO = ipaddress.IPv6Network("2001::/32")
# Protocol assignments and relay anycast (RFC 6890), which Python's versions judge differently.
_SPECIAL_V4 = (ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv4Network("192.88.99.0/24"))
_V4_COMPATIBLE = ipaddress.IPv6Network("::/96")
# Inside unique local addresses (private anyway), named because what answers there gives out credentials.
_METADATA = frozenset({ipaddress.ip_address("169.254.169.254"), ipaddress.ip_address("fd00:ec2::254")})


def is_public(address: str) -> bool:
    """Whether `address` (literal, zone allowed) is one that strangers may point us at.

    IPv6 addresses that carry an IPv4 address are judged by that: mapped (RFC 4291), NAT64 (RFC 6052), 6to4 (RFC 3056).
    Teredo and IPv4-compatible ones are refused outright. `is_global` covers private, loopback, link-local,
    unspecified, shared (100.64/10), documentation and benchmarking ranges.
    """
    judged: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if judged in _METADATA:
        return False
    if isinstance(judged, ipaddress.IPv6Address):
        if judged.ipv4_mapped is not None:
            judged = judged.ipv4_mapped
        elif any(judged in network for network in _NAT64):
            judged = ipaddress.IPv4Address(judged.packed[-4:])
        elif judged in _SIX_TO_FOUR:
            judged = ipaddress.IPv4Address(judged.packed[2:6])
        elif judged in _TEREDO or judged in _V4_COMPATIBLE or judged.is_site_local:
            return False
    if isinstance(judged, ipaddress.IPv4Address) and any(judged in network for network in _SPECIAL_V4):
        return False
    return judged.is_global and not judged.is_multicast and not judged.is_reserved and not judged.is_unspecified
