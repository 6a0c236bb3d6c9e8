"""Which network addresses belong to the public internet. Pure.

Python's own judgement (`is_global`) differs from version to version and lets some through that lead
inward, so that what is public is said here: of IPv6 what has been given out for single machines, less
what is in the lists of exceptions; and never an address that hides another kind inside.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# See https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry.
_NOT_PUBLIC: Final[tuple[Network, ...]] = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # protocols' own, among them the router (.9) and a cloud's metadata (.192)
            "192.88.99.0/24",  # relays of 6to4
            "168.63.129.16/32",  # what a virtual machine in Azure asks for its own secrets
            "2001::/23",  # protocols' own, among them Teredo, which hides an IPv4 address
            "2002::/16",  # 6to4, which hides an IPv4 address
            "2001:db8::/32",  # for examples
            "3fff::/20",  # for examples
        ),
    )
)
_GIVEN_OUT: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")  # the IPv4 internet as networks of IPv6 alone see it, RFC 6052


def is_public(address: Address) -> bool:
    """Whether an address is one machine's on the public internet."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _GIVEN_OUT:
            return False
    return address.is_global and not address.is_multicast and not _is_in(address, _NOT_PUBLIC)


def may_reach(address: str, allowed: tuple[Network, ...]) -> bool:
    """Whether an address, perhaps with the scope of a link-local one, is public or one of those allowed."""
    plain = ip_address(address.partition("%")[0])
    return is_public(plain) or _is_in(plain, allowed)


def _is_in(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)
