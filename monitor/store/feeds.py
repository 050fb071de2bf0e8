"""Store the state of each feed between polls, such as its validators, its last error and its next due time."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from monitor.errors import FeedState
from monitor.model import NEVER, DueReason, FeedRecord, Freshness, Rhythm, UpdateHints, Validators
from monitor.redaction import HIDDEN, StoredSecrets
from monitor.store.db.statements import Reader, Row, Values, Writer, change, change_each, first, moment, rows, stored

# fields of a record that are stored as two columns
_PAIRS = {"validators": ("etag", "last_modified"), "freshness": ("fresh_s", "fresh_by")}
_COLUMNS = [column for field in fields(FeedRecord) for column in _PAIRS.get(field.name, (field.name,))]
_FROM_POLLS = [name for name in _COLUMNS if name not in ("key", "url", "settings")]

# the fingerprint is deleted, so that the settings of a feed that is configured again count as changed
_RETIRE = """
UPDATE feeds SET configured = 0, settings = x''
WHERE configured = 1 AND key NOT IN (SELECT value FROM json_each(:keys))
"""

_ADD = f"""
INSERT INTO feeds (configured, {", ".join(_COLUMNS)})
VALUES (1, {", ".join(f":{name}" for name in _COLUMNS)})
ON CONFLICT (key) DO UPDATE SET
"""  # noqa: S608 - the names above and nothing else

# a record that was never polled says nothing about the document
_SAME_DOCUMENT = "settings = excluded.settings OR excluded.last_poll_at IS NULL"
_CONFIGURE = f"""{_ADD}
    configured = 1,
    due_at = iif(settings = excluded.settings, due_at, excluded.due_at),
    due_reason = iif(settings = excluded.settings, due_reason, excluded.due_reason),
    etag = iif({_SAME_DOCUMENT}, etag, excluded.etag),
    last_modified = iif({_SAME_DOCUMENT}, last_modified, excluded.last_modified),
    body_hash = iif({_SAME_DOCUMENT}, body_hash, excluded.body_hash),
    settings = excluded.settings
"""

# validators, redirects and failures belong to an address, not to the feed
_FORGET_ADDRESS = """
UPDATE feeds
SET url = :url, due_at = :due_at, due_reason = :due_reason, etag = NULL, last_modified = NULL, body_hash = NULL,
    answered_by = '', full_at = NULL, fresh_s = NULL, fresh_by = NULL, not_before = NULL,
    update_hints = :update_hints, settings = :settings,
    moved_to = '', moved_since = NULL, moved_answers = 0, taken_url = '',
    state = :state, cause = '', remedy = '', failures = 0
WHERE key = :key AND url <> :url
"""

_SAVE = f"""
UPDATE feeds SET {", ".join(f"{name} = :{name}" for name in _FROM_POLLS)}
WHERE key = :key AND url = :url
"""  # noqa: S608 - the names above and nothing else

_FROM_DOCUMENTS = (
    *("title", "language", "update_hints", "rhythm", "last_new_at", "renumbered", "renumbered_at"),
    *("left_out", "cut_off", "page_entries", "usual_entries"),
)
_FROM_QUIET_POLLS = [name for name in _FROM_POLLS if name not in _FROM_DOCUMENTS]

_SAVE_QUIET = f"""
UPDATE feeds SET {", ".join(f"{name} = :{name}" for name in _FROM_QUIET_POLLS)}
WHERE key = :key AND url = :url
"""  # noqa: S608 - the names above and nothing else

_ADDRESSES = ("url", "moved_to", "taken_url", "answered_by")  # may contain secrets, which must be restored for use
_TEXTS = ("cause", "remedy", "title")  # may quote an address
_REPLACE_TEXTS = (
    f"UPDATE feeds SET {', '.join(f'{name} = :{name}' for name in (*_ADDRESSES, *_TEXTS))} WHERE key = :key"  # noqa: S608 - the names above and nothing else
)
_ALL = "SELECT * FROM feeds"

_EXISTS = "SELECT 1 FROM feeds WHERE key = :key"
_HAS_ENTRIES = "SELECT 1 FROM entries WHERE feed = :key LIMIT 1"

# entries refer to the feed that they change to: checked at the commit (https://sqlite.org/foreignkeys.html#fk_deferred)
_RENAME = (
    "PRAGMA defer_foreign_keys = ON",
    "DELETE FROM feeds WHERE key = :new",
    "UPDATE feeds SET key = :new WHERE key = :old",
    "UPDATE entries SET feed = :new WHERE feed = :old",
    "UPDATE OR REPLACE forgotten_entries SET feed = :new WHERE feed = :old",
)
# hits are chained under the key with which they were found. No configured key contains brackets
_ADD_FORMER = f"""
INSERT INTO feeds (configured, {", ".join(_COLUMNS)}) VALUES (0, {", ".join(f":{name}" for name in _COLUMNS)})
ON CONFLICT (key) DO NOTHING
"""  # noqa: S608 - the names above and nothing else
_FORMER = """
WITH RECURSIVE former (key) AS (
    SELECT title FROM feeds WHERE configured = 0 AND moved_to = :key
    UNION
    SELECT title FROM feeds JOIN former ON feeds.moved_to = former.key WHERE feeds.configured = 0)
SELECT key FROM former
"""

# no document lists the entries of the canary: only their age says when they may be deleted
_ADD_CANARY = f"""
INSERT INTO feeds (configured, gone_before, {", ".join(_COLUMNS)})
VALUES (0, '9999-12-31T23:59:59.999Z', {", ".join(f":{name}" for name in _COLUMNS)})
ON CONFLICT (key) DO NOTHING
"""  # noqa: S608 - the names above and nothing else

_READ_SINCE_RESTORE = "DELETE FROM restored_feeds WHERE feed = :key"
_RESCHEDULE = "UPDATE feeds SET due_at = :due_at WHERE key = :key"

_CLEAR_PAUSES = "DELETE FROM paused_hosts"
_ADD_PAUSE = "INSERT INTO paused_hosts (host, until) VALUES (:host, :until)"
_PAUSES = "SELECT host, until FROM paused_hosts WHERE until > :now"

_LOAD = "SELECT * FROM feeds WHERE key = :key"
_LOAD_ALL = "SELECT * FROM feeds WHERE configured = 1 ORDER BY key"
_DUE = "SELECT * FROM feeds WHERE configured = 1 AND due_at <= :now ORDER BY due_at, key LIMIT :limit"
_NEXT_DUE = "SELECT min(due_at) AS due_at FROM feeds WHERE configured = 1"


def configure(db: Writer, records: Iterable[FeedRecord]) -> None:
    """Store which feeds are configured, and therefore polled: those of *records* and no others.

    A new feed is stored as its record says. A known feed keeps its stored state; if its settings changed, it takes the
    due time of the record, and its validators and body hash unless the record was never polled; if its URL changed, it
    also loses what was learned from the old URL, but keeps its entries, its rhythm and the time of its first success.
    Feeds that are no longer configured keep their rows and are never due.
    """
    values = [_hidden(db, _values(record)) for record in records]
    change(db, _RETIRE, {"keys": json.dumps([value["key"] for value in values])})
    change_each(db, _FORGET_ADDRESS, values)
    change_each(db, _CONFIGURE, values)


def use_secrets(db: Writer, secrets: Iterable[str]) -> None:
    """Replace *secrets* by markers in the stored state of feeds, in existing rows and in rows written later.

    Args:
        db: The writing connection, in a transaction.
        secrets: The secret values of the active configuration.
    """
    db.secrets = StoredSecrets(secrets)
    names = ("key", *_ADDRESSES, *_TEXTS)
    stored_texts = [{name: row[name] for name in names} for row in rows(db, _ALL) if not row["key"].startswith("(")]
    hidden = [_hidden(db, texts) for texts in stored_texts]
    change_each(db, _REPLACE_TEXTS, [new for new, old in zip(hidden, stored_texts, strict=True) if new != old])


def save_feed(db: Writer, record: FeedRecord, paused: Mapping[str, datetime] | None = None) -> bool:
    """Store the state of a feed after a poll, and the pauses that hosts asked for; return True.

    If the URL of the feed was changed in the configuration during the poll, store nothing about the feed and return
    False.

    Args:
        db: The writing connection, in a transaction.
        record: The state of the feed after the poll.
        paused: The end of the pause of each host that asked for one; replaces what is stored. None: unchanged.
    """
    if paused is not None:
        change(db, _CLEAR_PAUSES, {})
        change_each(db, _ADD_PAUSE, [{"host": host, "until": stored(until)} for host, until in paused.items()])
    _note_read(db, [record])
    return change(db, _SAVE, _hidden(db, _values(record))) == 1


def save_quiet_feeds(db: Writer, records: Iterable[FeedRecord]) -> None:
    """Store the states of feeds whose polls found no new document; skip feeds whose URL was changed during the poll."""
    records = list(records)
    _note_read(db, records)
    change_each(db, _SAVE_QUIET, [_hidden(db, _values(record, _FROM_QUIET_POLLS)) for record in records])


def _note_read(db: Writer, records: Iterable[FeedRecord]) -> None:
    """Note that the feeds whose poll succeeded were read since the database was restored, if it ever was."""
    if first(db, "SELECT 1 AS found FROM restored_feeds LIMIT 1"):
        change_each(db, _READ_SINCE_RESTORE, [{"key": record.key} for record in records if not record.failures])


def add_canary_feed(db: Writer, record: FeedRecord) -> None:
    """Store the reserved feed to which the entries of canaries belong; it is never polled."""
    change(db, _ADD_CANARY, _values(record))


def has_record(db: Reader, key: str) -> bool:
    """Return whether the database has a row for the feed with the key *key*.

    It has none if the feed was renamed in the configuration while it was polled under its old key.
    """
    return first(db, _EXISTS, {"key": key}) is not None


def has_entries(db: Reader, key: str) -> bool:
    """Return whether entries of the feed *key* are stored, even if the feed is no longer configured."""
    return first(db, _HAS_ENTRIES, {"key": key}) is not None


def rename_feed(db: Writer, old: str, new: str) -> None:
    """Change the key of a feed to *new*, and keep everything that is stored about it.

    Args:
        db: The writing connection, in a transaction.
        old: The current key of the feed.
        new: A key under which no entries are stored.
    """
    url = rows(db, _LOAD, {"key": old})[0]["url"]
    for statement in _RENAME:
        change(db, statement, {"old": old, "new": new})
    # a redirect never leads to a key, so that a row of a removed feed is not taken for one of these
    change(db, _ADD_FORMER, _values(FeedRecord(f"({old}) ({new})", url, NEVER, title=old, moved_to=new)))


def former_keys(db: Reader, key: str) -> list[str]:
    """Return the earlier keys of a feed that was renamed to *key*."""
    return [row["key"] for row in rows(db, _FORMER, {"key": key})]


def load_feed(db: Reader, key: str) -> FeedRecord | None:
    """Return the stored state of the feed *key*, configured or not; None if it was never configured."""
    found = first(db, _LOAD, {"key": key})
    return _record(db, found) if found else None


def load_feeds(db: Reader) -> list[FeedRecord]:
    """Return the stored states of all configured feeds, ordered by key."""
    return [_record(db, row) for row in rows(db, _LOAD_ALL)]


def due_feeds(db: Reader, now: datetime, limit: int, *, busy: Collection[str] = ()) -> list[FeedRecord]:
    """Return the configured feeds that are due for a poll, the longest overdue first.

    Args:
        db: Any connection to the database.
        now: The current time.
        limit: The maximum number of feeds to return.
        busy: The keys of feeds that are being polled and must be left out.
    """
    found = rows(db, _DUE, {"now": stored(now), "limit": limit + len(busy)})
    return [_record(db, row) for row in found if row["key"] not in busy][:limit]


def reschedule(db: Writer, due: Mapping[str, datetime]) -> None:
    """Set the time of the next poll of each feed in *due*, by the key of the feed."""
    change_each(db, _RESCHEDULE, [{"key": key, "due_at": stored(at)} for key, at in due.items()])


def load_paused_hosts(db: Reader, now: datetime) -> dict[str, datetime]:
    """Return the hosts that asked for a pause that has not ended, each with the end of its pause."""
    return {row["host"]: moment(row["until"]) for row in rows(db, _PAUSES, {"now": stored(now)})}


def next_feed_due(db: Reader) -> datetime | None:
    """Return when the next poll of a configured feed is due; None if no feed is configured."""
    found = first(db, _NEXT_DUE)
    return moment(found["due_at"]) if found else None


def _values(record: FeedRecord, names: Collection[str] = _COLUMNS) -> Values:
    """Return the values of *record* for the columns *names*, and for the columns that identify the feed."""
    return {"key": record.key, "url": record.url, **{name: _STORED[name](record) for name in names}}


def _hidden(db: Writer, values: Row) -> Row:
    """Return *values* with the secrets of the configuration, which servers repeat in redirects, replaced by markers."""
    return values | {
        name: db.secrets.hide(text) if name in _ADDRESSES else db.secrets.redact(text)
        for name in (*_ADDRESSES, *_TEXTS)
        if (text := values.get(name))
    }


def _record(db: Reader, row: Row) -> FeedRecord:
    plain: Row = {name: row[name] for name in _PLAIN}
    plain |= {name: db.secrets.reveal(text) for name in _ADDRESSES if (text := row[name])}
    if HIDDEN in plain["taken_url"]:  # it cannot be polled; the configured address can
        plain["taken_url"] = ""
    moments: Row = {name: moment(row[name]) for name in _MOMENTS}
    fresh_s = row["fresh_s"]
    return FeedRecord(
        **plain,
        **moments,
        state=_STATES[row["state"]],
        cut_off=bool(row["cut_off"]),
        validators=Validators(row["etag"], row["last_modified"]),
        freshness=None if fresh_s is None else Freshness(fresh_s, _REASONS[row["fresh_by"]]),
        due_reason=_REASONS[row["due_reason"]],
        update_hints=_hints(row["update_hints"]),
        rhythm=_rhythm(row["rhythm"]),
    )


_STATES = {state.value: state for state in FeedState}
_REASONS = {reason.value: reason for reason in DueReason}


def _at(name: str) -> Callable[[FeedRecord], str | None]:
    get = attrgetter(name)
    return lambda record: stored(get(record))


_STORED_APART: dict[str, Callable[[FeedRecord], Any]] = {
    "state": attrgetter("state.value"),
    "cut_off": lambda record: int(record.cut_off),
    "etag": attrgetter("validators.etag"),
    "last_modified": attrgetter("validators.last_modified"),
    "fresh_s": lambda record: record.freshness.seconds if record.freshness else None,
    "fresh_by": lambda record: record.freshness.source.value if record.freshness else None,
    "due_reason": attrgetter("due_reason.value"),
    "update_hints": lambda record: _stored_hints(record.update_hints),
    "rhythm": lambda record: _stored_rhythm(record.rhythm),
}
_MOMENTS = [name for name in _COLUMNS if name.endswith("_at") or name in ("not_before", "moved_since")]
_PLAIN = [name for name in _COLUMNS if name not in {*_MOMENTS, *_STORED_APART}]
_STORED: dict[str, Callable[[FeedRecord], Any]] = {
    **{name: attrgetter(name) for name in _PLAIN},
    **{name: _at(name) for name in _MOMENTS},
    **_STORED_APART,
}


def _stored_hints(hints: UpdateHints) -> str:
    return json.dumps([hints.ttl_s, hints.update_period_s, sorted(hints.skip_hours), sorted(hints.skip_days)])


@lru_cache(100)  # only few different ones exist, and one is read with every record
def _hints(text: str) -> UpdateHints:
    ttl_s, period_s, hours, days = json.loads(text)
    return UpdateHints(ttl_s, period_s, frozenset(hours), frozenset(days))


def _stored_rhythm(rhythm: Rhythm | None) -> str | None:
    if rhythm is None:
        return None
    return json.dumps([stored(rhythm.oldest_at), stored(rhythm.newest_at), rhythm.per_hour, rhythm.longest_s])


def _rhythm(text: str | None) -> Rhythm | None:
    if text is None:
        return None
    oldest_at, newest_at, per_hour, longest_s = json.loads(text)
    return Rhythm(moment(oldest_at), moment(newest_at), tuple(per_hour), longest_s)
