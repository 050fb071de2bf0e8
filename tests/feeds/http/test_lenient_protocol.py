from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine

import pytest
from support.feed_samples import LOOPBACK, Fetch
from support.patience import PATIENCE_S

from monitor import clock
from monitor.errors import FeedError
from monitor.feeds.http.fetch import Fetcher, FetchSettings
from monitor.feeds.http.lenient_protocol import repaired_head

Serve = Callable[..., Coroutine[None, None, str]]
HOST = "127.0.31.7"


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Give a function that serves raw bytes, the n-th to the n-th request, and returns the address."""
    servers: list[asyncio.Server] = []

    async def start(*answers: bytes) -> str:
        left = list(answers)

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            request = await reader.readuntil(b"\r\n\r\n")
            raw = left.pop(0) if len(left) > 1 else left[0]
            writer.write(raw if not raw.startswith(b"GATE") or b"seen=1" in request else raw[4:])
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, HOST, 0)
        servers.append(server)
        return f"http://{HOST}:{server.sockets[0].getsockname()[1]}/f"

    yield start
    for server in servers:
        server.close()


@pytest.fixture
async def client() -> AsyncIterator[Fetcher]:
    settings = FetchSettings(timeout_s=PATIENCE_S, user_agent="t", allow_private=LOOPBACK, pause_s=0)
    async with Fetcher(settings, clock=clock.now) as fetcher:
        yield fetcher


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "head",
    [
        OK + b'Connection: close\r\n"X-XSS-Protection 0"\r\n',
        OK + b"Connection: close\r\n: no name\r\nBad Name: x\r\n",
        OK + b"Connection: close\r\nContent-Length: 3\r\n",
        OK + b"Connection: close\r\nContent-Length: 900\r\n",
        OK + b"Connection: close\r\nContent-Length: 6\r\nContent-Length: 9\r\n",
        OK + b"Content-Length: 6, 6\r\n",
        OK + b"Content-Length: 900\r\n",
        OK + b"Content-Length: six\r\n",
        OK.replace(b"\r", b"") + b"Content-Length: 6\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + b"Content-Length: 6\r\n",
        OK + b"X-Folded: a\r\n b: c\r\nContent-Length: 6\r\n",
        OK + b"X-Long: " + b"x" * 70_000 + b"\r\nContent-Length: 6\r\n",
        OK + b"".join(b"X-%d: y\r\n" % n for n in range(500)) + b"Content-Length: 6\r\n",
        OK + b"Content-Length: 3\r\n",
        b"http/1.1 200 ok\r\nContent-Length: 6\r\n",
        b"ICY 200 OK\r\n",
        b"HTTP/2 200 \r\nConnection: close\r\n",
    ],
    ids=[
        *("stray line", "bad names", "short length", "long length", "two lengths", "doubled length"),
        *(
            "long length, kept open",
            "no number",
            "bare line feeds",
            "early hints",
            "folded",
            "long header",
            "many lines",
            "short length without a word about the connection",
            "small letters",
            "a radio station",
            "another version",
        ),
    ],
)
async def test_a_head_that_browsers_accept_is_accepted(
    serve: Serve, client: Fetcher, fetch: Fetch, head: bytes
) -> None:
    url = await serve(head + (b"\n" if b"\r" not in head else b"\r\n") + b"<rss/>")
    assert (await fetch(url, client=client)).body == b"<rss/>"


async def test_a_redirect_may_set_a_cookie_and_expect_it_back(serve: Serve, client: Fetcher, fetch: Fetch) -> None:
    close = b"Connection: close\r\n"
    gate = b"HTTP/1.1 302 Found\r\nSet-Cookie: seen=1; Path=/\r\nLocation: /f\r\nContent-Length: 0\r\n" + close
    url = await serve(gate + b"\r\n", OK + close + b"\r\n<rss/>")
    assert (await fetch(url, client=client)).body == b"<rss/>"


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", "not valid HTTP"),
        (OK + b"X-Long: " + b"x" * 300_000 + b"\r\n\r\n", "the headers are larger than 256 kb"),
    ],
    ids=["another protocol", "endless headers"],
)
async def test_what_is_refused_is_named(serve: Serve, client: Fetcher, fetch: Fetch, raw: bytes, cause: str) -> None:
    with pytest.raises(FeedError) as caught:
        await fetch(await serve(raw), client=client)
    assert cause in caught.value.cause
    assert "b'" not in caught.value.cause


def test_a_header_that_is_used_keeps_its_bytes() -> None:
    head = repaired_head(b'HTTP/1.1 200 OK\r\nETag: W/"\xe9"\r\nX-Other: 1')
    assert head == b'HTTP/1.1 200 OK\r\nETag: W/"\xe9"\r\n\r\n'
