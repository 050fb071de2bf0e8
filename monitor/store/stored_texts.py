"""All stored texts of entries, in the order in which they were seen, a few hundred at a time."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from datetime import datetime

from monitor.model import SeenText
from monitor.store.db.statements import Reader, Row, explain_errors, first, moment, rows, stored
from monitor.store.entries import entry_of

BATCH = 500  # texts

# only texts that a mention quotes are kept; a text was seen when the kept one before it was replaced
_TEXTS = """
WITH texts AS (
    SELECT e.id AS entry_id, e.version,
           coalesce((SELECT max(v.replaced_at) FROM entry_versions v WHERE v.entry_id = e.id), e.first_seen_at) AS at
    FROM entries e WHERE e.canary = 0
    UNION ALL
    SELECT v.entry_id, v.version,
           coalesce((SELECT max(w.replaced_at) FROM entry_versions w
                     WHERE w.entry_id = v.entry_id AND w.version < v.version), e.first_seen_at)
    FROM entry_versions v JOIN entries e ON e.id = v.entry_id WHERE e.canary = 0)
"""
_SPAN = "WHERE at >= coalesce(:since, '') AND at < coalesce(:until, '9999')"
_LISTED = f"{_TEXTS} SELECT entry_id, version FROM texts {_SPAN} ORDER BY at, entry_id, version"  # noqa: S608 - constants
_COUNT = f"{_TEXTS} SELECT count(*) AS number FROM texts {_SPAN}"  # noqa: S608 - constants

_LOAD = """
SELECT e.id AS entry_id, k.value ->> 1 AS version, e.feed, e.key, e.outlet, e.author, e.published_at, e.updated_at,
       e.first_seen_at, e.story_id, iif(k.value ->> 1 = 1, e.unread_since, NULL) AS unread_since,
       e.first_seen_at <= f.first_success_at AS backlog,
       coalesce((SELECT max(w.replaced_at) FROM entry_versions w WHERE w.entry_id = e.id AND w.version < k.value ->> 1),
                e.first_seen_at) AS seen_at,
       coalesce(v.raw_hash, e.raw_hash) AS raw_hash, coalesce(v.link, e.link) AS link,
       coalesce(v.title, e.title) AS title, coalesce(v.summary, e.summary) AS summary,
       coalesce(v.content, e.content) AS content
FROM json_each(:keys) k
JOIN entries e ON e.id = k.value ->> 0
JOIN feeds f ON f.key = e.feed
LEFT JOIN entry_versions v ON v.entry_id = e.id AND v.version = k.value ->> 1
ORDER BY k.key
"""


def count_texts(db: Reader, since: datetime | None = None, until: datetime | None = None) -> int:
    """Return how many texts ``stored_texts`` yields.

    Args:
        db: A reader.
        since: Texts seen before are left out; None: none are.
        until: Texts seen at that moment or later are left out; None: none are.
    """
    found = first(db, _COUNT, {"since": stored(since), "until": stored(until)})
    return int(found["number"]) if found else 0


def stored_texts(db: Reader, since: datetime | None = None, until: datetime | None = None) -> Iterator[SeenText]:
    """Yield every stored text of every entry, canaries excepted, in the order in which they were seen.

    At most ``BATCH`` texts are in memory. No query stays open between two batches, so that a running daemon can write.

    Args:
        db: A reader.
        since: Texts seen before are left out; None: none are.
        until: Texts seen at that moment or later are left out; None: none are.
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
    return SeenText(
        number=row["entry_id"],
        entry=entry_of(row),
        seen_at=moment(row["seen_at"]),
        story=row["story_id"],
        backlog=bool(row["backlog"]) and row["version"] == 1,
        unread_since=moment(row["unread_since"]),
    )
