"""Store hits: entries that matched a rule, each with everything that was known when the rule matched."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from monitor.model import Hit, Judgement, ListedActor, RuleMatch, Severity
from monitor.store.db.statements import Reader, Row, Writer, change_each, first, moment, returned, rows, stored
from monitor.store.entries import entry_of
from monitor.store.hash_chain import add_link
from monitor.store.hit_list import HitQuery, list_hits
from monitor.store.mentions import add_mentions, amounts_of, indicators_of, mentions_of

__all__ = [
    "HitQuery",
    "NewHit",
    "add_hit",
    "count_by_feed",
    "hit_of_version",
    "list_hits",
    "listed_actor",
    "load_hit",
    "most_severe_hit",
    "rules_and_actors_of_entry",
    "totals",
]

_ADD = """
INSERT INTO hits (entry_id, version, severity, seen_at, watchlist_version, raw_hash, is_update, changes, canary,
                  names, notes, lists)
VALUES (:entry_id, :version, :severity, :seen_at, :watchlist_version,
        (SELECT raw_hash FROM entries WHERE id = :entry_id), :version > 1, :changes,
        (SELECT canary FROM entries WHERE id = :entry_id), :names, :notes, :lists)
RETURNING id
"""

_ADD_RULE = """
INSERT INTO hit_rules (hit_id, position, rule, severity, why, send_to)
VALUES (:hit_id, :position, :rule, :severity, :why, :send_to)
"""

# the text is the version that was judged; the entry may have a newer one
_LOAD = """
SELECT h.id, h.entry_id, h.version, h.severity, h.seen_at, h.watchlist_version, h.raw_hash, h.is_update, h.changes,
       h.canary, h.names, h.notes, h.lists, e.feed, e.key, e.outlet, e.author, e.published_at, e.updated_at,
       e.first_seen_at,
       e.story_id, coalesce(v.link, e.link) AS link,
       coalesce(v.title, e.title) AS title, coalesce(v.summary, e.summary) AS summary,
       coalesce(v.content, e.content) AS content
FROM hits h
JOIN entries e ON e.id = h.entry_id
LEFT JOIN entry_versions v ON v.entry_id = h.entry_id AND v.version = h.version
WHERE h.id = :id
"""

_RULES = "SELECT rule, severity, why, send_to FROM hit_rules WHERE hit_id = :id ORDER BY position"


_RULES_AND_ACTORS = """
SELECT r.rule AS id FROM hit_rules r JOIN hits h ON h.id = r.hit_id WHERE h.entry_id = :id
UNION
SELECT m.actor FROM mentions m JOIN hits h ON h.entry_id = m.entry_id AND h.version = m.version
WHERE h.entry_id = :id AND m.actor IS NOT NULL
"""

_MOST_SEVERE = """
SELECT h.id FROM entries e JOIN hits h ON h.entry_id = e.id JOIN hit_rules r ON r.hit_id = h.id
WHERE e.story_id = :story AND r.rule = :rule ORDER BY h.severity DESC, h.id LIMIT 1
"""
_OF_VERSION = "SELECT id FROM hits WHERE entry_id = :entry_id AND version = :version"

# triggers keep these counts
_COUNT_BY_FEED = "SELECT feed, hits AS number FROM feed_counts WHERE hits > 0"
_TOTALS = "SELECT coalesce(sum(entries), 0) AS entries, coalesce(sum(hits), 0) AS hits FROM feed_counts"


@dataclass(frozen=True, slots=True)
class NewHit:
    """A hit that is to be stored."""

    entry_id: int  # id of a stored entry
    version: int  # version of the entry's text that was matched
    judgement: Judgement  # the result of matching that version
    seen_at: datetime  # when that version was matched
    watchlist_version: int  # as ``watchlist_version`` numbers it
    names: tuple[tuple[str, str], ...] = ()  # id and display name of each actor mentioned
    notes: tuple[str, ...] = ()  # the actors' notes
    changes: tuple[str, ...] = ()  # what the edit changed, one line each; empty: the text was not edited


def add_hit(db: Writer, new: NewHit) -> int:
    """Store a hit with its mentions, amounts, indicators and rules, add its link to the hash chain, and return its id.

    Raises:
        ValueError: No rule matched.
    """
    if new.judgement.severity is None:
        raise ValueError(f"entry {new.entry_id} is no hit: no rule matched")
    values = {
        "entry_id": new.entry_id,
        "version": new.version,
        "severity": int(new.judgement.severity),
        "seen_at": stored(new.seen_at),
        "watchlist_version": new.watchlist_version,
        "names": _json(new.names),
        "notes": _json(new.notes),
        "lists": _json([asdict(listed) | {"date": listed.date.isoformat()} for listed in new.judgement.lists]),
        "changes": _json(new.changes),
    }
    hit_id = int(returned(db, _ADD, values)["id"])
    add_mentions(db, new.entry_id, new.version, new.judgement)
    change_each(db, _ADD_RULE, [_rule_values(hit_id, at, rule) for at, rule in enumerate(new.judgement.rules)])
    # read back, so that the link is made of what the database contains
    if hit := load_hit(db, hit_id):
        add_link(db, hit)
    return hit_id


def load_hit(db: Reader, hit_id: int) -> Hit | None:
    """Return the hit with the number *hit_id*, with the version of the text that matched; None if there is none."""
    row = first(db, _LOAD, {"id": hit_id})
    if row is None:
        return None
    judgement = Judgement(
        mentions_of(db, row["entry_id"], row["version"]),
        amounts_of(db, row["entry_id"], row["version"]),
        tuple(_rule_match(rule) for rule in rows(db, _RULES, {"id": hit_id})),
        indicators_of(db, row["entry_id"], row["version"]),
        tuple(listed_actor(listed) for listed in json.loads(row["lists"])),
    )
    return Hit(
        id=row["id"],
        entry=entry_of(row),
        entry_id=row["entry_id"],
        judgement=judgement,
        severity=Severity(row["severity"]),
        seen_at=moment(row["seen_at"]),
        story=row["story_id"],
        watchlist_version=row["watchlist_version"],
        names=tuple((actor, name) for actor, name in json.loads(row["names"])),
        notes=tuple(json.loads(row["notes"])),
        is_update=bool(row["is_update"]),
        changes=tuple(json.loads(row["changes"])),
        canary=bool(row["canary"]),
    )


def rules_and_actors_of_entry(db: Reader, entry_id: int) -> frozenset[str]:
    """Return the ids of the rules that matched, and of the actors that were mentioned, in any hit of an entry."""
    return frozenset(row["id"] for row in rows(db, _RULES_AND_ACTORS, {"id": entry_id}))


def most_severe_hit(db: Reader, story: int, rule: str) -> int | None:
    """Return the id of the most severe hit of *story* that the rule *rule* matched, the oldest of equals; None if none.

    Args:
        db: Any connection to the database.
        story: The id of the story.
        rule: The id of the rule.
    """
    row = first(db, _MOST_SEVERE, {"story": story, "rule": rule})
    return int(row["id"]) if row else None


def hit_of_version(db: Reader, entry_id: int, version: int) -> int | None:
    """Return the id of the hit that was found in this version of an entry's text; None if it is not a hit.

    Args:
        db: Any connection to the database.
        entry_id: The id of the entry.
        version: The version of the entry's text.
    """
    row = first(db, _OF_VERSION, {"entry_id": entry_id, "version": version})
    return int(row["id"]) if row else None


def count_by_feed(db: Reader) -> dict[str, int]:
    """Return the number of hits by feed key; feeds without hits are left out."""
    return {row["feed"]: row["number"] for row in rows(db, _COUNT_BY_FEED)}


def totals(db: Reader) -> tuple[int, int]:
    """Return the number of entries and the number of hits in the database, without canaries."""
    row = rows(db, _TOTALS)[0]
    return row["entries"], row["hits"]


def listed_actor(values: dict[str, Any]) -> ListedActor:
    """Return the listed actor that the database stores as the JSON object *values*."""
    return ListedActor(**values | {"date": date.fromisoformat(values["date"])})


def _rule_values(hit_id: int, position: int, match: RuleMatch) -> Row:
    return {
        "hit_id": hit_id,
        "position": position,
        "rule": match.rule,
        "severity": int(match.severity),
        "why": match.why,
        "send_to": _json(list(match.send_to)),
    }


def _rule_match(row: Row) -> RuleMatch:
    return RuleMatch(row["rule"], Severity(row["severity"]), row["why"], tuple(json.loads(row["send_to"])))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
