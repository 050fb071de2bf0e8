"""The canary: a test item that the monitor sends through its own pipeline, to prove that alerts arrive.

A reserved actor and a rule are compiled into the active watchlist, so that the canary is found by the same matcher as
everything else. The rule applies only to a reserved feed: no real feed can trigger it, and no other rule is applied to
the canary. It is marked in the database and excluded from all counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial

from monitor import clock
from monitor.config import Config
from monitor.errors import FeedError
from monitor.feeds.parse.workers import ParserPool
from monitor.health.incident_kinds import canary_incident
from monitor.logs import Log
from monitor.model import (
    NEVER,
    Actor,
    Decision,
    DeliveryKind,
    DeliveryState,
    Entry,
    FeedRecord,
    Incident,
    Judgement,
    ParsedEntry,
    Rule,
    Severity,
    Verdict,
    hit_group,
)
from monitor.model.reason import CanarySent
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.pipeline.due_timers import DueTimer
from monitor.store import Writer, canaries, entries, feeds, hits, outbox, stories
from monitor.store.committer import Committer
from monitor.watchlist import judge

CANARY = "(canary)"  # key of its feed, actor and rule; keys in a configuration cannot have brackets
NAME = "Crypto News Monitor Canary"
URL = "https://canary.invalid/feed"
STORY_REASON = "canary: it tests the whole pipeline"
DEADLINE = timedelta(minutes=10)  # a canary that has not arrived after this is an incident

_DOCUMENT = """\
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>{name}</title><item>
<guid isPermaLink="false">{guid}</guid><pubDate>{date}</pubDate>
<title>{name}: a test item, sent to prove that alerts arrive</title>
<description>This is a test, nothing has happened. The monitor created this item and processed it like any other: it was
parsed, matched, stored and delivered. If it does not arrive, real alerts may not arrive either.</description>
</item></channel></rss>
"""

log = Log(__name__)


def with_canary(config: Config) -> Config:
    """Return *config* with the reserved actor and rule that match the canary, if it configures a canary."""
    if config.health.canary is None:
        return config
    to = tuple(name for name, destination in config.destinations.items() if destination.canary)
    actor = Actor(CANARY, NAME, (f"={NAME}",), severity=Severity.LOW)
    rule = Rule(CANARY, to, actors=frozenset({CANARY}), feeds=frozenset({CANARY}), severity=Severity.LOW)
    return replace(config, actors={**config.actors, CANARY: actor}, rules={**config.rules, CANARY: rule})


def request_canary(db: Writer, active: ActiveConfiguration, due: DueTimer) -> None:  # noqa: ARG001 - a timer handler
    """Record that a canary is to be sent; it is sent later, because its document is not parsed inside a transaction.

    Args:
        db: The writing connection, in a transaction.
        active: Not used.
        due: The timer that is due.
    """
    canaries.request(db, due.now)


class CanarySender:
    """Sends canaries, test items that must arrive as alerts, through the pipeline.

    Args:
        committer: Stores the entries, hits and deliveries of canaries.
        pool: Parses the documents of canaries.
        active: Returns the active configuration at the time of the call.
    """

    def __init__(self, committer: Committer, pool: ParserPool, *, active: Callable[[], ActiveConfiguration]) -> None:
        self._committer = committer
        self._pool = pool
        self._active = active

    async def send_requested(self) -> int:
        """Send every requested canary through the pipeline, and return how many the watchlist matched."""
        found = 0
        for requested_at in await self._committer.do(canaries.pending_requests):
            created_at = clock.now()
            try:
                parsed = await self._pool.parse(_document(requested_at), "application/rss+xml", URL)
                failure = "" if parsed.entries else "the document of the canary has no entry"
            except FeedError as error:
                failure = f"the document of the canary could not be read: {error}"
            if failure:
                await self._committer.persist(
                    partial(canaries.record_failed, requested_at=requested_at, failure=failure)
                )
                continue
            ingest = partial(
                _ingest, active=self._active(), item=parsed.entries[0], requested_at=requested_at, created_at=created_at
            )
            found += await self._committer.persist(ingest)
        return found


def _document(requested_at: datetime) -> bytes:
    date = format_datetime(requested_at, usegmt=True)
    return _DOCUMENT.format(name=NAME, guid=requested_at.isoformat(), date=date).encode()


def _ingest(
    db: Writer, *, active: ActiveConfiguration, item: ParsedEntry, requested_at: datetime, created_at: datetime
) -> bool:
    """Match the canary, store its hit and enqueue its deliveries; return whether the watchlist matched it."""
    judgement = judge(active.watchlist, item.text, feed=CANARY)
    judgement = replace(judgement, rules=tuple(match for match in judgement.rules if match.rule == CANARY))
    if not judgement.rules:
        log.error("the active watchlist does not match the canary")
        canaries.record_failed(db, requested_at, "the active watchlist does not match the canary")
        return False
    hit = _store(db, active, _entry(item, created_at), judgement)
    for name in judgement.send_to:
        decision = Decision(name, Verdict.SEND, (CanarySent(),), created_at)
        outbox.enqueue(db, hit, decision, kind=DeliveryKind.CANARY, group=hit_group(hit), now=created_at)
    canaries.record_found(db, requested_at, created_at, hit)
    return True


def _store(db: Writer, active: ActiveConfiguration, entry: Entry, judgement: Judgement) -> int:
    feeds.add_canary_feed(db, FeedRecord(CANARY, URL, NEVER))
    story = stories.open_story(db, entry)
    entry_id = entries.add_entry(db, entry, story=story, story_reason=STORY_REASON, canary=True)
    new = hits.NewHit(
        entry_id,
        entry.version,
        judgement,
        seen_at=clock.now(),
        watchlist_version=active.version,
        names=((CANARY, NAME),),
    )
    return hits.add_hit(db, new)


def _entry(item: ParsedEntry, created_at: datetime) -> Entry:
    return Entry(
        feed=CANARY,
        key=item.id,
        outlet=NAME,
        link=item.link,
        text=item.text,
        author=item.author,
        published_at=item.published_at,
        updated_at=item.updated_at,
        first_seen_at=created_at,
        raw_hash=item.raw_hash,
    )


def canary_incidents(canary: canaries.Canary | None, configured: set[str], now: datetime) -> list[Incident]:
    """Return an incident if the pipeline did not find *canary*, else one per destination that did not receive it.

    Args:
        canary: The newest canary; None: none was sent yet.
        configured: The names of the configured destinations; others are ignored.
        now: The current time; a destination must have received the canary within DEADLINE.
    """
    if canary is None:
        return []
    if canary.failure or canary.created_at is None:
        return [canary_incident(canary.failure, now)]
    if now - canary.created_at < DEADLINE:
        return []
    return [
        canary_incident(arrival.cause or f"it is {arrival.state}", now, arrival.destination)
        for arrival in canary.arrivals
        if arrival.state is not DeliveryState.SENT and arrival.destination in configured
    ]
