from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.http.address_guard import forbidden_kind

REFUSED = {
    "0.0.0.0": "unspecified",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "::1": "loopback",
    "::": "unspecified",
    "10.1.2.3": "private",
    "172.31.255.255": "private",
    "192.168.0.1": "private",
    "fd12::1": "private",
    "fec0::1": "private",
    "169.254.169.254": "cloud metadata",
    "168.63.129.16": "cloud metadata",
    "fd00:ec2::254": "cloud metadata",
    "169.254.0.7": "link-local",
    "fe80::1%eth0": "link-local",
    "100.64.0.1": "shared (carrier NAT)",
    "224.0.0.1": "multicast",
    "ff02::1": "multicast",
    "192.0.0.8": "reserved",
    "198.18.0.1": "reserved",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "2001:db8::1": "reserved",
    "2001::1": "reserved",  # Teredo
    "::127.0.0.1": "reserved",
    "::ffff:0:127.0.0.1": "reserved",
    "::ffff:127.0.0.1": "loopback",
    "::ffff:169.254.169.254": "cloud metadata",
    "64:ff9b::7f00:1": "loopback",
    "64:ff9b::10.0.0.1": "private",
    "2002:7f00:1::": "loopback",
    "2002:a9fe:a9fe::1": "cloud metadata",
    "not an address": "unreadable",
    "": "unreadable",
}


@pytest.mark.parametrize(("address", "sort"), REFUSED.items(), ids=REFUSED)
def test_an_address_that_is_not_public_is_refused_with_its_kind(address: str, sort: str) -> None:
    assert forbidden_kind(address) == sort


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::"]
)
def test_a_public_address_is_dialled(address: str) -> None:
    assert forbidden_kind(address) is None


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1"])
def test_an_allowed_network_includes_every_notation_of_its_addresses(address: str) -> None:
    assert forbidden_kind(address, [ip_network("127.0.0.0/8")]) is None


def test_an_allowed_network_allows_nothing_else() -> None:
    assert forbidden_kind("10.0.0.1", [ip_network("127.0.0.0/8"), ip_network("fc00::/7")]) == "private"


@given(st.ip_addresses())
def test_every_address_that_python_calls_private_is_refused(address: object) -> None:
    known = ip_address(str(address))
    if not known.is_global and not getattr(known, "ipv4_mapped", None) and not getattr(known, "sixtofour", None):
        assert forbidden_kind(str(address)) is not None
