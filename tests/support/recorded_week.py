"""A week of the daemon's pipeline in simulated time, without network: what a backtest is compared with."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.config import Config, load
from monitor.feeds.http.responses import FetchResult
from monitor.model import FeedRecord, ParsedEntry, ParsedFeed, Text, Validators
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.pipeline.due_timers import run_due_timers
from monitor.pipeline.escalation import ESCALATION, escalate
from monitor.pipeline.ingest import Ingest, PolledDocument
from monitor.pipeline.open_stories import OpenStories
from monitor.pipeline.triage import triage_hit
from monitor.store import Writer, deliveries, feeds, timers, write
from monitor.store.triage_and_silences import NewSilence, TriageRecord, add_silence
from monitor.store.watchlists import watchlist_version
from monitor.watchlist import compile_watchlist

START = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OUTAGE = (START + 2 * DAY, START + 4 * DAY + 12 * HOUR)
LISTED = 40  # entries of a document
FEEDS = ("wire", "desk", "coin", "chain", "daily")

CONFIG = """
[storage]
path = "monitor.db"
[alerts]
max_age = "1d"
corroborate = [2, 4]
wait = "5m"
[actors]
heron = ["Night Heron"]
otter = ["Grey Otter"]
[actors.fox]
aliases = ["Red Fox"]
severity = "high"
[keywords]
theft = ["stole*", "drained"]
charges = ["charged", "indicted"]
[rules.theft]
actors = ["*"]
keywords = ["theft"]
within = "8 words"
min_amount = ["$1M"]
severity = "critical"
send_to = ["phone", "slack"]
escalate = { after = "45m", to = ["duty"] }
[rules.named]
actors = ["*"]
send_to = ["slack", "mail"]
[rules.again]
actors = ["otter"]
first_in = "2d"
severity = "high"
send_to = ["mail"]
[destinations.slack]
url = "console://"
max_per_hour = 4
[destinations.mail]
url = "console://"
digest = ["08:00"]
[destinations.phone]
url = "console://"
quiet_hours = ["22:00-07:00"]
min_severity = "high"
[destinations.duty]
url = "console://"
[feeds]
wire = "https://wire.example/feed"
desk = "https://desk.example/feed"
coin = "https://coin.example/feed"
chain = "https://chain.example/feed"
daily = "https://daily.example/feed"
"""
VICTIMS = (
    "Bybit", "KelpDAO", "Zunami", "Steadefi", "Orbit", "Mango", "Ronin", "Nomad", "Wormhole", "Euler", "Curve",
    "Harmony", "Cashio", "Beanstalk",
)  # fmt: skip
ACTORS = ("Night Heron", "Red Fox", "Grey Otter", "unknown attackers")
TEMPLATES = (
    "{actor} stole ${n} million from {victim}",
    "{victim} loses ${n} million, {actor} blamed",
    "{actor} charged over the {victim} theft",
    "{victim} says {actor} drained ${n} million in an exploit",
    "{victim} lists a new token",
    "Analysts expect {victim} to grow by {n} percent",
)


@dataclass(frozen=True)
class Published:
    """An entry of an outlet: what it says from when on."""

    feed: str
    key: str
    texts: tuple[tuple[datetime, Text], ...]  # edits follow


def published_entries(number: int, seed: int = 3) -> list[Published]:
    """Return what the outlets publish in the week, some of it edited later."""
    dice = random.Random(seed)
    found = []
    for n in range(number):
        at = START + timedelta(seconds=dice.randrange(0, int(7 * DAY.total_seconds())))
        event = random.Random(int((at - START) / (6 * HOUR)) * 3 + dice.randrange(3))
        victim, actor, lost = event.choice(VICTIMS), event.choice(ACTORS), event.randrange(1, 90)
        title = dice.choice(TEMPLATES).format(actor=actor, victim=victim, n=lost)
        texts = [(at, Text(title, f"The attack on {victim} was seen by {dice.choice(VICTIMS)} researchers, day {n}."))]
        if dice.random() < 0.08:
            later = at + timedelta(hours=dice.randrange(1, 30))
            texts.append((later, replace(texts[0][1], title=f"{title}; {dice.choice(ACTORS)} named")))
        found.append(Published(dice.choice(FEEDS), f"e{n}", tuple(texts)))
    return found


class RecordedWeek:
    """Polls the outlets every hour, and lets the pipeline do what the daemon does at each moment."""

    def __init__(self, folder: Path, db: Writer, entries: list[Published]) -> None:
        path = folder / "config.toml"
        path.write_text(CONFIG)
        loaded = load(path, environ={})
        assert loaded.config is not None, loaded.problems
        self.config: Config = loaded.config
        self._db = db
        self._stories = OpenStories()
        self._by_feed: dict[str, list[Published]] = defaultdict(list)
        for entry in entries:
            self._by_feed[entry.feed].append(entry)
        with write(db):
            version = watchlist_version(db, "f1", START)
            feeds.configure(db, [FeedRecord(key, f.url, START) for key, f in self.config.feeds.items()])
        self._active = ActiveConfiguration(self.config, compile_watchlist(self.config), version, START)

    def live(self) -> None:
        """Let the week pass, and everything after it that was planned."""
        now = START + MINUTE
        while now < START + 7 * DAY:
            if not OUTAGE[0] <= now < OUTAGE[1]:
                for number, key in enumerate(FEEDS):
                    at = now + timedelta(seconds=11 * number)
                    self._advance(at)
                    self._poll(key, at)
                self._advance(now + MINUTE)
                self._operate(now + MINUTE)
            now += HOUR
            self._advance(now)
        self._advance(now + 10 * DAY)

    def _poll(self, key: str, now: datetime) -> None:
        items = [
            (entry, text, entry.texts[0][0])
            for entry in self._by_feed[key]
            for at, text in entry.texts
            if at <= now and (text is entry.texts[-1][1] or entry.texts[-1][0] > now)
        ]
        items.sort(key=lambda one: one[2], reverse=True)
        parsed = tuple(
            ParsedEntry(e.key, f"https://{key}.example/{e.key}", text, "", at, None, str(text).encode()[:200])
            for e, text, at in items[:LISTED]
        )
        fetched = FetchResult(b"", "", Validators(), self.config.feeds[key].url, "", True, None, None, 0.1)
        with write(self._db):
            record = next(r for r in feeds.load_feeds(self._db) if r.key == key)
            document = PolledDocument(
                self.config.feeds[key], record, fetched, b"", ParsedFeed(key.title(), "en", "rss20", parsed)
            )
            draft = self._stories.draft(self._active.watchlist.actor_relations)
            Ingest(self._db, self._active, draft, document, now).run()
        self._stories.adopt(draft, now)

    def _operate(self, now: datetime) -> None:
        hours = int((now - START) / HOUR)
        with write(self._db):
            if hours == 30:
                add_silence(self._db, NewSilence("actor", "otter", "ana", "known", now + 20 * HOUR), now)
            if hours in (12, 130):
                newest = self._db.execute("SELECT max(id) FROM hits").fetchone()[0]
                triage_hit(self._db, newest, TriageRecord("noise" if hours == 12 else "ack", "ana", now))

    def _advance(self, until: datetime) -> None:
        while True:
            moments = [deliveries.next_delivery_due(self._db), *(t.due_at for t in timers.list_timers(self._db)[:1])]
            due = min((at for at in moments if at is not None), default=None)
            if due is None or due >= until:
                return
            with write(self._db):
                run_due_timers(self._db, self._active, due, handlers={ESCALATION: escalate}, recurring={})
                for name in deliveries.due_destinations(self._db, due):
                    while delivery := deliveries.lease(self._db, name, due, 60.0):
                        deliveries.record_sent(self._db, delivery, due)
