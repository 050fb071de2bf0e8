"""A web server for benchmarks: thousands of distinct feeds on one port, each at a loopback address of its own.

It answers by hand on bare protocols, so that it is not what is measured. Run it as a program: it prints its port. The
part of requests that find their feed changed is set by  GET /changing/0.1  at any address.

    python -m benchmarks.polling_server [SECONDS [ITEMS WORDS]]
"""

from __future__ import annotations

import asyncio
import gzip
import html
import random
import sys
from email.utils import formatdate

ITEMS = 20  # of a feed
WORDS = 250  # of an item
MARKUP = ("<p>", "</p>", '<a href="/tag/{}" rel="nofollow">', "</a>", "<strong>", "</strong>", "<br />", "&nbsp;")
NAMES = 2000  # different words

_BEGIN = 1_790_000_000


class Feeds:
    """What is served: every feed has a number of items, and gets one more when it changes."""

    def __init__(self, listed: int = ITEMS, length: int = WORDS) -> None:
        self._listed = listed  # items of a feed
        dice = random.Random(7)
        words = ["".join(dice.choices("abcdefghijklmnoprstuvwz", k=dice.randint(3, 9))) for _ in range(NAMES)]
        self.changing = 0.0
        self._dice = dice
        self._titles = [" ".join(dice.choices(words, k=10)) for _ in range(500)]
        self._texts = [html.escape(self._marked_up(dice.choices(words, k=length))) for _ in range(500)]
        self._items: dict[bytes, int] = {}

    def answer(self, path: bytes, held: bytes, *, packed: bool) -> bytes:
        """Return the answer to a request for *path* by somebody who holds the version *held*."""
        if path.startswith(b"/changing/"):
            self.changing = float(path.rpartition(b"/")[2])
            return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        items = self._items.get(path, self._listed)
        if held and self._dice.random() < self.changing:
            items += 1
        self._items[path] = items
        etag = b'"%d"' % items
        dated = formatdate(_BEGIN + items, usegmt=True).encode()
        head = b"ETag: %s\r\nLast-Modified: %s\r\nContent-Type: application/rss+xml; charset=utf-8\r\n" % (etag, dated)
        if held == etag:
            return b"HTTP/1.1 304 Not Modified\r\n" + head + b"\r\n"
        body = self.document(path.decode(), items).encode()
        if packed:
            body, head = gzip.compress(body, 1), head + b"Content-Encoding: gzip\r\n"
        return b"HTTP/1.1 200 OK\r\n" + head + b"Content-Length: %d\r\n\r\n" % len(body) + body

    def _marked_up(self, words: list[str]) -> str:
        """Return *words* as the HTML that blogs put into their feeds, with a mark after every sixth of them."""
        return " ".join(w + (self._dice.choice(MARKUP).format(w) if n % 6 == 5 else "") for n, w in enumerate(words))

    def document(self, path: str, items: int) -> str:
        """Return the feed at *path* when it has had so many items: the newest of them."""
        number = int(path.rpartition("/")[2] or 0)
        rows = "".join(
            f"<item><guid isPermaLink='false'>{path}-{n}</guid><link>https://x.example{path}/{n}</link>"
            f"<title>{self._titles[(number * 7 + n) % 500]}</title><pubDate>{formatdate(_BEGIN + n * 60)}</pubDate>"
            f"<description>{self._texts[(number + n) % 500]}</description></item>"
            for n in range(items, items - self._listed, -1)
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed {number}</title>{rows}</channel></rss>'


class Connection(asyncio.Protocol):
    """One connection; requests have no body."""

    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds
        self._came = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where answers go."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self._came += data
        while b"\r\n\r\n" in self._came:
            head, _, self._came = self._came.partition(b"\r\n\r\n")
            lines = head.split(b"\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])}
            answer = self._feeds.answer(
                lines[0].split(b" ")[1],
                headers.get(b"if-none-match", b""),
                packed=b"gzip" in headers.get(b"accept-encoding", b""),
            )
            self._transport.write(answer)  # type: ignore[attr-defined] # a plain protocol is given a transport


async def main() -> None:
    """Serve until killed."""
    feeds = Feeds(*map(int, sys.argv[2:4]))
    # the whole of 127/8 leads to this machine, so one socket serves every address of it
    server = await asyncio.get_running_loop().create_server(lambda: Connection(feeds), "0.0.0.0", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.sleep(float(sys.argv[1]) if len(sys.argv) > 1 else 3600)


if __name__ == "__main__":
    asyncio.run(main())
