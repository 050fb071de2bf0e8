"""Hits to render, and a web server on loopback that stores what it receives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest
from support.patience import PATIENCE_S

from monitor.model import (
    Amount,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Entry,
    Hit,
    Judgement,
    MatchKind,
    Mention,
    RuleMatch,
    Severity,
    Text,
)

SEEN = datetime(2026, 11, 22, 7, 44, tzinfo=UTC)


def mention_of(text: str, within: Text, field_name: str, *, keyword: str = "") -> Mention:
    """Return the mention at the first occurrence of *text* in a field."""
    start = dict(within.fields())[field_name].index(text)
    actor = None if keyword else "night-heron"
    end = start + len(text)
    return Mention(actor, keyword or None, text, text, field_name, start, end, 0, MatchKind.EXACT, 0, 1, 0)


@pytest.fixture
def make_hit() -> Callable[..., Hit]:
    """Return a function that creates hits of an invented actor."""

    def make(
        *,
        number: int = 7,
        title: str = "Night Heron empties a bridge",
        summary: str = "",
        mentions: tuple[Mention, ...] | None = None,
        amounts: tuple[Amount, ...] = (),
        severity: Severity = Severity.HIGH,
        published_at: datetime | None = SEEN - timedelta(minutes=3),
        link: str = "https://news.example/a",
        why: str = '"Night Heron" (exact)',
        notes: tuple[str, ...] = (),
    ) -> Hit:
        text = Text(title, summary)
        if mentions is None:
            mentions = tuple(
                mention_of("Night Heron", text, name) for name, value in text.fields() if "Night Heron" in value
            )
        entry = Entry("daily", "k", "The Daily", link, text, "", published_at, None, SEEN, b"")
        judgement = Judgement(mentions, amounts, (RuleMatch("thefts", severity, why, ("soc",)),))
        names = (("night-heron", "Night Heron"),)
        return Hit(number, entry, 1, judgement, severity, SEEN, 1, 1, names, notes)

    return make


@pytest.fixture
def delivery() -> Delivery:
    """Return a delivery without attempts."""
    return Delivery(1, "soc", DeliveryKind.ALERT, "story 1", DeliveryState.OPEN, 0, SEEN, SEEN)


@dataclass
class Webhook:
    """A web server on loopback with configurable answers; stores what it receives."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang: str = ""  # the path that gets no answer
    answers: bytes = b""
    answers_at: dict[str, bytes] = field(default_factory=dict)  # answers of single paths
    released: Event = field(default_factory=Event)
    requests: list[tuple[str, bytes]] = field(default_factory=list)


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    """Start a server for one test."""
    hook = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.requests.append((self.path, body))
            if hook.hang == self.path:
                hook.released.wait(PATIENCE_S)
            answer = hook.answers_at.get(self.path, hook.answers)
            self.send_response(hook.status)
            for name, value in {"Content-Length": str(len(answer)), **hook.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def do_GET(self) -> None:
            hook.requests.append((self.path, b""))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.7.1.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    hook.url = f"127.7.1.1:{server.server_port}"
    yield hook
    hook.released.set()
    server.shutdown()
    server.server_close()
    thread.join()
