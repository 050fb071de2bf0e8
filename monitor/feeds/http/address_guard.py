"""Decide to which network addresses the monitor may connect: public ones, and those that the user allowed."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from socket import inet_aton
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# The module ``ipaddress`` is not used for this: each Python version calls other networks private, and none knows the
# metadata services of cloud providers at public addresses.
_NOT_PUBLIC: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("unspecified", ("0.0.0.0/8", "::/128")),
    ("loopback", ("127.0.0.0/8", "::1/128")),
    ("cloud metadata", ("169.254.169.254/32", "168.63.129.16/32", "fd00:ec2::254/128")),
    ("private", ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10")),
    ("link-local", ("169.254.0.0/16", "fe80::/10")),
    ("shared (carrier NAT)", ("100.64.0.0/10",)),
    ("multicast", ("224.0.0.0/4", "ff00::/8")),
    (
        "reserved",  # the special-purpose registries of RFC 6890, tunnels included
        (
            *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24"),
            *("203.0.113.0/24", "240.0.0.0/4", "::/8", "64:ff9b:1::/48", "100::/64", "2001::/23"),
            *("2001:db8::/32", "3fff::/20", "5f00::/16"),
        ),
    ),
)
_KINDS = tuple((kind, tuple(ip_network(n) for n in networks)) for kind, networks in _NOT_PUBLIC)

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


def forbidden_kind(address: str, allowed: Sequence[Network] = ()) -> str | None:
    """Return why the monitor must not connect to *address*: its kind, such as ``loopback``; None if it may connect.

    An IPv6 address with an embedded IPv4 address (mapped, NAT64, 6to4) is treated as that IPv4 address. Text that is
    not an address gives ``unreadable``.

    Args:
        address: An IP address in the form that ``getaddrinfo`` returns, not a host name.
        allowed: Networks that are not public but allowed by the user (``allow_private``).
    """
    try:
        destination = _destination(ip_address(address.partition("%")[0]))
    except ValueError:
        return "unreadable"
    if any(destination in network for network in allowed):
        return None
    for kind, networks in _KINDS:
        if any(destination in network for network in networks):
            return kind
    return None


def _destination(address: Address) -> Address:
    """Return the IPv4 address embedded in *address* (NAT64, IPv4-mapped or 6to4); *address* itself if there is none."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address


def literal_address(host: str) -> str | None:
    """Return *host* as an IP address in usual notation (``127.0.0.1`` for ``127.1``); None if it is a host name."""
    try:
        return str(ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return str(IPv4Address(inet_aton(host)))  # as resolvers read numbers
    except (OSError, UnicodeError):
        return None


def literal_network(url: str) -> tuple[Network, ...]:
    """Return the network that consists of the IP address in *url*, as a tuple; empty if its host is a name."""
    try:
        return (ip_network(urlsplit(url).hostname or ""),)
    except ValueError:
        return ()


def is_within(url: str, networks: Sequence[Network]) -> bool:
    """Return whether the host of *url* is an IP address inside one of *networks*; False if it is a host name."""
    return any(n.network_address in network for n in literal_network(url) for network in networks)
