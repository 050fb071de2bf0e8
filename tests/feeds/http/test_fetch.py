from __future__ import annotations

import asyncio
import gzip
import resource
import socket
import zlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import brotli
import pytest
from backports import zstd
from support.feed_samples import LOOPBACK, LOOPBACK_OF_SERVER, NOTHING, NOW, Fetch
from support.patience import PATIENCE_S
from support.self_signed import self_signed_tls
from support.servers import FeedServer, Reply

from monitor import clock
from monitor.errors import FeedError, FeedState, HostPaused
from monitor.feeds.http.fetch import DEFAULT_RETRY_AFTER_S, Fetcher, FetchSettings
from monitor.feeds.http.host_limits import HostLimits
from monitor.model import DueReason, Feed, FeedRecord, Freshness, Validators

MIB = 1024 * 1024
HELD = Validators(b'W/"caf\xc3\xa9 \t1"', b"Mon, 02 Nov 2026 00:00:00 GMT")


async def state_of(fetch: Fetch, url: str, **more: object) -> FeedError:
    with pytest.raises(FeedError) as caught:
        await fetch(url, **more)
    return caught.value


async def test_a_response_is_returned_with_its_headers(server: FeedServer, fetch: Fetch) -> None:
    headers = [("Content-Type", "text/xml; charset=koi8-r")]
    url = server.route("/f", Reply(body=b"<rss/>", headers=headers, etag=HELD.etag, last_modified=HELD.last_modified))
    fetched = await fetch(url)
    assert (fetched.body, fetched.content_type, fetched.url) == (b"<rss/>", "text/xml; charset=koi8-r", url)
    assert fetched.validators == HELD
    assert fetched.moved_to == ""
    assert fetched.elapsed_s > 0


async def test_a_request_names_its_sender_and_the_formats_it_accepts(server: FeedServer, fetch: Fetch) -> None:
    await fetch(server.route("/f", Reply(headers=[("Set-Cookie", "a=b")])))
    await fetch(server.url("/f"))
    request = server.requests[1]
    assert request.header("User-Agent") == b"tester/1 (+a@b.example)"
    assert (request.header("Accept") or b"").startswith(b"application/atom+xml")
    assert {b"gzip", b"br", b"zstd"} <= set((request.header("Accept-Encoding") or b"").replace(b" ", b"").split(b","))
    assert request.header("Cookie") is None
    assert server.connections == 1


async def test_validators_are_sent_back_byte_for_byte_and_a_304_has_no_body(server: FeedServer, fetch: Fetch) -> None:
    url = server.route("/f", Reply(body=b"<rss/>", etag=HELD.etag, last_modified=HELD.last_modified))
    fetched = await fetch(url, HELD)
    assert fetched.body is None
    assert fetched.validators == HELD
    assert server.requests[0].header("If-None-Match") == HELD.etag
    assert server.requests[0].header("If-Modified-Since") == HELD.last_modified


async def test_a_304_may_replace_one_validator(server: FeedServer, fetch: Fetch) -> None:
    url = server.route("/f", Reply(status=304, etag=b'"2"'))
    assert (await fetch(url, HELD)).validators == Validators(b'"2"', HELD.last_modified)


async def test_a_200_replaces_both_validators(server: FeedServer, fetch: Fetch) -> None:
    url = server.route("/f", Reply(body=b"x", etag=b'"2"'))
    assert (await fetch(url, HELD)).validators == Validators(b'"2"', None)


async def test_an_etag_that_is_not_utf8_is_dropped(server: FeedServer, fetch: Fetch) -> None:
    url = server.route("/f", Reply(body=b"x", etag=b'"\xe9"'))
    assert (await fetch(url)).validators == NOTHING


async def test_validators_of_another_address_are_not_sent(server: FeedServer, fetcher: Fetcher) -> None:
    url = server.route("/f", Reply(body=b"x"))
    record = FeedRecord("wire", server.url("/old"), due_at=NOW, validators=HELD)
    assert (await fetcher.fetch(Feed("wire", url, 300), record)).body == b"x"
    assert server.requests[0].header("If-None-Match") is None


async def test_validators_do_not_follow_a_redirect_to_another_host(
    server: FeedServer, other_host: FeedServer, fetch: Fetch
) -> None:
    other_host.route("/f", Reply(body=b"x", etag=HELD.etag, last_modified=HELD.last_modified))
    fetched = await fetch(server.redirect("/f", other_host.url("/f")), HELD)
    assert (fetched.body, fetched.url) == (b"x", other_host.url("/f"))
    assert other_host.requests[0].header("If-None-Match") is None
    assert other_host.requests[0].header("If-Modified-Since") is None


async def test_validators_are_sent_to_the_host_that_gave_them(
    server: FeedServer, other_host: FeedServer, fetcher: Fetcher
) -> None:
    other_host.route("/f", Reply(body=b"x", etag=HELD.etag, last_modified=HELD.last_modified))
    url = server.redirect("/f", other_host.url("/f"))
    record = FeedRecord("wire", url, due_at=NOW, validators=HELD, answered_by=other_host.url("/f"))
    assert (await fetcher.fetch(Feed("wire", url, 300), record)).body is None
    assert server.requests[0].header("If-None-Match") is None


@pytest.mark.parametrize(("days", "whole"), [(6.9, False), (7, True)])
async def test_after_a_week_without_a_whole_document_it_is_requested(
    server: FeedServer, fetcher: Fetcher, days: float, whole: bool
) -> None:
    url = server.route("/f", Reply(body=b"x", etag=HELD.etag, last_modified=HELD.last_modified))
    record = FeedRecord("wire", url, due_at=NOW, validators=HELD, full_at=NOW - timedelta(days=days))
    assert ((await fetcher.fetch(Feed("wire", url, 300), record)).body == b"x") is whole


async def test_a_redirect_target_is_polled_without_the_secrets_of_the_configured_host(
    server: FeedServer, other_host: FeedServer, fetcher: Fetcher
) -> None:
    url = server.route("/f", Reply(body=b"old"))
    taken = other_host.route("/f", Reply(body=b"new"))
    feed = Feed("wire", url, 300, auth=("me", "sesame"), headers=(("X-Key", "k"),))
    fetched = await fetcher.fetch(feed, FeedRecord("wire", url, due_at=NOW, taken_url=taken))
    assert (fetched.body, fetched.url, server.requests) == (b"new", taken, [])
    assert other_host.requests[0].header("Authorization") is other_host.requests[0].header("X-Key") is None


async def test_every_line_of_cache_control_counts(server: FeedServer, fetch: Fetch) -> None:
    headers = [("Cache-Control", "public"), ("Cache-Control", "max-age=900")]
    freshness = (await fetch(server.route("/f", Reply(body=b"x", headers=headers)))).freshness
    assert freshness == Freshness(900, DueReason.CACHE_CONTROL)
    assert (await fetch(server.route("/g", Reply(body=b"x")))).freshness is None


async def test_a_host_is_asked_one_request_at_a_time_redirects_included(
    server: FeedServer, other_host: FeedServer, fetch: Fetch
) -> None:
    server.route("/f", Reply(body=b"x", wait_s=0.05))
    urls = [other_host.redirect(f"/{n}", server.url("/f")) for n in range(3)]
    await asyncio.gather(*map(fetch, [*urls, server.url("/f"), server.url("/f")]))
    assert (server.most_at_once, other_host.most_at_once) == (1, 1)


@pytest.mark.parametrize(
    ("reply", "rest_s"),
    [
        (Reply(status=429, headers=[("Retry-After", "90")]), 90),
        (Reply(status=503, headers=[("Retry-After", "90")]), 90),
        (Reply(status=429), DEFAULT_RETRY_AFTER_S),
        (Reply(status=503), None),
        (Reply(status=404, headers=[("Retry-After", "90")]), None),
    ],
    ids=["429", "503", "429 without a word", "503 without a word", "404"],
)
async def test_a_host_that_asks_for_a_pause_gets_no_requests(
    server: FeedServer, fetch: Fetch, reply: Reply, rest_s: float | None
) -> None:
    hosts = HostLimits(lambda: NOW)
    async with Fetcher(
        FetchSettings(timeout_s=PATIENCE_S, user_agent="t", allow_private=LOOPBACK), clock=lambda: NOW, hosts=hosts
    ) as client:
        await state_of(fetch, server.route("/f", reply), client=client)
        rests = {} if rest_s is None else {f"127.0.31.1:{server.port}": NOW + timedelta(seconds=rest_s)}
        assert hosts.paused() == rests
        error = await state_of(fetch, server.url("/other"), client=client)
    assert isinstance(error, HostPaused) is bool(rests)
    assert len(server.requests) == (1 if rests else 2)


async def test_a_304_to_an_unconditional_request_is_a_failure(server: FeedServer, fetch: Fetch) -> None:
    error = await state_of(fetch, server.route("/f", Reply(status=304)))
    assert error.state is FeedState.SERVER_ERROR


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (Reply(status=500), FeedState.SERVER_ERROR),
        (Reply(status=404), FeedState.NOT_FOUND),
        (Reply(status=410), FeedState.GONE),
        (Reply(status=403, body=b"<title>Just a moment...</title>"), FeedState.CHALLENGED),
        (
            Reply(status=403, body=gzip.compress(b"Just a moment..."), headers=[("Content-Encoding", "gzip")]),
            FeedState.CHALLENGED,
        ),
        (Reply(status=302), FeedState.SERVER_ERROR),
        (Reply(status=403, body=b"slow" * 200, drip="body"), FeedState.FORBIDDEN),
        (Reply(body=b"\x1f\x8bno gzip", headers=[("Content-Encoding", "gzip")]), FeedState.UNREADABLE),
    ],
    ids=[
        "500",
        "404",
        "410",
        "challenge",
        "compressed challenge",
        "redirect to nowhere",
        "slow error page",
        "damaged gzip",
    ],
)
async def test_a_failure_is_named(server: FeedServer, fetch: Fetch, reply: Reply, state: FeedState) -> None:
    assert (await state_of(fetch, server.route("/f", reply))).state is state


@pytest.mark.parametrize("value", ["90", "Fri, 20 Nov 2026 12:01:30 GMT"], ids=["seconds", "date"])
async def test_the_retry_after_of_a_429_is_reported(server: FeedServer, fetch: Fetch, value: str) -> None:
    error = await state_of(fetch, server.route("/f", Reply(status=429, headers=[("Retry-After", value)])))
    assert (error.state, error.retry_after_s) == (FeedState.RATE_LIMITED, 90)


@pytest.mark.parametrize(
    "reply",
    [Reply(hang=True), Reply(body=b"x", drip="head"), Reply(body=b"x" * 900, drip="body")],
    ids=["never answers", "header drip", "body drip"],
)
async def test_the_whole_request_has_one_deadline(server: FeedServer, fetch: Fetch, reply: Reply) -> None:
    hurried = Fetcher(FetchSettings(timeout_s=0.2, user_agent="t", allow_private=LOOPBACK), clock=clock.now)
    async with asyncio.timeout(PATIENCE_S), hurried:  # only a hang takes that long
        error = await state_of(fetch, server.route("/f", reply), client=hurried)
    assert (error.state, error.cause) == (FeedState.TIMEOUT, "no complete response within 0.2 s")


def _gzipped() -> Iterator[bytes]:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    for _ in range(64):
        yield packer.compress(bytes(MIB))
    yield packer.flush()


def _zstd() -> Iterator[bytes]:
    packer = zstd.ZstdCompressor()
    for _ in range(64):
        yield packer.compress(bytes(MIB))
    yield packer.flush()


def _brotlied() -> Iterator[bytes]:
    packer = brotli.Compressor(quality=1)
    for _ in range(64):
        yield packer.process(bytes(MIB))
    yield packer.finish()


@pytest.mark.parametrize(
    ("encoding", "chunks"),
    [("identity", lambda: (bytes(MIB) for _ in range(50))), ("gzip", _gzipped), ("br", _brotlied), ("zstd", _zstd)],
    ids=["50 MB", "gzip bomb", "brotli bomb", "zstd bomb"],
)
async def test_a_body_is_read_up_to_the_limit(server: FeedServer, fetch: Fetch, encoding: str, chunks: object) -> None:
    packed = b"".join(chunks()) if encoding != "identity" else b""  # type: ignore[operator]
    reply = Reply(headers=[("Content-Encoding", encoding)], body=packed, chunks=None if packed else chunks)  # type: ignore[arg-type]
    url = server.route("/f", reply)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    error = await state_of(fetch, url)
    assert error.state is FeedState.TOO_LARGE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40 * 1024


async def test_a_body_of_exactly_the_limit_is_read(server: FeedServer, fetch: Fetch) -> None:
    packed = gzip.compress(bytes(5 * MIB))
    url = server.route("/f", Reply(body=packed, headers=[("Content-Encoding", "gzip")]))
    assert len((await fetch(url)).body or b"") == 5 * MIB


@pytest.mark.parametrize(
    ("first", "second", "moved"), [(301, 308, True), (301, 302, False), (307, 301, False)], ids=str
)
async def test_only_redirects_that_are_all_permanent_move_a_feed(
    server: FeedServer, fetch: Fetch, first: int, second: int, moved: bool
) -> None:
    url = server.redirect("/1", "/2", first)
    server.redirect("/2", "/3", second)
    target = server.route("/3", Reply(body=b"x"))
    fetched = await fetch(url)
    assert (fetched.url, fetched.moved_to) == (target, target if moved else "")


async def test_a_redirect_loop_ends(server: FeedServer, fetch: Fetch) -> None:
    error = await state_of(fetch, server.redirect("/f", "/f"))
    assert error.state is FeedState.REDIRECT_LOOP
    assert len(server.requests) == 6


async def test_secrets_are_only_sent_to_the_host_they_are_meant_for(
    server: FeedServer, other_host: FeedServer, fetch: Fetch
) -> None:
    url = server.redirect("/start", "/near")
    server.redirect("/near", other_host.url("/far"))
    other_host.redirect("/far", "/further")
    other_host.redirect("/further", server.url("/back"))
    server.route("/back", Reply(body=b"x"))
    await fetch(url, auth=("me", "päss"), headers=(("X-Key", "k"),))
    start, near, back = server.requests
    assert start.header("Authorization") == near.header("Authorization") == b"Basic bWU6cMOkc3M="
    assert near.header("X-Key") == b"k"
    for request in (*other_host.requests, back):
        assert request.header("Authorization") is request.header("X-Key") is None


WAYS_TO_LOOPBACK = """
    127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 127.0.0.01 0 0.0.0.0 localhost
    LOCALHOST 127.255.255.254 [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:7f00:1] [::127.0.0.1]
    [64:ff9b::7f00:1] [2002:7f00:1::] 127。0。0。1 １２７.0.0.1 ①②⑦.0.0.1 user:pass@127.0.0.1 0x7F.0x0.0x0.0x1
"""


@pytest.fixture
def anywhere() -> Iterator[FeedServer]:
    """Listen on every address of the machine, for the tests in which nothing may arrive."""
    with FeedServer(host="0.0.0.0") as running:
        running.route("/f", Reply(body=b"x"))
        yield running


@pytest.mark.parametrize("host", WAYS_TO_LOOPBACK.split())
async def test_no_notation_of_a_private_address_is_connected_to(
    anywhere: FeedServer, server: FeedServer, fetch: Fetch, host: str
) -> None:
    private = f"http://{host}:{anywhere.port}/f"
    async with Fetcher(FetchSettings(timeout_s=PATIENCE_S, user_agent="t"), clock=clock.now) as strict:
        await state_of(fetch, private, client=strict)
    async with Fetcher(
        FetchSettings(timeout_s=PATIENCE_S, user_agent="t", allow_private=LOOPBACK_OF_SERVER), clock=clock.now
    ) as led_on:
        await state_of(fetch, server.redirect("/away", private.encode()), client=led_on)
    assert len(server.requests) == 1
    assert anywhere.connections == 0


async def test_a_name_whose_address_changes_between_two_polls_is_checked_again(
    anywhere: FeedServer, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter(["127.0.31.1", "127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "0.0.0.0"])

    def resolve(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        address = next(looks)
        six = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
        return [six if ":" in address else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    async def look() -> bytes | None:  # a client each time, since it remembers names for a while
        async with Fetcher(
            FetchSettings(timeout_s=PATIENCE_S, user_agent="t", allow_private=LOOPBACK_OF_SERVER), clock=clock.now
        ) as client:
            return (await fetch(f"http://rebind.example:{anywhere.port}/f", client=client)).body

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert await look() == b"x"
    for _ in range(5):
        with pytest.raises(FeedError, match="private address"):
            await look()
    assert anywhere.connections == 1


async def test_a_refused_address_is_named(server: FeedServer, fetch: Fetch) -> None:
    async with Fetcher(
        FetchSettings(timeout_s=PATIENCE_S, user_agent="t", allow_private=LOOPBACK), clock=clock.now
    ) as client:
        error = await state_of(fetch, server.redirect("/f", "http://169.254.169.254/latest"), client=client)
    assert (error.state, error.cause) == (FeedState.PRIVATE_ADDRESS, "169.254.169.254 is a cloud metadata address")
    assert "allow_private" in error.remedy


async def test_a_closed_port_is_no_connection(fetch: Fetch) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.31.3", 0))
        error = await state_of(fetch, f"http://127.0.31.3:{bound.getsockname()[1]}/")
    assert error.state is FeedState.NO_CONNECTION
    assert "refused" in error.cause


async def test_a_name_without_an_address_is_a_dns_failure(fetch: Fetch) -> None:
    assert (await state_of(fetch, "http://no-such-host.invalid/")).state is FeedState.DNS


async def test_the_timeout_of_a_request_starts_when_it_has_a_slot(server: FeedServer, fetch: Fetch) -> None:
    url = server.route("/f", Reply(body=b"x" * 10, drip="body"))
    async with Fetcher(
        FetchSettings(timeout_s=0.45, user_agent="t", allow_private=LOOPBACK, concurrency=1), clock=clock.now
    ) as narrow:
        fetched = await asyncio.gather(*(fetch(url, client=narrow) for _ in range(3)))
    assert [f.body for f in fetched] == [b"x" * 10] * 3
    assert server.connections == 1


async def test_a_body_ends_where_the_connection_does(server: FeedServer, fetch: Fetch) -> None:
    assert (await fetch(server.route("/f", Reply(body=b"x" * 100, cut=10)))).body == b"x" * 10


@pytest.mark.parametrize("encoding", ["x-gzip", ""])
async def test_gzip_is_recognised_by_its_first_bytes(server: FeedServer, fetch: Fetch, encoding: str) -> None:
    headers = [("Content-Encoding", encoding)] if encoding else []
    url = server.route("/f", Reply(body=gzip.compress(b"<rss/>"), headers=headers))
    assert (await fetch(url)).body == b"<rss/>"


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b"<rss") + gzip.compress(b"/>"),
        gzip.compress(gzip.compress(b"<rss/>")),
        gzip.compress(b"<rss/>") + b"garbage",
        gzip.compress(b"<rss/>") + b"\0" * 20,
        gzip.compress(b"<rss/>")[:-8],
        gzip.compress(b"<rss/>")[:-8] + b"\0" * 8,
        b"<rss/>",
    ],
    ids=["two members", "compressed twice", "garbage", "zeros", "no end", "wrong checksum", "not compressed at all"],
)
@pytest.mark.parametrize("headers", [[], [("Content-Encoding", "gzip")]], ids=["unlabelled", "labelled"])
async def test_a_file_of_two_members_or_compressed_twice_is_unpacked(
    server: FeedServer, fetch: Fetch, body: bytes, headers: list[tuple[str, str]]
) -> None:
    assert (await fetch(server.route("/f", Reply(body=body, headers=headers)))).body == b"<rss/>"


async def test_a_bomb_without_a_header_stops_at_the_limit(server: FeedServer, fetch: Fetch) -> None:
    url = server.route("/f", Reply(body=gzip.compress(b"0" * (6 * MIB))))
    assert (await state_of(fetch, url)).state is FeedState.TOO_LARGE


@pytest.mark.parametrize("status", [201, 202, 203, 206, 226])
async def test_any_status_with_a_document_is_read(server: FeedServer, fetch: Fetch, status: int) -> None:
    assert (await fetch(server.route("/f", Reply(status=status, body=b"x")))).body == b"x"


async def test_headers_of_the_size_that_browsers_accept_are_read(server: FeedServer, fetch: Fetch) -> None:
    headers = [("Content-Security-Policy", "x" * 32_768), *((f"X-Line-{n}", "y") for n in range(300))]
    assert (await fetch(server.route("/f", Reply(body=b"x", headers=headers)))).body == b"x"


async def test_a_self_signed_certificate_is_refused(tmp_path: Path, fetch: Fetch) -> None:
    with FeedServer(host="127.0.31.1", tls=self_signed_tls(tmp_path, "127.0.31.1")) as server:
        error = await state_of(fetch, server.route("/f", Reply(body=b"x")))
    assert error.state is FeedState.CERTIFICATE
    assert "self-signed" in error.cause
    assert server.requests == []


async def test_a_server_without_tls_gets_no_plain_request(fetch: Fetch) -> None:
    heard = []

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(3))
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(plain, "127.0.31.4", 0) as server:
        error = await state_of(fetch, f"https://127.0.31.4:{server.sockets[0].getsockname()[1]}/")
    assert error.state is FeedState.CERTIFICATE
    assert all(first.startswith(b"\x16\x03") for first in heard)
