"""Outlets on a test server that publish at simulated moments, and a daemon that polls them."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from support.servers import FeedServer, Reply
from support.simulated_clock import SimulatedClock

from monitor.alerts.content.reason_wording import reasons_text
from monitor.config import load
from monitor.daemon.app import Daemon
from monitor.model import Reason
from monitor.store import Reader, deliveries, feeds, timers
from monitor.store.db.statements import rows
from monitor.store.db.stored_reasons import annotation_from, reasons_from

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

CONFIG = """
[storage]
path = "monitor.db"
[http]
every = "15m"
timeout = "60s"
allow_private = ["127.0.0.0/8"]
[actors]
heron = ["Night Heron"]
[keywords]
charges = ["charged", "indicted"]
[rules.named]
actors = ["heron"]
send_to = ["desk"]
[rules.charged]
actors = ["heron"]
keywords = ["charges"]
severity = "critical"
send_to = ["desk"]
"""
DESK = '[destinations.desk]\nurl = "console://"\n'

_SENT = """
SELECT d.id, d.destination, d.kind, d.sent_at, d.late, d.annotation,
       (SELECT count(*) FROM delivery_hits c WHERE c.delivery_id = d.id) AS hits
FROM deliveries d WHERE d.state = 'sent' ORDER BY d.sent_at, d.id
"""
_DECISIONS = "SELECT verdict, reasons, decided_at FROM decisions ORDER BY hit_id, destination"


@dataclass(frozen=True)
class Sent:
    """A message that a destination accepted."""

    destination: str
    kind: str
    at: datetime
    hits: int
    why: str
    late: bool


class Newsroom:
    """Outlets on a test server, and a daemon that runs in simulated time."""

    def __init__(
        self,
        folder: Path,
        clock: SimulatedClock,
        outlets: Sequence[str],
        more: str = DESK,
        *,
        host: str = "127.3.7.1",
        weights: Mapping[str, int] = MappingProxyType({}),
        every: str = "15m",
    ) -> None:
        self._path = folder / "config.toml"
        self._more = more
        self._outlets = outlets
        self._weights = weights
        self._every = every
        self._items: dict[str, list[str]] = defaultdict(list)
        self.site = FeedServer(host=host)
        self.clock = clock
        self.out = io.StringIO()

    def __enter__(self) -> Self:
        self.site.__enter__()
        feeds = "".join(
            f'[feeds.{outlet}]\nurl = "{self.site.url(f"/{outlet}")}"\nweight = {self._weights.get(outlet, 1)}\n'
            for outlet in self._outlets
        )
        more = self._more.replace("{hook}", f"{self.site.host}:{self.site.port}")
        config = CONFIG.replace("15m", self._every)
        self._path.write_text(f"{config}{more}{feeds}")
        for outlet in self._outlets:
            self.publish(outlet, f"The {outlet} opens its doors")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.site.__exit__(kind, error, trace)

    def daemon(self) -> Daemon:
        """Return a daemon that has not started yet."""
        loaded = load(self._path, environ={})
        assert loaded.config is not None, "\n".join(map(str, loaded.problems))
        return Daemon(loaded.config, console=self.out)

    def publish(self, outlet: str, *titles: str, at: datetime | None = None) -> None:
        """Let *outlet* publish, now or at another moment."""
        date = format_datetime(at or self.clock.now, usegmt=True)
        self._items[outlet] += [
            f"<item><guid isPermaLink='false'>{title}</guid><title>{title}</title><pubDate>{date}</pubDate>"
            f"<link>https://{outlet}.example/{len(self._items[outlet]) + number}</link></item>"
            for number, title in enumerate(titles)
        ]
        channel = f"<title>{outlet}</title>{''.join(reversed(self._items[outlet]))}"
        body = f"<rss version='2.0'><channel>{channel}</channel></rss>".encode()
        self.site.route(f"/{outlet}", Reply(body=body))

    def rewrite(self, old: str, new: str) -> None:
        """Replace text of the configuration, before a daemon is made."""
        text = self._path.read_text()
        assert old in text
        self._path.write_text(text.replace(old, new))

    def break_down(self, outlet: str) -> None:
        """Let the feed of *outlet* fail until it publishes again."""
        self.site.route(f"/{outlet}", Reply(status=503))

    async def run_for(self, daemon: Daemon, span: timedelta) -> None:
        """Run *daemon* until *span* of simulated time has passed: each poll, timer and delivery when it is due."""
        end = self.clock.now + span
        step, waiting = SECOND, list[datetime]()
        while self.clock.now < end:
            moments = [at for at in await daemon.ask(_moments) if at]
            overdue = [at for at in moments if at <= self.clock.now]
            # what stays overdue, waiting for a destination say, is looked at less and less often
            step, waiting = (min(2 * step, MINUTE) if overdue == waiting else SECOND), overdue
            upcoming = [at for at in moments if at > self.clock.now]
            if overdue:
                upcoming.append(self.clock.now + step)
            self.clock.now = min(max(self.clock.now + SECOND, min(upcoming, default=end)), end)
            await daemon.poller.poll_due(self.clock.now)
            await daemon.poller.idle()
            await daemon.timers_due(self.clock.now)
            await daemon.deliver_all()


def _moments(db: Reader) -> list[datetime | None]:
    return [
        feeds.next_feed_due(db),
        deliveries.next_delivery_due(db),
        *(timer.due_at for timer in timers.list_timers(db)[:1]),
    ]


async def sent(daemon: Daemon) -> list[Sent]:
    """Return what was accepted, in the order of sending."""
    found = await daemon.ask(lambda db: rows(db, _SENT))
    return [
        Sent(
            row["destination"],
            row["kind"],
            datetime.fromisoformat(row["sent_at"]),
            row["hits"],
            _words(annotation_from(row["annotation"]).reasons, row["sent_at"]),
            bool(row["late"]),
        )
        for row in found
    ]


async def decisions(daemon: Daemon) -> list[tuple[str, str]]:
    """Return every decision, oldest hit first: the verdict and the reasons in words."""
    found = await daemon.ask(lambda db: rows(db, _DECISIONS))
    return [(row["verdict"], _words(reasons_from(row["reasons"]), row["decided_at"])) for row in found]


def _words(reasons: Iterable[Reason], at: str) -> str:
    return reasons_text(reasons, zone=UTC, now=datetime.fromisoformat(at))
