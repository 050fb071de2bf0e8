"""Ingest one feed document: store its entries and hits, and enqueue deliveries, in one transaction.

    identify -> match -> judge -> assign_story -> decide -> store

The feed's validators and next due time are stored in the same transaction. After a crash, either everything is stored,
or nothing, and then the feed is polled again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from monitor.failpoints import failpoint
from monitor.feeds.http.responses import FetchResult
from monitor.feeds.schedule.feed_record import Success, after_success
from monitor.feeds.schedule.rhythm import MAX_PUBLICATIONS
from monitor.model import (
    Entry,
    Feed,
    FeedRecord,
    Judgement,
    KnownEntry,
    ParsedEntry,
    ParsedFeed,
    Reason,
)
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.pipeline.corrections import assess_edit, send_corrections
from monitor.pipeline.full_text import keep_article, trim_article
from monitor.pipeline.identification import IdentifiedDocument, identify_entries
from monitor.pipeline.notification_decider import NotificationDecider, StoredHit
from monitor.pipeline.open_stories import DraftStories, Placement
from monitor.store import Writer, entries, feeds, hits, mentions, stories
from monitor.watchlist import Evidence, SurgeLookup, find_evidence, judge_evidence, no_surge


@dataclass(frozen=True, slots=True)
class PolledDocument:
    """A feed document that a poll fetched and parsed, with the state of its feed before the poll."""

    feed: Feed  # as configured now
    record: FeedRecord  # the stored state of the feed before the poll
    fetched: FetchResult
    body_hash: bytes
    parsed: ParsedFeed
    identified: IdentifiedDocument | None = None  # None: not identified yet

    @property
    def is_first(self) -> bool:
        """Return whether this is the first document that was read of its feed; its entries are the backlog."""
        return self.record.first_success_at is None


@dataclass(frozen=True, slots=True)
class IngestResult:
    """How many new entries, changed entries and hits a document contained."""

    new: int = 0  # entries that were not stored before
    changed: int = 0  # stored entries whose text was edited
    hits: int = 0


class StoryAssigner(Protocol):
    """Assigns new entries to stories; the daemon uses the open stories, a backtest the assignment that it replays."""

    def assign(self, db: Writer, entry: Entry, judgement: Judgement) -> Placement:
        """Add *entry* to the story that it belongs to, or to a new story.

        Args:
            db: The writing connection, in a transaction.
            entry: The new entry.
            judgement: The result of matching the entry against the watchlist.
        """
        ...


class EntryStages:
    """The stages of the pipeline for single entries: match, judge, assign story, decide, store.

    Args:
        db: The writing connection, in a transaction.
        active: The active configuration, with its compiled watchlist.
        stories: Assigns new entries to stories.
        now: The time that is stored as the time at which the entries were seen.
        baseline: True if the document is the first that was read of its feed.
        unread_since: When the feed was last read before; None: never.
    """

    def __init__(
        self,
        db: Writer,
        active: ActiveConfiguration,
        stories: StoryAssigner,
        now: datetime,
        *,
        baseline: bool,
        unread_since: datetime | None,
    ) -> None:
        self._db = db
        self._active = active
        self._stories = stories
        self._now = now
        self._unread_since = unread_since
        self._decider = NotificationDecider(db, active, now, baseline=baseline, unread_since=unread_since)

    def add(self, entry: Entry, *, withheld: Reason | None) -> bool:
        """Process a new entry through all stages; return whether it is a hit.

        Args:
            entry: The entry as parsed from the document.
            withheld: Why no destination is notified if the entry is a hit; None: the policy decides.
        """
        judgement = self.judge(self.match(entry, self._decider.surge_of))
        placement = self.assign_story(entry, judgement)
        entry, judgement = self._trimmed(entry, judgement)
        entry_id = self.store_entry(entry, placement)
        if not judgement.rules:
            mentions.add_mentions(self._db, entry_id, entry.version, judgement)
            self._decider.corroborate(entry_id, entry, story=placement.story, actors=judgement.actors)
            return False
        hit = self.store_hit(entry_id, entry, judgement)
        self.decide(StoredHit(hit, entry_id, entry, judgement, placement.story), withheld)
        return True

    def edit(self, known: KnownEntry, entry: Entry) -> bool:
        """Process the edited text of a stored entry through all stages; return whether the edit is a hit.

        The entry stays in its story. The edit is a hit only if it adds an actor or a matching rule that no hit of the
        entry has.

        Raises:
            LookupError: *known* is no longer stored.
        """
        db, now = self._db, self._now
        before = entries.load_entry(db, known.id)
        if before is None:
            raise LookupError(f"no entry {known.id}")
        entry = keep_article(entry, before, known.text_hash)
        judgement = self.judge(self.match(entry))
        edited = assess_edit(db, self._active, known.id, before.text, entry, judgement)
        entry, judgement = self._trimmed(entry, judgement)
        version = entries.replace_text(db, known.id, entry, now, unread_since=self._unread_since)
        entry = replace(entry, version=version)
        if edited.is_news:
            story, is_known_hit = entries.story_of(db, known.id), bool(hits.rules_and_actors_of_entry(db, known.id))
            hit = self.store_hit(known.id, entry, judgement, changes=edited.lines)
            self._decider.decide_hit(StoredHit(hit, known.id, entry, judgement, story, is_known_hit))
        else:
            mentions.add_mentions(db, known.id, entry.version, judgement)
            if judgement.actors and not judgement.rules:
                self._decider.corroborate(
                    known.id, entry, story=entries.story_of(db, known.id), actors=judgement.actors
                )
        send_corrections(db, self._active, known.id, entry.version, edited, now)
        return edited.is_news

    # ------------------------------------------------------------ the stages

    def match(self, entry: Entry, surge_of: SurgeLookup = no_surge) -> Evidence:
        """Return the mentions in *entry*, as the evidence with which the rules are evaluated.

        Facts (amounts and indicators) are extracted later, if a rule asks for them.
        """
        return find_evidence(
            self._active.watchlist,
            entry.text,
            feed=entry.feed,
            surge_of=surge_of,
            mentioned_within=self._decider.mentioned_within,
        )

    def judge(self, evidence: Evidence) -> Judgement:
        """Return the mentions that count, the amounts and indicators, and the rules that match."""
        return judge_evidence(self._active.watchlist, evidence)

    def assign_story(self, entry: Entry, judgement: Judgement) -> Placement:
        """Return the story that a new entry joins or opens."""
        return self._stories.assign(self._db, entry, judgement)

    def store_entry(self, entry: Entry, placement: Placement) -> int:
        """Store a new entry and return its id."""
        entry_id = entries.add_entry(
            self._db,
            entry,
            story=placement.story,
            story_reason=placement.reason,
            unread_since=self._unread_since,
        )
        if placement.evidence:
            stories.record_evidence(self._db, entry_id, placement.evidence)
        failpoint("entry stored")
        return entry_id

    def store_hit(self, entry_id: int, entry: Entry, judgement: Judgement, *, changes: Sequence[str] = ()) -> int:
        """Store a hit with its mentions, amounts, indicators and rules, and return its id.

        Args:
            entry_id: The id of the entry, which is stored already.
            entry: The entry as it is stored.
            judgement: The judgement of the entry.
            changes: What an edit changed, one line each; empty: the entry is new.
        """
        actors = [self._active.watchlist.actors[key] for key in judgement.actors]
        new = hits.NewHit(
            entry_id,
            entry.version,
            judgement,
            seen_at=self._now,
            watchlist_version=self._active.version,
            names=tuple((actor.id, actor.name) for actor in actors),
            notes=tuple(actor.note for actor in actors if actor.note),
            changes=tuple(changes),
        )
        hit = hits.add_hit(self._db, new)
        failpoint("hit stored")
        return hit

    def decide(self, hit: StoredHit, withheld: Reason | None) -> None:
        """Decide and store whether, when and why each destination of a hit is notified, and enqueue the deliveries.

        Args:
            hit: The hit, which is stored already.
            withheld: Why no destination is notified; None: the policy decides.
        """
        if withheld is None:
            self._decider.decide_hit(hit)
        else:
            self._decider.suppress(hit, withheld)

    # ------------------------------------------------------------ parts of stages

    def _trimmed(self, entry: Entry, judgement: Judgement) -> tuple[Entry, Judgement]:
        """Return an entry and its judgement for storage, with a fetched article cut to the text around mentions."""
        if entry.as_fed is None or self._active.config.storage.keep_full_text:
            return entry, judgement
        return trim_article(entry, entry.as_fed, judgement)


class Ingest(EntryStages):
    """Ingests one feed document; to be created in a transaction and used once.

    Args:
        db: The writing connection, in a transaction.
        active: The active configuration, with its compiled watchlist.
        stories: A draft of the open stories, to be adopted after the commit.
        polled: The document and the state of its feed.
        now: The time that is stored as the time at which the entries were seen.
    """

    def __init__(
        self, db: Writer, active: ActiveConfiguration, stories: DraftStories, polled: PolledDocument, now: datetime
    ) -> None:
        super().__init__(db, active, stories, now, baseline=polled.is_first, unread_since=polled.record.last_success_at)
        self._polled = polled

    def run(self) -> IngestResult:
        """Process and store all entries of the document, and return how many were new, changed or hits."""
        failpoint("ingest begun")
        document = self.identify()
        new = changed = found = 0
        # documents list the newest entry first; ids should grow with time
        for key, item in reversed(document.items):
            entry, known = self._entry(key, item), document.known.get(key)
            if known is None:
                new += 1
                found += self.add(entry, withheld=document.withheld.get(key))
            elif self._is_edited(known, entry):
                changed += 1
                found += self.edit(known, entry)
        self.store_feed(document, has_news=new > len(document.withheld))
        return IngestResult(new, changed, found)

    def identify(self) -> IdentifiedDocument:
        """Return the new and known entries of the document; update the stored keys of entries listed under new ids."""
        polled = self._polled
        document = polled.identified or identify_entries(self._db, polled.feed.key, polled.parsed)
        for key, known in document.known.items():
            if known.key != key:
                entries.change_key(self._db, known.id, key)
        return document

    def store_feed(self, document: IdentifiedDocument, *, has_news: bool) -> None:
        """Store the state of the feed after the poll, including its next due time.

        Args:
            document: The identified entries.
            has_news: True if the document has a new entry of which destinations may be notified.
        """
        db, polled, now = self._db, self._polled, self._now
        key = polled.feed.key
        entries.record_listed(db, key, document.listed_keys, now)
        success = Success(
            polled.fetched,
            polled.body_hash,
            polled.parsed,
            published=entries.publication_times(db, key, now, MAX_PUBLICATIONS) if has_news else None,
            renumbered=document.renumbered,
        )
        feeds.save_feed(db, after_success(polled.feed, polled.record, success, now))
        failpoint("feed saved")

    def _entry(self, key: str, item: ParsedEntry) -> Entry:
        feed = self._polled.feed
        # the article replaces the content that the feed shows
        text = replace(item.text, content=item.article) if item.article else item.text
        return Entry(
            feed=feed.key,
            key=key,
            outlet=feed.outlet or self._polled.parsed.title or feed.key,
            link=item.link,
            text=text,
            author=item.author,
            published_at=item.published_at,
            updated_at=item.updated_at,
            first_seen_at=self._now,
            raw_hash=item.raw_hash,
            as_fed=item.text if item.article else None,
        )

    def _is_edited(self, known: KnownEntry, entry: Entry) -> bool:
        """Return whether the text of a stored entry has changed; if only its mark-up has, store the new hash."""
        if known.raw_hash == entry.raw_hash:
            return False
        if known.text_hash != entries.text_hash(entry.text):
            return True
        entries.update_raw_hash(self._db, known.id, entry.raw_hash)
        return False
