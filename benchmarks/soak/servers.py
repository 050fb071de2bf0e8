"""The web server of the feeds and the webhooks, and the mail server, with outages."""

# ruff: noqa: ARG002 - aiosmtpd calls its handlers with all of these
from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default as modern
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from benchmarks.soak.newsroom import Newsroom

GROUPS = 10  # of feeds; each group has a server of its own, and all feeds of it fail together
SLOW_S = 0.4
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Message:
    """What a destination received."""

    destination: str
    life: int  # number of the process that sent it
    elapsed_s: float  # simulated second of the arrival
    clock_offset_s: float  # by how much the daemon's clock was ahead
    kind: str  # as the JSON says; empty for a mail
    text: str  # with the headlines of all its hits
    possible_repeat: bool
    answer_lost: bool  # the daemon could not learn that it was accepted
    hits: int


class Arrivals:
    """The messages in the order of arrival; the rig says which process is running and what time it is."""

    def __init__(self, moment: Callable[[], tuple[int, float, float]]) -> None:
        self._moment = moment
        self.messages: list[Message] = []

    def add_json(self, destination: str, body: bytes, *, answer_lost: bool) -> None:
        """Add a message to a webhook."""
        alert = json.loads(body)["alert"]
        titles = "\n".join(hit["title"] for hit in alert["hits"])
        self._add(destination, alert["kind"], titles, alert["possible_repeat"], answer_lost, alert["hits_in_all"])

    def add_mail(self, content: bytes, *, answer_lost: bool) -> None:
        """Add a mail."""
        mail = message_from_bytes(content, policy=modern)
        body = mail.get_body(("plain",))
        text = f"{mail['subject']}\n{body.get_content() if body else ''}"
        self._add("mail", "", text, "possible repeat" in text, answer_lost, 0)

    def _add(self, to: str, kind: str, text: str, repeat: bool, lost: bool, hits: int) -> None:
        life, elapsed_s, offset_s = self._moment()
        self.messages.append(Message(to, life, elapsed_s, offset_s, kind, text, repeat, lost, hits))


class Site:
    """A listening socket that can be closed and opened again on the same port."""

    def __init__(self, answer: Callable[[str, bytes, bytes], bytes | None]) -> None:
        self.answer = answer  # path, ETag that the client has, body -> answer; None: hang up
        self.delay_s = 0.0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Transport] = set()

    async def listen(self) -> None:
        """Accept connections."""
        loop = asyncio.get_running_loop()
        # the whole of 127/8 leads to this machine, so one socket serves every address of it
        self._server = await loop.create_server(lambda: _Connection(self), "0.0.0.0", self.port, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Close all connections, and refuse new ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for transport in list(self._open):
            transport.abort()

    def opened(self, transport: asyncio.Transport) -> None:
        """Note a new connection."""
        self._open.add(transport)

    def closed(self, transport: asyncio.Transport) -> None:
        """Note that a connection has ended."""
        self._open.discard(transport)


class _Connection(asyncio.Protocol):
    def __init__(self, site: Site) -> None:
        self._site = site
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._site.opened(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._site.closed(self._transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, rest = self._received.partition(b"\r\n\r\n")
            first, *lines = head.split(b"\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
            length = int(headers.get(b"content-length", b"0"))
            if len(rest) < length:
                return
            body, self._received = rest[:length], rest[length:]
            answer = self._site.answer(first.split(b" ")[1].decode(), headers.get(b"if-none-match", b""), body)
            if self._site.delay_s:
                asyncio.get_running_loop().call_later(self._site.delay_s, self._send, answer)
            else:
                self._send(answer)

    def _send(self, answer: bytes | None) -> None:
        if answer is None:
            self._transport.abort()
            return
        self._transport.write(answer)
        if b"\r\nConnection: close\r\n" in answer[:400]:
            self._transport.close()


class Web:
    """The feeds in GROUPS groups, and the webhooks; runs in a thread of its own.

    Args:
        newsroom: The entries.
        now_s: Returns the simulated second.
        arrivals: Receives the messages to webhooks.
    """

    def __init__(self, newsroom: Newsroom, now_s: Callable[[], float], arrivals: Arrivals) -> None:
        self._newsroom = newsroom
        self._now_s = now_s
        self._arrivals = arrivals
        self._bodies: dict[int, tuple[int, bytes]] = {}  # by feed: the version of the document, and its response
        self.feed_mode = [""] * GROUPS
        self.hook_mode = ""
        self.requests: Counter[str] = Counter()
        self._groups = [Site(self._feed) for _ in range(GROUPS)]
        self._hooks = Site(self._hook)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        """Listen on all ports."""
        self._thread.start()
        for site in (*self._groups, self._hooks):
            self._call(site.listen())

    def stop(self) -> None:
        """Stop listening."""
        for site in (*self._groups, self._hooks):
            self._call(site.refuse())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def feed_url(self, feed: int) -> str:
        """Return the address of a feed: a host of its own."""
        return f"http://127.40.{feed // 250}.{feed % 250 + 1}:{self._groups[feed % GROUPS].port}/f/{feed}"

    def hook_url(self, name: str) -> str:
        """Return the address of a webhook for Apprise."""
        return f"json://{HOST}:{self._hooks.port}/{name}"

    def break_feeds(self, group: int, mode: str) -> None:
        """Let a group of feeds fail in the way *mode*; empty: let them work again."""
        self._set(self._groups[group], self.feed_mode[group], mode)
        self.feed_mode[group] = mode
        self._groups[group].delay_s = SLOW_S if mode == "slow" else 0.0

    def break_hooks(self, mode: str) -> None:
        """Let the webhooks fail in the way *mode*; empty: let them work again."""
        self._set(self._hooks, self.hook_mode, mode)
        self.hook_mode = mode

    def _set(self, site: Site, before: str, mode: str) -> None:
        if mode == "refused":
            self._call(site.refuse())
        elif before == "refused":
            self._call(site.listen())

    def _call(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def _feed(self, path: str, held: bytes, _body: bytes) -> bytes | None:
        feed, now_s = int(path.rpartition("/")[2]), self._now_s()
        mode = self.feed_mode[feed % GROUPS]
        self.requests[mode or "ok"] += 1
        match mode:
            case "500":
                return _response(b"500 Broken", b"broken")
            case "503 with Retry-After":
                return _response(b"503 Busy", b"busy", b"Retry-After: 900\r\n")
            case "not a feed":
                return _response(b"200 OK", b"<html><title>Sorry</title><p>We are moving house.</html>")
        version = self._newsroom.version(feed, now_s)
        etag = b'"%d"' % version
        if held == etag and mode != "truncated":
            return b"HTTP/1.1 304 Not Modified\r\nETag: " + etag + b"\r\n\r\n"
        if self._bodies.get(feed, (-1, b""))[0] != version:
            # one feed in five has no validators
            validator = b"" if feed % 5 == 0 else b"ETag: %s\r\n" % etag
            self._bodies[feed] = version, _response(b"200 OK", self._newsroom.document(feed, now_s), validator)
        answer = self._bodies[feed][1]
        return answer[: len(answer) * 2 // 3] + b"" if mode == "truncated" else answer

    def _hook(self, path: str, _held: bytes, body: bytes) -> bytes | None:
        match self.hook_mode:
            case "500":
                return _response(b"500 Broken", b"")
            case "429":
                return _response(b"429 Slow down", b"", b"Retry-After: 300\r\n")
        lost = self.hook_mode == "answer lost"
        self._arrivals.add_json(path.strip("/"), body, answer_lost=lost)
        return None if lost else _response(b"200 OK", b"ok")


def _response(status: bytes, body: bytes, headers: bytes = b"") -> bytes:
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, headers, len(body), body)


class Mail:
    """The mail server."""

    def __init__(self, arrivals: Arrivals) -> None:
        self._arrivals = arrivals
        self._mode = ""
        with socket.create_server((HOST, 0)) as free:
            self._port = free.getsockname()[1]
        self._server: Controller | None = None

    @property
    def url(self) -> str:
        """The address for Apprise."""
        return f"mailto://{HOST}:{self._port}?from=monitor@news.example&to=soc@news.example"

    def start(self) -> None:
        """Accept mails."""
        self._server = Controller(self, hostname=HOST, port=self._port)
        self._server.start()

    def stop(self) -> None:
        """Refuse connections."""
        if self._server is not None:
            with suppress(OSError):
                self._server.stop()
            self._server = None

    def break_in(self, mode: str) -> None:
        """Fail in the way *mode*; empty: work again."""
        if mode == "refused":
            self.stop()
        elif self._server is None:
            self.start()
        self._mode = mode

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer the sender."""
        if self._mode == "421":
            return "421 try again later"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 ok"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer the recipient."""
        if self._mode == "550":
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail."""
        if self._mode == "451":
            return "451 try again later"
        lost = self._mode == "answer lost"
        assert isinstance(envelope.content, bytes)
        self._arrivals.add_mail(envelope.content, answer_lost=lost)
        if lost and server.transport is not None:
            server.transport.abort()
        return "250 taken"
