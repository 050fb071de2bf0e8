"""Addresses that lead inside, in every form people have thought of: named, redirected to, or resolved to at last."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import aiohttp.abc
import pytest
from support.feed_samples import LOOPBACK_OF_SERVER, NOW, Fetch
from support.patience import PATIENCE_S
from support.servers import FeedServer, Reply

from monitor.errors import FeedError, FeedState
from monitor.feeds.http.fetch import Fetcher, FetchSettings

# as hosts of a URL; the first ones all mean 127.0.0.1
FORMS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "0177.0.0.1",
    "017700000001",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "127.0.0.1.",
    "127%2e0%2e0%2e1",
    "１２７.0.0.1",
    "127。0。0。1",
    "ⓛocalhost",
    "0",
    "0.0.0.0",
    "127.255.255.254",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[2002:7f00:1::]",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[fc00::1]",
    "168.63.129.16",
    "192.0.0.8",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
]


@pytest.fixture
def inside() -> Iterator[FeedServer]:
    with FeedServer(host="0.0.0.0") as ipv4:
        ipv4.route("/f", Reply(body=b"<rss/>"))
        yield ipv4


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Note every address that a socket is connected to, whoever does it."""
    came: list[Any] = []

    class Watched(socket.socket):
        def connect(self, address: Any) -> None:
            came.append(address)
            super().connect(address)

        def connect_ex(self, address: Any) -> int:
            came.append(address)
            return super().connect_ex(address)

    monkeypatch.setattr("monitor.feeds.http.connector.socket.socket", Watched)
    return came


def outside() -> Fetcher:
    return Fetcher(FetchSettings(timeout_s=PATIENCE_S, user_agent="t", pause_s=0), clock=lambda: NOW)


@pytest.mark.parametrize("host", FORMS)
async def test_no_notation_of_a_private_address_is_dialled_when_it_is_configured(
    inside: FeedServer, dialled: list[Any], fetch: Fetch, host: str
) -> None:
    async with outside() as client:
        with pytest.raises(FeedError) as caught:
            await fetch(f"http://{host}:{inside.port}/f", client=client)
    assert caught.value.state in (FeedState.PRIVATE_ADDRESS, FeedState.DNS, FeedState.NO_CONNECTION)
    assert (inside.connections, dialled) == (0, [])


@pytest.mark.parametrize("host", FORMS)
async def test_no_notation_of_a_private_address_is_dialled_when_a_redirect_names_it(
    server: FeedServer, inside: FeedServer, dialled: list[Any], fetch: Fetch, host: str
) -> None:
    url = server.redirect("/out", f"http://{host}:{inside.port}/f".encode())
    async with Fetcher(
        FetchSettings(timeout_s=PATIENCE_S, user_agent="t", allow_private=LOOPBACK_OF_SERVER, pause_s=0),
        clock=lambda: NOW,
    ) as client:
        with pytest.raises(FeedError):
            await fetch(url, client=client)
    assert inside.connections == 0
    assert {address[0] for address in dialled} == {server.host}


class Rebinding(aiohttp.abc.AbstractResolver):
    """Answers a public address first and an inner one ever after, as a hostile name server does."""

    def __init__(self, inner: str, port: int) -> None:
        self.asked = 0
        self._inner = inner
        self._port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        self.asked += 1
        ip = "192.0.2.1" if self.asked == 1 else self._inner
        kind = socket.AF_INET6 if ":" in ip else socket.AF_INET
        return [{"hostname": host, "host": ip, "port": port, "family": kind, "proto": 0, "flags": 0}]

    async def close(self) -> None:
        """Nothing is open."""


INNER = [
    "127.0.0.1",
    "127.9.9.9",
    "::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "10.0.0.1",
    "169.254.169.254",
    "fd00::1",
]


@pytest.mark.parametrize("inner", INNER)
async def test_a_name_that_is_later_bound_to_a_private_address_is_checked_when_it_is_dialled(
    inside: FeedServer, dialled: list[Any], fetch: Fetch, inner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Rebinding(inner, inside.port)
    monkeypatch.setattr("monitor.feeds.http.connector.aiohttp.TCPConnector", resolving(names))
    async with outside() as client:
        for _ in range(2):
            with pytest.raises(FeedError) as caught:
                await fetch(f"http://feeds.example:{inside.port}/f", client=client)
    assert names.asked == 2
    assert caught.value.state is FeedState.PRIVATE_ADDRESS
    assert (inside.connections, dialled) == (0, [])


def resolving(names: Rebinding) -> Any:
    real = aiohttp.TCPConnector
    return lambda **options: real(resolver=names, use_dns_cache=False, **options)
