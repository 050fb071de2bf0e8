"""Proxies, by a small one of our own for each kind."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest
from support.feed_samples import NOW, Fetch
from support.patience import PATIENCE_S
from support.servers import FeedServer, Reply

from monitor.errors import FeedError, FeedState
from monitor.feeds.http.fetch import Fetcher, FetchSettings


class Proxy:
    """Leads every connection to one place, and notes where it was asked to lead."""

    def __init__(self, to: FeedServer) -> None:
        self.to = to
        self.asked: list[str] = []

    async def run(self) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.31.9", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readexactly(1)
        head = await (self._socks5(reader, writer) if first == b"\x05" else self._plain(first, reader))
        if head is not None:
            there, onward = await asyncio.open_connection(self.to.host, self.to.port)
            onward.write(head)
            await asyncio.gather(_copy(reader, onward), _copy(there, writer))
        writer.close()

    async def _socks5(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        """Do as RFC 1928 says, for names and IPv4."""
        await reader.readexactly((await reader.readexactly(1))[0])
        writer.write(b"\x05\x00")
        kind = (await reader.readexactly(4))[3]
        if kind == 3:
            self.asked.append((await reader.readexactly((await reader.readexactly(1))[0])).decode())
        else:
            self.asked.append(socket.inet_ntoa(await reader.readexactly(4)))
        await reader.readexactly(2)
        writer.write(b"\x05\x00\x00\x01" + bytes(6))
        return b""

    async def _plain(self, first: bytes, reader: asyncio.StreamReader) -> bytes:
        line = first + await reader.readline()
        self.asked.append(line.split()[1].decode())
        return b"GET /f HTTP/1.1\r\n"


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while part := await reader.read(4096):
            writer.write(part)
            await writer.drain()
        writer.close()


@pytest.fixture
async def proxy(server: FeedServer) -> AsyncIterator[tuple[Proxy, int]]:
    server.route("/f", Reply(body=b"<rss/>"))
    running = Proxy(server)
    yield running, await running.run()
    await running.close()


def through(address: str) -> Fetcher:
    return Fetcher(FetchSettings(timeout_s=PATIENCE_S, user_agent="t", proxy=address, pause_s=0), clock=lambda: NOW)


@pytest.mark.parametrize(
    ("scheme", "asked"), [("socks5h", "feeds.example"), ("http", "http://feeds.example/f")], ids=["socks5h", "http"]
)
async def test_only_the_proxy_is_connected_to_and_it_gets_the_host_name(
    proxy: tuple[Proxy, int], fetch: Fetch, scheme: str, asked: str
) -> None:
    running, port = proxy
    async with through(f"{scheme}://127.0.31.9:{port}") as client:
        fetched = await fetch("http://feeds.example/f", client=client)
    assert (fetched.body, running.asked) == (b"<rss/>", [asked])


@pytest.mark.parametrize("scheme", ["socks5h", "http"])
@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "[::ffff:7f00:1]", "169.254.169.254"])
async def test_a_literal_private_address_is_refused_before_the_proxy_is_asked(
    proxy: tuple[Proxy, int], fetch: Fetch, scheme: str, host: str
) -> None:
    running, port = proxy
    async with through(f"{scheme}://127.0.31.9:{port}") as client:
        with pytest.raises(FeedError, match="private address"):
            await fetch(f"http://{host}/f", client=client)
    assert running.asked == []


@pytest.mark.parametrize("scheme", ["socks5h", "socks4", "http"])
async def test_an_unreachable_proxy_is_named_as_the_cause(fetch: Fetch, scheme: str) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.31.9", 0))
        async with through(f"{scheme}://127.0.31.9:{bound.getsockname()[1]}") as client:
            with pytest.raises(FeedError) as caught:
                await fetch("http://feeds.example/f", client=client)
    assert caught.value.state is FeedState.NO_CONNECTION
    assert "proxy" in caught.value.cause
    assert caught.value.remedy == 'see "proxy" in [http]'
