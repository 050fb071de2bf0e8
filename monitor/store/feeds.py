"""What is remembered of feeds between polls."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from monitor.errors import FeedState
from monitor.model import FeedRecord, Rhythm, UpdateHints, Validators
from monitor.store.db.statements import Reader, Row, Values, Writer, change, change_each, first, rows
from monitor.store.db.timestamps import moment, stored

_COLUMNS = ["etag", "last_modified", *(field.name for field in fields(FeedRecord) if field.name != "validators")]
_FROM_POLLS = [name for name in _COLUMNS if name not in ("key", "url", "settings")]

# without its mark, so that one that comes back counts as edited
_RETIRE = """
UPDATE feeds SET configured = 0, settings = x''
WHERE configured = 1 AND key NOT IN (SELECT value FROM json_each(:keys))
"""

_ADD = f"""
INSERT INTO feeds (configured, {", ".join(_COLUMNS)})
VALUES (1, {", ".join(f":{name}" for name in _COLUMNS)})
ON CONFLICT (key) DO UPDATE SET
"""  # noqa: S608 - the names above and nothing else

_CONFIGURE = f"""{_ADD}
    configured = 1,
    due_at = iif(settings = excluded.settings, due_at, excluded.due_at),
    due_reason = iif(settings = excluded.settings, due_reason, excluded.due_reason),
    settings = excluded.settings
"""

# what was learned from an address says nothing of another one
_FORGET_ADDRESS = """
UPDATE feeds
SET url = :url, due_at = :due_at, due_reason = '', etag = NULL, last_modified = NULL, body_hash = NULL,
    answered_by = '', full_at = NULL, fresh_s = NULL, not_before = NULL,
    update_hints = :update_hints, settings = :settings,
    moved_to = '', moved_since = NULL, moved_answers = 0, taken_url = '',
    state = :state, cause = '', remedy = '', failures = 0
WHERE key = :key AND url <> :url
"""

_SAVE = f"""{_ADD}
    {", ".join(f"{name} = excluded.{name}" for name in _FROM_POLLS)}
WHERE feeds.url = excluded.url
"""

_FROM_NEW_ENTRIES = ("title", "language", "update_hints", "rhythm", "last_new_at", "renumbered", "renumbered_at")
_FROM_QUIET_POLLS = [name for name in _FROM_POLLS if name not in _FROM_NEW_ENTRIES]

_SAVE_QUIET = f"""
UPDATE feeds SET {", ".join(f"{name} = :{name}" for name in _FROM_QUIET_POLLS)}
WHERE key = :key AND url = :url
"""  # noqa: S608 - the names above and nothing else

# what it brings is not shown by anybody: only its age says when it may go
_ADD_CANARY = f"""
INSERT INTO feeds (configured, gone_before, {", ".join(_COLUMNS)})
VALUES (0, '9999-12-31T23:59:59.999Z', {", ".join(f":{name}" for name in _COLUMNS)})
ON CONFLICT (key) DO NOTHING
"""  # noqa: S608 - the names above and nothing else

_RESCHEDULE = "UPDATE feeds SET due_at = :due_at WHERE key = :key"

_CLEAR_RATE_LIMITS = "DELETE FROM rate_limited_hosts"
_ADD_RATE_LIMIT = "INSERT INTO rate_limited_hosts (host, until) VALUES (:host, :until)"
_RATE_LIMITS = "SELECT host, until FROM rate_limited_hosts WHERE until > :now"

_LOAD = "SELECT * FROM feeds WHERE key = :key"
_LOAD_ALL = "SELECT * FROM feeds WHERE configured = 1 ORDER BY key"
_DUE = "SELECT * FROM feeds WHERE configured = 1 AND due_at <= :now ORDER BY due_at, key LIMIT :limit"
_NEXT_DUE = "SELECT min(due_at) AS due_at FROM feeds WHERE configured = 1"


def configure(db: Writer, records: Iterable[FeedRecord]) -> None:
    """Make the feeds of *records*, and no others, those that are polled.

    A feed that is not known is kept as its record says. One that is known keeps all it has; but when its settings
    were edited it is due as the record says, and when its address changed it also drops all that was learned from
    the old one: it keeps its entries, its rhythm and its first success. Feeds that are not in *records* keep their
    rows and are never due.
    """
    values = [_values(record) for record in records]
    change(db, _RETIRE, {"keys": json.dumps([value["key"] for value in values])})
    change_each(db, _FORGET_ADDRESS, values)
    change_each(db, _CONFIGURE, values)


def save_feed(db: Writer, record: FeedRecord, rate_limited: Mapping[str, datetime] | None = None) -> bool:
    """Store what a poll learned, and which hosts want no requests until when; return True.

    Return False and store nothing of the feed when its address has changed since the poll began.

    Args:
        db: Inside a transaction.
        record: The feed after the poll.
        rate_limited: All hosts that want no requests now, with the end of that; None: unchanged.
    """
    if rate_limited is not None:
        change(db, _CLEAR_RATE_LIMITS, {})
        change_each(
            db, _ADD_RATE_LIMIT, [{"host": host, "until": stored(until)} for host, until in rate_limited.items()]
        )
    return change(db, _SAVE, _values(record)) == 1


def save_quiet_feeds(db: Writer, records: Iterable[FeedRecord]) -> None:
    """Keep what polls without news learned; of feeds that got another address meanwhile nothing."""
    change_each(db, _SAVE_QUIET, [_values(record, _FROM_QUIET_POLLS) for record in records])


def add_canary_feed(db: Writer, record: FeedRecord) -> None:
    """Keep a feed that is none: it is never polled, and what it brings was made by ourselves."""
    change(db, _ADD_CANARY, _values(record))


def load_feed(db: Reader, key: str) -> FeedRecord | None:
    """Return what is remembered of a feed, configured or not; None when it never was."""
    found = first(db, _LOAD, {"key": key})
    return _record(found) if found else None


def load_feeds(db: Reader) -> list[FeedRecord]:
    """Return the records of all configured feeds, by key."""
    return [_record(row) for row in rows(db, _LOAD_ALL)]


def due_feeds(db: Reader, now: datetime, limit: int, *, busy: Collection[str] = ()) -> list[FeedRecord]:
    """Return at most *limit* feeds that are due and not *busy*, the longest overdue first."""
    found = rows(db, _DUE, {"now": stored(now), "limit": limit + len(busy)})
    return [_record(row) for row in found if row["key"] not in busy][:limit]


def reschedule(db: Writer, due: Mapping[str, datetime]) -> None:
    """Make each feed, by its key, due at that moment."""
    change_each(db, _RESCHEDULE, [{"key": key, "due_at": stored(at)} for key, at in due.items()])


def load_rate_limited_hosts(db: Reader, now: datetime) -> dict[str, datetime]:
    """Return the hosts that want to be left alone *now*, and until when."""
    return {row["host"]: moment(row["until"]) for row in rows(db, _RATE_LIMITS, {"now": stored(now)})}


def next_feed_due(db: Reader) -> datetime | None:
    """Return when the next configured feed is due, None when none is configured."""
    found = first(db, _NEXT_DUE)
    return moment(found["due_at"]) if found else None


def _values(record: FeedRecord, names: Collection[str] = _COLUMNS) -> Values:
    """Return what is stored of *record*: the columns called *names*, and those that say which feed it is of."""
    return {"key": record.key, "url": record.url, **{name: _STORED[name](record) for name in names}}


def _record(row: Row) -> FeedRecord:
    plain: Row = {name: row[name] for name in _PLAIN}
    moments: Row = {name: moment(row[name]) for name in _MOMENTS}
    return FeedRecord(
        **plain,
        **moments,
        state=FeedState(row["state"]),
        validators=Validators(row["etag"], row["last_modified"]),
        update_hints=_hints(row["update_hints"]),
        rhythm=_rhythm(row["rhythm"]),
    )


def _at(name: str) -> Callable[[FeedRecord], str | None]:
    get = attrgetter(name)
    return lambda record: stored(get(record))


_MOMENTS = [name for name in _COLUMNS if name.endswith("_at") or name in ("not_before", "moved_since")]
_PLAIN = [
    name for name in _COLUMNS if name not in {*_MOMENTS, "state", "etag", "last_modified", "update_hints", "rhythm"}
]
_STORED: dict[str, Callable[[FeedRecord], Any]] = {
    **{name: attrgetter(name) for name in _PLAIN},
    **{name: _at(name) for name in _MOMENTS},
    "state": lambda record: str(record.state),
    "etag": attrgetter("validators.etag"),
    "last_modified": attrgetter("validators.last_modified"),
    "update_hints": lambda record: _stored_hints(record.update_hints),
    "rhythm": lambda record: _rhythm_stored(record.rhythm),
}


def _stored_hints(hints: UpdateHints) -> str:
    return json.dumps([hints.refresh_s, sorted(hints.skip_hours), sorted(hints.skip_days)])


@lru_cache(100)  # there are few different ones, and one is read with every record
def _hints(text: str) -> UpdateHints:
    refresh_s, hours, days = json.loads(text)
    return UpdateHints(refresh_s, frozenset(hours), frozenset(days))


def _rhythm_stored(rhythm: Rhythm | None) -> str | None:
    if rhythm is None:
        return None
    return json.dumps([stored(rhythm.oldest_at), stored(rhythm.newest_at), rhythm.per_hour, rhythm.longest_s])


def _rhythm(text: str | None) -> Rhythm | None:
    if text is None:
        return None
    oldest_at, newest_at, per_hour, longest_s = json.loads(text)
    return Rhythm(moment(oldest_at), moment(newest_at), tuple(per_hour), longest_s)
