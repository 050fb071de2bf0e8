"""Replay past entries through the pipeline with one configuration, in simulated time.

The replay uses the daemon's own stages (``EntryStages``) on a database in memory. Matches and stories were computed
beforehand. Everything else is decided as the daemon decides it: hits, edits, corroboration, notifications, digests,
rate limits, escalations. Every message counts as accepted at the time at which it is due.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from monitor.backtest.paired_judging import Judged
from monitor.logs import without_logs
from monitor.matching import MatchResult, Words
from monitor.model import Entry, Judgement, KnownEntry, SeenText, Severity, Silence, Text
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.pipeline.due_timers import run_due_timers
from monitor.pipeline.escalation import ESCALATION, escalate
from monitor.pipeline.ingest import EntryStages
from monitor.pipeline.open_stories import Placement
from monitor.pipeline.triage import triage_hit
from monitor.store import Writer, deliveries, entries, mentions, stories, timers
from monitor.store.scratch import PastTriage, SentMessage, add_silences, open_scratch, sent_messages
from monitor.store.triage_and_silences import TriageRecord
from monitor.stories import STORY_STAYS_OPEN
from monitor.watchlist import Evidence, SurgeLookup, no_surge

LEASE_S = 60.0
LAST_DUE = timedelta(days=60)  # messages due later than this after the last entry are not simulated
HOUR = timedelta(hours=1)
_STORY_REASON = "backtest"


@dataclass(frozen=True, slots=True)
class ReplayedHit:
    """A hit that the replay found."""

    id: int  # in the simulation
    judgement: Judgement
    severity: Severity


@dataclass(frozen=True, slots=True)
class OperatorHistory:
    """The silences and triages of operators in the period, which the replay repeats at the same times."""

    silences: tuple[Silence, ...] = ()
    triages: tuple[PastTriage, ...] = ()  # in order of time


class _Stages(EntryStages):
    """The daemon's stages for the entries of one feed document, with matches that were computed before the replay."""

    judged: Judged
    hit: ReplayedHit | None = None  # of the text that was added last
    entry_id = 0  # of the entry that was added last
    needs_history = False  # whether a rule depends on earlier mentions

    def match(self, entry: Entry, surge_of: SurgeLookup = no_surge) -> Evidence:
        """Return the matches that were computed before the replay."""
        found = MatchResult(Words(entry.text), self.judged.judgement.mentions, self.judged.phrases)
        indicators = self.judged.judgement.indicators
        return Evidence(entry.text, found, entry.feed, surge_of, self._decider.mentioned_within, indicators)

    def judge(self, evidence: Evidence) -> Judgement:
        """Return the judgement that was computed before the replay.

        If a rule depends on earlier mentions (``surge``, ``first_in``), judge the text again with the mentions in the
        replay.
        """
        return super().judge(evidence) if self.needs_history and evidence.mentions else self.judged.judgement

    def store_entry(self, entry: Entry, placement: Placement) -> int:
        """Store a new entry in the database, and keep its id in ``entry_id``."""
        self.entry_id = super().store_entry(entry, placement)
        return self.entry_id

    def store_hit(self, entry_id: int, entry: Entry, judgement: Judgement, *, changes: Sequence[str] = ()) -> int:
        """Store a hit in the database, and keep it in ``hit`` for the result of the replay.

        Args:
            entry_id: The id of the entry.
            entry: The entry with the text that was judged.
            judgement: What the watchlist found in the text.
            changes: What an edit of the entry changed, one line for each change.
        """
        hit = super().store_hit(entry_id, entry, judgement, changes=changes)
        self.hit = ReplayedHit(hit, judgement, max(rule.severity for rule in judgement.rules))
        return hit


@dataclass(slots=True)
class _Story:
    """A story in the replay; its entries are stored only once one of them is a hit."""

    opened_at: datetime
    waiting: dict[int, tuple[SeenText, Judged]]  # entries that are not stored, by number
    id: int | None = None  # in the database; None: not stored


class _KnownStories:
    """Assigns each entry to the story that was computed for it before the replay."""

    story = 0

    def assign(self, db: Writer, entry: Entry, judgement: Judgement) -> Placement:  # noqa: ARG002 - they are known
        stories.join_story(db, self.story, entry)
        return Placement(self.story, _STORY_REASON)


class Replay:
    """Replays entries with one configuration; call ``see`` for each text, in the order in which texts were seen.

    Args:
        active: The configuration with its compiled watchlist.
        history: The silences and triages of operators in the period.
    """

    def __init__(self, active: ActiveConfiguration, history: OperatorHistory) -> None:
        self._active = active
        self._triages = list(reversed(history.triages))  # the next one to repeat is last
        self._silences = history.silences
        self._rules = [r for r in active.watchlist.rules.values() if r.surge or r.first_in_s is not None]
        self._historic = frozenset[str]().union(*(rule.actors for rule in self._rules))
        self._stories: dict[int, _Story] = {}
        self._stored: dict[int, int] = {}  # id in the database, by number of the entry
        self._hits: dict[tuple[int, int], int] = {}  # id by number and version of the text
        self._known_stories = _KnownStories()
        self._stages: tuple[tuple[str, datetime], _Stages] | None = None  # of the document that is replayed
        self._next_due: datetime | None = None
        self._cleaned_up_at: datetime | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._db = self._stack.enter_context(open_scratch())
        add_silences(self._db, self._silences)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def see(self, text: SeenText, judged: Judged, story: int) -> ReplayedHit | None:
        """Run everything that is due before the text was seen, then the text itself; return the resulting hit or None.

        Args:
            text: The next text of the replay.
            judged: What the watchlist of this configuration finds in the text.
            story: The number of the story to which the text belongs.
        """
        self._advance(text.seen_at)
        self._clean_up(text.seen_at)
        placed = self._stories.setdefault(story, _Story(text.seen_at, {}))
        if text.number in self._stored or text.number in placed.waiting:
            return self._see_edit(text, judged, placed)
        if placed.id is None and not self._must_store(judged):
            placed.waiting[text.number] = (_shortened(text, judged), judged)
            return None
        self._store_story(placed, text)
        stages = self._stages_of(text, judged)
        self._known_stories.story = placed.id or 0
        stages.add(replace(text.entry, version=1), withheld=text.withheld)
        return self._record_result(text, stages, stages.entry_id)

    def finish(self) -> list[SentMessage]:
        """Run everything that is still due after the last text, and return all messages that were sent."""
        latest = self._next_due
        if latest is not None:
            self._advance(latest + LAST_DUE)
        return sent_messages(self._db)

    # ------------------------------------------------------------ one text

    def _see_edit(self, text: SeenText, judged: Judged, placed: _Story) -> ReplayedHit | None:
        waiting = placed.waiting.get(text.number)
        if waiting is not None and not self._must_store(judged):
            earlier = waiting[0]
            entry = replace(text.entry, first_seen_at=earlier.entry.first_seen_at)
            placed.waiting[text.number] = (_shortened(replace(text, entry=entry), judged), judged)
            return None
        self._store_story(placed, text)
        entry_id = self._stored[text.number]
        before = entries.load_entry(self._db, entry_id)
        if before is None:
            return None
        stages = self._stages_of(text, judged)
        stages.edit(_known(entry_id, before), replace(text.entry, first_seen_at=text.seen_at))
        return self._record_result(text, stages, entry_id)

    def _must_store(self, judged: Judged) -> bool:
        """Return whether a text must be stored: it may be a hit, or a rule may depend later on an actor it mentions."""
        if judged.judgement.rules or (self._rules and not self._stored):  # the first one begins the history
            return True
        return bool(self._historic) and not self._historic.isdisjoint(judged.judgement.actors)

    def _stages_of(self, text: SeenText, judged: Judged) -> _Stages:
        """Return the stages for a text; all texts of one feed document share them."""
        document = text.entry.feed, text.seen_at
        if self._stages is None or self._stages[0] != document:
            stages = _Stages(
                self._db,
                self._active,
                self._known_stories,
                text.seen_at,
                baseline=text.backlog,
                unread_since=text.unread_since,
            )
            stages.needs_history = bool(self._rules)
            self._stages = document, stages
        stages = self._stages[1]
        stages.judged, stages.hit = judged, None
        return stages

    def _record_result(self, text: SeenText, stages: _Stages, entry_id: int) -> ReplayedHit | None:
        self._stored[text.number] = entry_id
        self._find_next_due()
        if stages.hit:
            self._hits[text.number, text.entry.version] = stages.hit.id
        return stages.hit

    def _store_story(self, placed: _Story, text: SeenText) -> None:
        """Store a story and its entries so far, none of which was a hit or caused a notification."""
        if placed.id is not None:
            return
        first = next(iter(placed.waiting.values()), (text, None))[0]
        placed.id = stories.open_story(self._db, first.entry)
        for number, (seen, judged) in placed.waiting.items():
            entry = replace(seen.entry, version=1)
            entry_id = entries.add_entry(self._db, entry, story=placed.id, story_reason=_STORY_REASON)
            mentions.add_mentions(self._db, entry_id, 1, judged.judgement)
            self._stored[number] = entry_id
        placed.waiting = {}

    # ------------------------------------------------------------ time

    def _advance(self, until: datetime) -> None:
        """Run everything that is due before *until*, in order: timers, deliveries, and the triages of operators."""
        while True:
            triage = self._triages[-1] if self._triages and self._triages[-1].at < until else None
            due = self._next_due if self._next_due is not None and self._next_due < until else None
            if triage is not None and (due is None or triage.at <= due):
                self._repeat_triage(self._triages.pop())
            elif due is not None:
                with without_logs():
                    run_due_timers(self._db, self._active, due, handlers={ESCALATION: escalate}, recurring={})
                self._deliver(due)
            else:
                return
            self._find_next_due()

    def _deliver(self, now: datetime) -> None:
        for name in deliveries.due_destinations(self._db, now):
            while delivery := deliveries.lease(self._db, name, now, LEASE_S):
                deliveries.record_sent(self._db, delivery, now)

    def _repeat_triage(self, past: PastTriage) -> None:
        hit = self._hits.get((past.number, past.version))
        if hit is not None:
            triage_hit(self._db, hit, TriageRecord(past.triage, past.author, past.at, past.why))

    def _find_next_due(self) -> None:
        moments = [deliveries.next_delivery_due(self._db), *(t.due_at for t in timers.list_timers(self._db)[:1])]
        self._next_due = min((at for at in moments if at is not None), default=None)

    def _clean_up(self, now: datetime) -> None:
        """Once an hour, forget entries of stories that are closed and had no hit."""
        if self._cleaned_up_at is not None and now - self._cleaned_up_at < HOUR:
            return
        self._cleaned_up_at = now
        before = now - STORY_STAYS_OPEN - HOUR
        self._stories = {
            key: story for key, story in self._stories.items() if story.id is not None or story.opened_at >= before
        }


def _shortened(text: SeenText, judged: Judged) -> SeenText:
    """Return *text* reduced to its title if it mentions nothing, to save memory: the rest is not needed later."""
    if judged.judgement.mentions:
        return text
    return replace(text, entry=replace(text.entry, text=Text(text.entry.text.title)))


def _known(entry_id: int, before: Entry) -> KnownEntry:
    return KnownEntry(
        id=entry_id,
        key=before.key,
        version=before.version,
        raw_hash=before.raw_hash,
        text_hash=entries.text_hash(before.text),
        link=before.link,
        title=before.text.title,
        summary=before.text.summary,
        published_at=before.published_at,
    )
