"""What is remembered of feeds between polls."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from monitor.model import FeedRecord, Validators
from monitor.store.moments import moment, stored
from monitor.store.statements import Reader, Row, Values, Writer, change, change_each, first, rows

_RETIRE_ALL = "UPDATE feeds SET configured = 0 WHERE configured = 1"

_ADD = """
INSERT INTO feeds (key, configured, url, due_at, etag, last_modified, body_hash, title, language, moved_to,
                   state, cause, remedy, failures, first_success_at, last_success_at, last_poll_at,
                   last_new_at, latency_s)
VALUES (:key, 1, :url, :due_at, :etag, :last_modified, :body_hash, :title, :language, :moved_to,
        :state, :cause, :remedy, :failures, :first_success_at, :last_success_at, :last_poll_at,
        :last_new_at, :latency_s)
ON CONFLICT (key) DO UPDATE SET
"""

_CONFIGURE = f"""{_ADD}
    configured = 1
"""

# what was learned from an address says nothing of another one
_FORGET_ADDRESS = """
UPDATE feeds
SET url = :url, due_at = :due_at, etag = NULL, last_modified = NULL, body_hash = NULL, moved_to = '',
    state = :state, cause = '', remedy = '', failures = 0
WHERE key = :key AND url <> :url
"""

_SAVE = f"""{_ADD}
    due_at = excluded.due_at, etag = excluded.etag, last_modified = excluded.last_modified,
    body_hash = excluded.body_hash, title = excluded.title, language = excluded.language,
    moved_to = excluded.moved_to, state = excluded.state, cause = excluded.cause, remedy = excluded.remedy,
    failures = excluded.failures, first_success_at = excluded.first_success_at,
    last_success_at = excluded.last_success_at, last_poll_at = excluded.last_poll_at,
    last_new_at = excluded.last_new_at, latency_s = excluded.latency_s
WHERE feeds.url = excluded.url
"""

_LOAD = "SELECT * FROM feeds WHERE key = :key"
_LOAD_ALL = "SELECT * FROM feeds WHERE configured = 1 ORDER BY key"
_DUE = "SELECT * FROM feeds WHERE configured = 1 AND due_at <= :now ORDER BY due_at, key LIMIT :limit"
_NEXT_DUE = "SELECT min(due_at) AS due_at FROM feeds WHERE configured = 1"


def configure(db: Writer, fresh: Iterable[FeedRecord]) -> None:
    """Make the feeds of *fresh*, and no others, those that are polled.

    Each of *fresh* is a record as for a feed never seen: its key, its address, and when it is first due. A
    feed that is known keeps all it has. When its address changed, it drops the validators, the body's hash, the
    failures and the redirect, and is due as *fresh* says; it keeps its entries and its first success. Feeds
    that are not in *fresh* keep their rows and are never due.
    """
    values = [_values(record) for record in fresh]
    change(db, _RETIRE_ALL, {})
    change_each(db, _FORGET_ADDRESS, values)
    change_each(db, _CONFIGURE, values)


def save_feed(db: Writer, record: FeedRecord) -> bool:
    """Keep what a poll learned and return True.

    Returns False, and keeps nothing of it, when the feed has got another address since the poll began.
    """
    return change(db, _SAVE, _values(record)) == 1


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


def next_feed_due(db: Reader) -> datetime | None:
    """Return when the next configured feed is due, None when none is configured."""
    found = first(db, _NEXT_DUE)
    return moment(found["due_at"]) if found else None


def _values(record: FeedRecord) -> Values:
    return {
        "key": record.key,
        "url": record.url,
        "due_at": stored(record.due_at),
        "etag": record.validators.etag,
        "last_modified": record.validators.last_modified,
        "body_hash": record.body_hash,
        "title": record.title,
        "language": record.language,
        "moved_to": record.moved_to,
        "state": record.state,
        "cause": record.cause,
        "remedy": record.remedy,
        "failures": record.failures,
        "first_success_at": stored(record.first_success_at),
        "last_success_at": stored(record.last_success_at),
        "last_poll_at": stored(record.last_poll_at),
        "last_new_at": stored(record.last_new_at),
        "latency_s": record.latency_s,
    }


def _record(row: Row) -> FeedRecord:
    return FeedRecord(
        key=row["key"],
        url=row["url"],
        due_at=moment(row["due_at"]),
        validators=Validators(row["etag"], row["last_modified"]),
        body_hash=row["body_hash"],
        title=row["title"],
        language=row["language"],
        moved_to=row["moved_to"],
        state=row["state"],
        cause=row["cause"],
        remedy=row["remedy"],
        failures=row["failures"],
        first_success_at=moment(row["first_success_at"]),
        last_success_at=moment(row["last_success_at"]),
        last_poll_at=moment(row["last_poll_at"]),
        last_new_at=moment(row["last_new_at"]),
        latency_s=row["latency_s"],
    )
