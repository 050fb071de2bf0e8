"""Store mentions, amounts and indicators that were found in the texts of entries."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal

from monitor.model import Amount, DailyMentions, Indicator, IndicatorKind, Judgement, MatchKind, Mention
from monitor.store.db.statements import Reader, Writer, change_each, first, moment, rows, stored

SERIES_DAYS = 28

_ADD_MENTION = """
INSERT INTO mentions (entry_id, version, actor, keyword, alias, text, field, start, "end", edits, kind,
                      word, words, sentence)
VALUES (:entry_id, :version, :actor, :keyword, :alias, :text, :field, :start, :end, :edits, :kind,
        :word, :words, :sentence)
"""

_ADD_AMOUNT = """
INSERT INTO amounts (entry_id, version, value, currency, text, field, start, "end")
VALUES (:entry_id, :version, :value, :currency, :text, :field, :start, :end)
"""

_ADD_INDICATOR = """
INSERT INTO indicators (entry_id, version, kind, chain, value, text, field, start, "end")
VALUES (:entry_id, :version, :kind, :chain, :value, :text, :field, :start, :end)
"""

_MENTIONS = """
SELECT actor, keyword, alias, text, field, start, "end", edits, kind, word, words, sentence
FROM mentions WHERE entry_id = :entry_id AND version = :version ORDER BY id
"""

_AMOUNTS = """
SELECT value, currency, text, field, start, "end"
FROM amounts WHERE entry_id = :entry_id AND version = :version ORDER BY id
"""

_INDICATORS = """
SELECT kind, chain, value, text, field, start, "end"
FROM indicators WHERE entry_id = :entry_id AND version = :version ORDER BY id
"""

# by publication date: the backlog of a new feed is not today's news
_STORIES_OF = """
SELECT count(DISTINCT iif(at > :day_ago, story, NULL)) AS today,
       count(DISTINCT iif(at <= :day_ago, story, NULL)) AS before
FROM (SELECT e.story_id AS story, min(coalesce(e.published_at, e.first_seen_at), e.first_seen_at) AS at
      FROM mentions m JOIN entries e ON e.id = m.entry_id WHERE m.actor = :actor)
WHERE at > :since
"""

# stories by day; the newest entries that mention the actor, so that a frequent one takes no longer
_DAILY_STORIES = """
SELECT day, count(DISTINCT story_id) AS stories FROM (
    SELECT substr(min(coalesce(e.published_at, e.first_seen_at), e.first_seen_at), 1, 10) AS day, e.story_id
    FROM (SELECT DISTINCT entry_id FROM mentions WHERE actor = :actor ORDER BY entry_id DESC LIMIT 5000) m
    JOIN entries e ON e.id = m.entry_id WHERE e.canary = 0)
WHERE day BETWEEN :first AND :last GROUP BY day
"""

# the newest mention first, so that the search for a frequent actor ends at once
_STORY_SINCE = """
SELECT min(coalesce(e.published_at, e.first_seen_at), e.first_seen_at) AS at
FROM mentions m JOIN entries e ON e.id = m.entry_id
WHERE m.actor = :actor AND min(coalesce(e.published_at, e.first_seen_at), e.first_seen_at) > :since
ORDER BY m.entry_id DESC LIMIT 1
"""


def add_mentions(db: Writer, entry_id: int, version: int, judgement: Judgement) -> None:
    """Store the mentions, amounts and indicators in one version of an entry's text; ``add_hit`` does this for hits.

    Args:
        db: The writing connection, in a transaction.
        entry_id: The id of the entry.
        version: The version of the entry's text.
        judgement: The result of matching that text.
    """
    of_text = {"entry_id": entry_id, "version": version}
    change_each(db, _ADD_MENTION, [of_text | asdict(m) for m in judgement.mentions])
    change_each(db, _ADD_AMOUNT, [of_text | asdict(a) | {"value": str(a.value)} for a in judgement.amounts])
    change_each(db, _ADD_INDICATOR, [of_text | asdict(i) for i in judgement.indicators])


def count_stories_of_actor(db: Reader, actor: str, *, since: datetime, day_ago: datetime) -> tuple[int, int]:
    """Return how many stories mention *actor* in the last day, and how many in the period from *since* to *day_ago*.

    An entry counts by its publication time; without one, by when it was first seen.

    Args:
        db: Any connection to the database.
        actor: The id of the actor.
        since: The beginning of the earlier period.
        day_ago: The end of the earlier period and the beginning of the last day.
    """
    row = rows(db, _STORIES_OF, {"actor": actor, "since": stored(since), "day_ago": stored(day_ago)})[0]
    return row["today"], row["before"]


def daily_mentions(db: Reader, actor: str, last: date, days: int = SERIES_DAYS) -> DailyMentions:
    """Return how many stories mentioned *actor* on each day, by the publication time of their entries.

    Args:
        db: Any connection to the database.
        actor: The id of the actor.
        last: The last day.
        days: How many days.
    """
    every = [last - timedelta(days=back) for back in reversed(range(days))]
    values = {"actor": actor, "first": every[0].isoformat(), "last": last.isoformat()}
    found = {row["day"]: row["stories"] for row in rows(db, _DAILY_STORIES, values)}
    return DailyMentions(actor, last, tuple(found.get(day.isoformat(), 0) for day in every))


def last_mentioned_at(db: Reader, actor: str, since: datetime) -> datetime | None:
    """Return when *actor* was last mentioned by an entry after *since*; None if it was not.

    The time of an entry is its publication time; without one, the time at which it was first seen.

    Args:
        db: Any connection to the database.
        actor: The id of the actor.
        since: Entries of this time and earlier are ignored.
    """
    row = first(db, _STORY_SINCE, {"actor": actor, "since": stored(since)})
    return moment(row["at"]) if row else None


def mentions_of(db: Reader, entry_id: int, version: int) -> tuple[Mention, ...]:
    """Return the mentions in one version of an entry's text, in reading order.

    Args:
        db: Any connection to the database.
        entry_id: The id of the entry.
        version: The version of the entry's text.
    """
    found = rows(db, _MENTIONS, {"entry_id": entry_id, "version": version})
    return tuple(Mention(**row | {"kind": MatchKind(row["kind"])}) for row in found)


def amounts_of(db: Reader, entry_id: int, version: int) -> tuple[Amount, ...]:
    """Return the amounts of money in one version of an entry's text, in reading order.

    Args:
        db: Any connection to the database.
        entry_id: The id of the entry.
        version: The version of the entry's text.
    """
    found = rows(db, _AMOUNTS, {"entry_id": entry_id, "version": version})
    return tuple(Amount(**row | {"value": Decimal(row["value"])}) for row in found)


def indicators_of(db: Reader, entry_id: int, version: int) -> tuple[Indicator, ...]:
    """Return the indicators in one version of an entry's text, in reading order.

    Args:
        db: Any connection to the database.
        entry_id: The id of the entry.
        version: The version of the entry's text.
    """
    found = rows(db, _INDICATORS, {"entry_id": entry_id, "version": version})
    return tuple(Indicator(**row | {"kind": IndicatorKind(row["kind"])}) for row in found)
