"""Store stories: groups of entries, from any feeds, that report the same event."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from monitor.model import Amount, Entry, Indicator, IndicatorKind, SharedName, StoryEvidence, StoryReason
from monitor.store.db.statements import Reader, Row, Writer, change, first, moment, returned, rows, stored
from monitor.stories import StoryItem

# the story that it follows may have been deleted
_OPEN = """
INSERT INTO stories (title, opened_at, last_entry_at, follows)
VALUES (:title, :seen_at, :seen_at, (SELECT id FROM stories WHERE id = :follows))
RETURNING id
"""

_JOIN = "UPDATE stories SET last_entry_at = :seen_at WHERE id = :story"

_ENTRIES = """
SELECT e.story_id, e.title, e.summary, e.outlet, e.link, e.published_at, e.first_seen_at,
    (SELECT json_group_array(json_object('value', a.value, 'currency', a.currency, 'text', a.text,
                                         'field', a.field, 'start', a.start, 'end', a."end"))
     FROM amounts a WHERE a.entry_id = e.id AND a.version = e.version) AS amounts,
    (SELECT json_group_array(json_object('kind', i.kind, 'chain', i.chain, 'value', i.value, 'text', i.text,
                                         'field', i.field, 'start', i.start, 'end', i."end"))
     FROM indicators i WHERE i.entry_id = e.id AND i.version = e.version) AS indicators,
    (SELECT json_group_array(json_array(m.text, m.actor))
     FROM mentions m WHERE m.entry_id = e.id AND m.version = e.version AND m.actor IS NOT NULL) AS actors
FROM (SELECT id FROM stories WHERE opened_at >= :since ORDER BY id DESC LIMIT :most) s
JOIN entries e ON e.story_id = s.id
WHERE e.canary = 0
ORDER BY e.id
"""

_RECORD_EVIDENCE = """
INSERT INTO story_evidence (entry_id, score, evidence) VALUES (:entry, :score, :evidence)
"""

# entries without evidence opened the story, or are older than the table
_MEMBERS = """
SELECT e.id, e.outlet, e.title, e.first_seen_at, e.story_reason, s.evidence,
       (SELECT max(h.id) FROM hits h WHERE h.entry_id = e.id) AS hit
FROM entries e LEFT JOIN story_evidence s ON s.entry_id = e.id
WHERE e.story_id = :story
ORDER BY s.score IS NULL, s.score, e.id
LIMIT :most
"""

_REPORTS = "SELECT DISTINCT outlet, feed, title FROM entries WHERE story_id = :story"

# a covering index answers this
_REPORTED = """
SELECT 1 FROM entries WHERE story_id = :story AND outlet = :outlet AND feed = :feed AND id <> :entry LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Report:
    """The headline of one report of a story, with the outlet and the feed that published it."""

    outlet: str
    feed: str
    title: str


@dataclass(frozen=True, slots=True)
class StoryMember:
    """An entry of a story, and why the entry belongs to the story."""

    entry_id: int
    outlet: str
    title: str
    seen_at: datetime
    reason: str  # in words; quotes the feed
    hit: int | None  # number of the entry's latest hit; None: it is no hit
    evidence: StoryEvidence | None  # None: it opened the story, or was stored by an earlier version


def record_evidence(db: Writer, entry_id: int, evidence: StoryEvidence) -> None:
    """Store the evidence for which an entry joined its story, or opened a story that follows another one.

    Args:
        db: The writing connection, in a transaction.
        entry_id: The id of the entry.
        evidence: The evidence.
    """
    values = {"entry": entry_id, "score": evidence.score, "evidence": json.dumps(asdict(evidence), ensure_ascii=False)}
    change(db, _RECORD_EVIDENCE, values)


def members_of_story(db: Reader, story: int, most: int) -> list[StoryMember]:
    """Return the entries of *story*: first those with the weakest evidence, last those without stored evidence.

    Args:
        db: Any connection to the database.
        story: The id of the story.
        most: The maximum number of entries to return.
    """
    return [_member(row) for row in rows(db, _MEMBERS, {"story": story, "most": most})]


def open_story(db: Writer, entry: Entry, *, follows: int | None = None) -> int:
    """Create a story with *entry* as its first entry, and return the story's id.

    Args:
        db: The writing connection, in a transaction.
        entry: The first entry, which gives the story its title.
        follows: The id of the earlier story that the new one continues; None: it continues none.
    """
    values = {"title": entry.text.title, "seen_at": stored(entry.first_seen_at), "follows": follows}
    return int(returned(db, _OPEN, values)["id"])


def join_story(db: Writer, story: int, entry: Entry) -> bool:
    """Record that *entry* joins *story*; return False if the story no longer exists.

    Args:
        db: The writing connection, in a transaction.
        story: The id of the story.
        entry: The new entry; the time of the story's latest entry is set to its time.
    """
    return change(db, _JOIN, {"story": story, "seen_at": stored(entry.first_seen_at)}) > 0


def entries_since(db: Reader, since: datetime, most: int) -> Iterator[tuple[int, StoryItem]]:
    """Yield the entries of stories that were opened at *since* or later, in order of arrival, each with its story's id.

    Args:
        db: Any connection to the database.
        since: Stories that were opened earlier are left out.
        most: The maximum number of stories to read; the newest are read.
    """
    for row in rows(db, _ENTRIES, {"since": stored(since), "most": most}):
        yield row["story_id"], _item(row)


def reports_of_story(db: Reader, story: int) -> list[Report]:
    """Return the different combinations of headline, outlet and feed among the entries of *story*."""
    return [Report(**row) for row in rows(db, _REPORTS, {"story": story})]


def reported_before(db: Reader, story: int, entry_id: int, *, outlet: str, feed: str) -> bool:
    """Return whether *story* has an entry of that outlet and feed, apart from the entry *entry_id*.

    Args:
        db: Any connection to the database.
        story: The id of the story.
        entry_id: The id of the entry to ignore.
        outlet: The name of the outlet.
        feed: The key of the feed.
    """
    values = {"story": story, "entry": entry_id, "outlet": outlet, "feed": feed}
    return first(db, _REPORTED, values) is not None


def _member(row: Row) -> StoryMember:
    stored_evidence = json.loads(row["evidence"]) if row["evidence"] else None
    evidence = None
    if stored_evidence:
        names = tuple(SharedName(**name) for name in stored_evidence.pop("names"))
        evidence = StoryEvidence(StoryReason(stored_evidence.pop("reason")), names=names, **stored_evidence)
    seen_at = moment(row["first_seen_at"])
    return StoryMember(row["id"], row["outlet"], row["title"], seen_at, row["story_reason"], row["hit"], evidence)


def _item(row: Row) -> StoryItem:
    seen_at = moment(row["first_seen_at"])
    actors = json.loads(row["actors"])
    return StoryItem(
        title=row["title"],
        at=min(moment(row["published_at"]) or seen_at, seen_at),
        summary=row["summary"],
        outlet=row["outlet"],
        link=row["link"],
        amounts=tuple(Amount(**a | {"value": Decimal(a["value"])}) for a in json.loads(row["amounts"])),
        indicators=tuple(Indicator(**i | {"kind": IndicatorKind(i["kind"])}) for i in json.loads(row["indicators"])),
        actors=tuple(text for text, _ in actors),
        actor_ids=frozenset(actor for _, actor in actors),
    )
