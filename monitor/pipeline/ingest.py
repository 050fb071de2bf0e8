"""What becomes of a document that was read, in one transaction of the committer.

Identity, matching, judging, story, decisions and deliveries of its entries are stored together with the feed's
validators and next due time: a crash leaves all of it or nothing, and nothing means that the feed is polled again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.failpoints import failpoint
from monitor.feeds.schedule import rhythm
from monitor.feeds.schedule.transitions import after_new_entries, after_renumbering
from monitor.model import (
    Decision,
    DeliveryKind,
    Entry,
    Feed,
    FeedRecord,
    Judgement,
    KnownEntry,
    ParsedEntry,
    ParsedFeed,
    Verdict,
)
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.pipeline.corrections import look_at_edit, tell_who_was_told
from monitor.pipeline.full_text import as_kept, matched_text, with_article_before
from monitor.pipeline.identification import recognise, rename_returned
from monitor.pipeline.notification_decider import NotificationDecider
from monitor.pipeline.open_stories import place
from monitor.store import Writer, entries, feeds, hits, mentions, outbox
from monitor.stories import StoryIndex
from monitor.watchlist import judge


@dataclass(frozen=True, slots=True)
class Brought:
    """What a document brought."""

    new: int = 0  # entries never seen before
    changed: int = 0  # known entries with another text
    hits: int = 0


def ingest(
    db: Writer,
    *,
    active: ActiveConfiguration,
    index: StoryIndex,
    feed: Feed,
    record: FeedRecord,
    parsed: ParsedFeed,
    baseline: bool,
    unread_since: datetime | None = None,
    now: datetime,
) -> Brought:
    """Store all that *parsed* brought and return how much that is; call it inside a transaction.

    Args:
        db: The writer.
        active: What is in force.
        index: A draft of the open stories; the new entries are added to it.
        feed: As configured.
        record: The feed's state after this poll; saved with the rest.
        parsed: The document.
        baseline: True when this is the first success of the feed.
        unread_since: When the feed was last read before; None: never.
        now: The moment at which the entries count as seen.
    """
    failpoint("ingest begun")
    outlet = feed.outlet or parsed.title or feed.key
    recognised = recognise(db, feed.key, parsed)
    rename_returned(db, recognised)
    decider = NotificationDecider(db, active, now, baseline=baseline, unread_since=unread_since)
    new = changed = found = 0
    # documents list the newest first; ids are to grow with time
    for key, item in reversed(recognised.keyed):
        entry = _entry(feed, key, outlet, item, now)
        before = recognised.known.get(key)
        if before is None:
            new += 1
            found += _add(db, active, index, decider, entry, held=recognised.held.get(key, ""), now=now)
        elif before.raw_hash != entry.raw_hash:
            if before.text_hash == entries.text_hash(entry.text):
                entries.update_raw_hash(db, before.id, entry.raw_hash)
            else:
                changed += 1
                found += _edit(db, active, decider, before, entry, now=now)
    entries.record_listed(db, feed.key, recognised.shown, now)
    if recognised.storm:
        record = after_renumbering(feed, record, recognised.storm, now)
    if new > len(recognised.held):
        record = after_new_entries(feed, record, entries.publication_times(db, feed.key, now, rhythm.MOST), now)
    feeds.save_feed(db, record)
    failpoint("feed saved")
    return Brought(new, changed, found)


def _entry(feed: Feed, key: str, outlet: str, item: ParsedEntry, now: datetime) -> Entry:
    text, as_fed = matched_text(item.text, item.article)
    return Entry(
        feed=feed.key,
        key=key,
        outlet=outlet,
        link=item.link,
        text=text,
        author=item.author,
        published_at=item.published_at,
        updated_at=item.updated_at,
        first_seen_at=now,
        raw_hash=item.raw_hash,
        as_fed=as_fed,
    )


def _add(
    db: Writer,
    active: ActiveConfiguration,
    index: StoryIndex,
    decider: NotificationDecider,
    entry: Entry,
    *,
    held: str,
    now: datetime,
) -> bool:
    """Store a new entry, its story and what the watchlist says of it; return whether it is a hit."""
    judgement = judge(active.watchlist, entry.text, feed=entry.feed, surge_of=decider.surge_of)
    story, reason = place(db, index, entry, judgement)
    entry, judgement = as_kept(entry, judgement, whole=active.config.storage.keep_full_text)
    entry_id = entries.add_entry(db, entry, story=story, story_reason=reason)
    failpoint("entry stored")
    if not judgement.rules:
        mentions.add_mentions(db, entry_id, entry.version, judgement)
        decider.corroborate(entry_id, entry, story=story)
        return False
    _hit(db, active, decider, entry_id, entry, judgement, story=story, held=held, now=now)
    return True


def _edit(
    db: Writer,
    active: ActiveConfiguration,
    decider: NotificationDecider,
    known: KnownEntry,
    entry: Entry,
    *,
    now: datetime,
) -> bool:
    """Store the new text of a known entry; return whether it says something that no hit of it has told."""
    before = entries.load_entry(db, known.id)
    if before is None:
        raise LookupError(f"no entry {known.id}")
    entry = with_article_before(entry, before, known.text_hash)
    judgement = judge(active.watchlist, entry.text, feed=entry.feed)
    edited = look_at_edit(db, active, known.id, before.text, entry, judgement)
    entry, judgement = as_kept(entry, judgement, whole=active.config.storage.keep_full_text)
    version = entries.replace_text(db, known.id, entry, now)
    if edited.is_news:
        story, told = entries.story_of(db, known.id), bool(hits.told_of(db, known.id))
        new = replace(entry, version=version)
        _hit(db, active, decider, known.id, new, judgement, story=story, edited=told, now=now, changes=edited.lines)
    else:
        mentions.add_mentions(db, known.id, version, judgement)
    tell_who_was_told(db, active, known.id, version, edited, now)
    return edited.is_news


def _hit(
    db: Writer,
    active: ActiveConfiguration,
    decider: NotificationDecider,
    entry_id: int,
    entry: Entry,
    judgement: Judgement,
    *,
    story: int,
    held: str = "",
    edited: bool = False,
    now: datetime,
    changes: Sequence[str] = (),
) -> None:
    """Store a hit, and for each destination what is decided about it; nobody is told when *held* says why not."""
    actors = [active.watchlist.actors[key] for key in judgement.actors]
    hit_id = hits.add_hit(
        db,
        entry_id,
        entry.version,
        judgement,
        seen_at=now,
        watchlist_version=active.version,
        names=[(actor.id, actor.name) for actor in actors],
        notes=[actor.note for actor in actors if actor.note],
        changes=changes,
    )
    failpoint("hit stored")
    if not held:
        decider.decide_hit(hit_id, entry_id, entry, judgement, story=story, edited=edited)
        return
    for name in judgement.send_to:
        decision = Decision(name, Verdict.NO, held)
        outbox.enqueue(db, hit_id, decision, kind=DeliveryKind.ALERT, group_key=f"story {story}", now=now)
