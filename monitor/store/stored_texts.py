"""Read all stored texts of entries in the order in which they were seen, a few hundred at a time, for backtests."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from datetime import datetime

from monitor.model import SeenText
from monitor.model.reason import EntriesRenumbered
from monitor.store.db.statements import Reader, Row, explain_errors, first, moment, rows, stored
from monitor.store.db.stored_reasons import reasons_from
from monitor.store.entries import entry_of

BATCH = 500  # texts

# Only texts that a mention quotes are kept. A text was seen when it became a hit, else when the kept one before it was
# replaced. Of an entry whose first text was not kept, but whose hit came later, an empty first text is read.
_SEEN_AT = """
coalesce((SELECT h.seen_at FROM hits h WHERE h.entry_id = {entry} AND h.version = {version}),
         (SELECT max(w.replaced_at) FROM entry_versions w WHERE w.entry_id = {entry} AND w.version < {version}),
         e.first_seen_at)
"""
_TEXTS = f"""
WITH texts AS (
    SELECT e.id AS entry_id, e.version, {_SEEN_AT.format(entry="e.id", version="e.version")} AS at
    FROM entries e WHERE e.canary = 0
    UNION ALL
    SELECT v.entry_id, v.version, {_SEEN_AT.format(entry="v.entry_id", version="v.version")}
    FROM entry_versions v JOIN entries e ON e.id = v.entry_id WHERE e.canary = 0
    UNION ALL
    SELECT e.id, 0, e.first_seen_at
    FROM hits h JOIN entries e ON e.id = h.entry_id
    WHERE e.canary = 0 AND h.seen_at > e.first_seen_at AND e.version > 1
      AND NOT EXISTS (SELECT 1 FROM entry_versions w WHERE w.entry_id = e.id AND w.version < h.version)
    GROUP BY e.id)
"""  # noqa: S608 - constants
_SPAN = "WHERE at >= coalesce(:since, '') AND at < coalesce(:until, '9999')"
_LISTED = f"{_TEXTS} SELECT entry_id, version FROM texts {_SPAN} ORDER BY at, entry_id, version"  # noqa: S608 - constants
_COUNT = f"{_TEXTS} SELECT count(*) AS number FROM texts {_SPAN}"  # noqa: S608 - constants

_LOAD = f"""
SELECT k.version, e.id AS entry_id, e.feed, e.key, e.outlet, e.author, e.published_at, e.updated_at, e.first_seen_at,
       e.story_id, e.first_seen_at <= f.first_success_at AS backlog,
       iif(k.version = 0, e.first_seen_at, {_SEEN_AT.format(entry="e.id", version="k.version")}) AS seen_at,
       CASE WHEN k.version = 0 THEN NULL WHEN v.version IS NULL THEN e.unread_since ELSE v.unread_since END
           AS unread_since,
       (SELECT d.reasons FROM hits h JOIN decisions d ON d.hit_id = h.id
        WHERE h.entry_id = e.id AND h.version = k.version LIMIT 1) AS reasons,
       coalesce(v.raw_hash, e.raw_hash) AS raw_hash, coalesce(v.link, e.link) AS link,
       iif(k.version = 0, '', coalesce(v.title, e.title)) AS title,
       iif(k.version = 0, '', coalesce(v.summary, e.summary)) AS summary,
       iif(k.version = 0, '', coalesce(v.content, e.content)) AS content
FROM (SELECT key AS position, value ->> 0 AS entry_id, value ->> 1 AS version FROM json_each(:keys)) k
JOIN entries e ON e.id = k.entry_id
JOIN feeds f ON f.key = e.feed
LEFT JOIN entry_versions v ON v.entry_id = k.entry_id AND v.version = k.version
ORDER BY k.position
"""  # noqa: S608 - constants


def count_texts(db: Reader, since: datetime | None = None, until: datetime | None = None) -> int:
    """Return how many texts ``stored_texts`` yields for the same period.

    Args:
        db: Any connection to the database.
        since: Texts that were seen before this time are left out; None: no limit.
        until: Texts that were seen at this time or later are left out; None: no limit.
    """
    found = first(db, _COUNT, {"since": stored(since), "until": stored(until)})
    return int(found["number"]) if found else 0


def stored_texts(db: Reader, since: datetime | None = None, until: datetime | None = None) -> Iterator[SeenText]:
    """Yield every stored text of every entry, except canaries, in the order in which they were seen.

    If the first text of an entry was not kept, an empty text with version 0 is yielded in its place.

    At most ``BATCH`` texts are in memory. No query stays open between two batches, so that a running daemon can write.

    Args:
        db: Any connection to the database.
        since: Texts that were seen before this time are left out; None: no limit.
        until: Texts that were seen at this time or later are left out; None: no limit.
    """
    ids, versions = array("q"), array("q")
    with explain_errors(db.path):
        for entry_id, version in db.execute(_LISTED, {"since": stored(since), "until": stored(until)}):
            ids.append(entry_id)
            versions.append(version)
    for at in range(0, len(ids), BATCH):
        keys = list(zip(ids[at : at + BATCH], versions[at : at + BATCH], strict=True))
        yield from map(_seen_text, rows(db, _LOAD, {"keys": json.dumps(keys)}))


def _seen_text(row: Row) -> SeenText:
    reasons = reasons_from(row["reasons"]) if row["reasons"] else ()
    return SeenText(
        number=row["entry_id"],
        entry=entry_of(row),
        seen_at=moment(row["seen_at"]),
        story=row["story_id"],
        backlog=bool(row["backlog"]) and row["version"] <= 1,
        unread_since=moment(row["unread_since"]),
        withheld=next((reason for reason in reasons if isinstance(reason, EntriesRenumbered)), None),
    )
