"""How long it takes from an entry that stands in its feed to the message that has arrived, by SMTP and by webhook.

A real daemon polls feeds that get 500 entries one after the other, each a story of its own; one in five is critical
and does not wait. The clock starts when the feed shows the entry, and stops when the destination has the message.
"""

from __future__ import annotations

import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email import message_from_bytes
from email.policy import default as modern
from email.utils import formatdate
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import quantiles
from time import monotonic, sleep
from typing import Any

from aiosmtpd.controller import Controller

from benchmarks.result import Result

ENTRIES = 500
FEEDS = 10
EVERY_S, WAIT_S = 10, 10
PACE_S = 0.4  # between two entries
BEYOND_S = 5.0  # what may be added to the interval and the wait
SHOWN = 30  # entries in a document
PATIENCE_S = 60.0  # after the last entry
CHANNELS = ("webhook", "mail")

CONFIG = """
[storage]
path = "monitor.db"
[http]
every = "{every}s"
allow_private = ["127.0.0.0/8"]
[alerts]
wait = "{wait}s"
storm = 10000
[actors]
heron = ["Night Heron"]
[keywords]
charges = ["indicted"]
[rules.named]
actors = ["heron"]
send_to = ["webhook", "mail"]
[rules.charged]
actors = ["heron"]
keywords = ["charges"]
severity = "critical"
send_to = ["webhook", "mail"]
[destinations.webhook]
url = "json://{hook}/hook"
[destinations.mail]
url = "mailto://{mail}?from=monitor@news.example&to=soc@news.example"
[feeds]
"""


class Newsstand:
    """The feeds, and when each entry came into its own and to each destination."""

    def __init__(self) -> None:
        self._dice = random.Random(11)
        self._items: list[list[str]] = [[] for _ in range(FEEDS)]
        self.published: list[float] = []
        self.critical: list[bool] = []
        self.arrived: dict[str, dict[int, float]] = {channel: {} for channel in CHANNELS}
        for feed in range(FEEDS):
            self._items[feed].append(self._item(f"Site {feed} opens", f"{feed}"))

    def publish(self) -> None:
        """Let the next feed show one more entry."""
        number = len(self.published)
        critical = number % 5 == 0
        verb = "indicted" if critical else "robs"
        # hardly a word in common, or they were one story
        title = f"{self._name()} {self._name()} {self._name()} {verb} Night Heron, case e{number:04}e"
        self._items[number % FEEDS].append(self._item(title, title))
        self.critical.append(critical)
        self.published.append(monotonic())

    def document(self, feed: int) -> bytes:
        """Return what a feed shows now."""
        items = "".join(reversed(self._items[feed][-SHOWN:]))
        return f"<rss version='2.0'><channel><title>Site {feed}</title>{items}</channel></rss>".encode()

    def note(self, channel: str, text: str) -> None:
        """Keep which entries a message tells of, and that it is here."""
        now = monotonic()
        for piece in text.split("case e")[1:]:
            self.arrived[channel].setdefault(int(piece[:4]), now)

    def latencies(self, channel: str, *, critical: bool) -> list[float]:
        """Return the seconds from feed to *channel*, of all entries of that sort that arrived."""
        there = self.arrived[channel].items()
        return [at - self.published[number] for number, at in there if self.critical[number] is critical]

    def _name(self) -> str:
        return "".join(self._dice.choices("abcdefghiklmnoprstuv", k=8)).title()

    def _item(self, title: str, key: str) -> str:
        return f"<item><guid>{escape(key)}</guid><title>{escape(title)}</title><pubDate>{formatdate()}</pubDate></item>"


def measure() -> Result:
    """Return by how much the slower channel's 95th percentile exceeds the interval and, if not critical, the wait."""
    stand = Newsstand()
    with tempfile.TemporaryDirectory(prefix="monitor-benchmark-") as folder, ExitStack() as stack:
        hosts = [stack.enter_context(_served(stand, f"127.11.0.{n + 1}", n)) for n in range(FEEDS)]
        hook = stack.enter_context(_served(stand, "127.11.1.1", 0))
        mail = stack.enter_context(_mailbox(stand, "127.11.1.2"))
        config = CONFIG.format(every=EVERY_S, wait=WAIT_S, hook=hook, mail=mail)
        config += "".join(f'site-{n} = "http://{host}/feed"\n' for n, host in enumerate(hosts))
        with _daemon(Path(folder), config):
            sleep(2.5 * EVERY_S)  # the first polls take in what is there already
            for _ in range(ENTRIES):
                stand.publish()
                sleep(PACE_S)
            _wait_for(stand)
    return _result(stand)


def _result(stand: Newsstand) -> Result:
    spans = {
        f"{channel}, {'critical' if critical else 'other'}": _percentiles(stand.latencies(channel, critical=critical))
        for channel in CHANNELS
        for critical in (True, False)
    }
    beyond = [found["p95_s"] - EVERY_S - (0 if name.endswith("critical") else WAIT_S) for name, found in spans.items()]
    return Result(
        name="latency",
        figure=round(max(beyond), 2),
        unit="s beyond interval and wait at the 95th percentile",
        goal=BEYOND_S,
        details={
            "entries": ENTRIES,
            "interval_s": EVERY_S,
            "wait_s": WAIT_S,
            "missing": {channel: ENTRIES - len(stand.arrived[channel]) for channel in CHANNELS},
            **spans,
        },
    )


def _percentiles(seconds: list[float]) -> dict[str, Any]:
    if len(seconds) < 2:
        raise SystemExit("latency: hardly any message arrived")
    cuts = quantiles(seconds, n=20)
    return {"messages": len(seconds), "p50_s": round(cuts[9], 2), "p95_s": round(cuts[18], 2)}


def _wait_for(stand: Newsstand) -> None:
    until = monotonic() + PATIENCE_S
    while monotonic() < until and any(len(arrived) < ENTRIES for arrived in stand.arrived.values()):
        sleep(0.5)


# ---------------------------------------------------------------- what runs


@contextmanager
def _daemon(folder: Path, config: str) -> Iterator[None]:
    path = folder / "config.toml"
    path.write_text(config, encoding="utf-8")
    command = [sys.executable, "-m", "monitor", "-c", str(path), "run", "--log-level", "error"]
    daemon = subprocess.Popen(command, cwd=Path(__file__).parents[1])
    try:
        yield
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(20)


@contextmanager
def _served(stand: Newsstand, host: str, feed: int) -> Iterator[str]:
    """Serve a feed of *stand*, take what is posted, and give the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(stand.document(feed))

        def do_POST(self) -> None:
            stand.note("webhook", self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer((host, 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"{host}:{server.server_port}"
        server.shutdown()


@contextmanager
def _mailbox(stand: Newsstand, host: str) -> Iterator[str]:
    """Take mail, and give the address of the server."""

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, ARG002 - aiosmtpd's
            mail = message_from_bytes(envelope.content, policy=modern)
            body = mail.get_body(("plain", "html"))
            stand.note("mail", f"{mail['Subject']} {body.get_content() if body else ''}")
            return "250 taken"

    with socket.create_server((host, 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Handler(), hostname=host, port=port)
    controller.start()
    try:
        yield f"{host}:{port}"
    finally:
        controller.stop()
