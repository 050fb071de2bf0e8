"""What a poll, its news, or an edit of the file changes in what is remembered of a feed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.errors import FeedError, FeedState, HostPaused
from monitor.feeds.http.responses import FetchResult
from monitor.feeds.schedule.due_time import JITTER, MAX_BACKOFF_S, Due, first_due_at, next_due, phase_of
from monitor.feeds.schedule.feed_health import assess_health
from monitor.feeds.schedule.moves import with_redirect
from monitor.feeds.schedule.rhythm import learn_rhythm, wait_s
from monitor.model import NEVER, Feed, FeedRecord, ParsedFeed, UpdateHints, Validators

REVERT_AFTER_FAILURES = 3  # failures in a row at an address that was taken over
BY_FEED = "the feed asks not to be read more often (ttl, sy:updatePeriod)"
BY_RHYTHM = "it seldom publishes at this time"

# the document was read, and is no feed with entries: asking again is in vain until it changes
UNUSABLE_DOCUMENT = frozenset({FeedState.EMPTY, FeedState.NOT_A_FEED})


@dataclass(frozen=True, slots=True)
class Success:
    """The outcome of a poll that got a document, or the answer that it has not changed."""

    fetched: FetchResult
    body_hash: bytes | None  # of the newest document that was parsed
    parsed: ParsedFeed | None = None  # None: the document has not changed
    published: Iterable[datetime] | None = None  # publication times of all entries; None: there are no new ones
    renumbered: str = ""  # which known entries came back under new ids, in words; empty: none


def after_success(feed: Feed, record: FeedRecord, success: Success, now: datetime) -> FeedRecord:
    """Return *record* after a poll that succeeded, with its state and its next due time.

    Args:
        feed: As configured.
        record: As it was before the poll.
        success: The outcome of the poll.
        now: When the poll ended.
    """
    fetched, parsed = success.fetched, success.parsed
    record = _with_answer(
        record,
        fetched,
        now,
        body_hash=success.body_hash,
        title=parsed.title if parsed else record.title,
        language=parsed.language if parsed else record.language,
        update_hints=parsed.update_hints if parsed else record.update_hints,
        failures=0,
        first_success_at=record.first_success_at or now,
        last_success_at=now,
        latency_s=fetched.elapsed_s,
    )
    if success.renumbered:
        record = replace(record, renumbered=success.renumbered, renumbered_at=now)
    if success.published is not None:
        record = replace(record, last_new_at=now, rhythm=learn_rhythm(success.published, now))
    return _with_health(feed, with_redirect(record, fetched.moved_to, now, safely=fetched.moved_safely), now)


def after_failure(
    feed: Feed, record: FeedRecord, error: FeedError, now: datetime, *, fetched: FetchResult | None = None
) -> FeedRecord:
    """Return *record* after a poll that failed.

    A feed that is gone is not polled again before its lines in the file are edited. An address that was taken over
    and keeps failing is given up for the one in the file. A document that was read and holds no entries
    (UNUSABLE_DOCUMENT) is remembered by its validators, and by having no hash.

    Args:
        feed: As configured.
        record: As it was before.
        error: What happened.
        now: When the poll ended.
        fetched: The answer, when the failure lies in its document.
    """
    as_it_is = error.state in UNUSABLE_DOCUMENT
    kept = as_it_is or record.body_hash is not None
    record = replace(
        record if kept else replace(record, validators=Validators()),
        state=error.state,
        cause=error.cause,
        remedy=error.remedy,
        failures=record.failures + 1,
        last_poll_at=now,
        not_before=_not_before(now, error.retry_after_s, error.fresh_s),
    )
    if as_it_is and fetched is not None:
        record = _with_answer(record, fetched, now, body_hash=None)
    gone = error.state is FeedState.GONE
    if record.taken_url and (gone or record.failures >= REVERT_AFTER_FAILURES):
        record, gone = replace(record, taken_url=""), False
    due = Due(NEVER, "not polled again before it is edited") if gone else _due(feed, record, now)
    return replace(record, due_at=due.at, due_reason=due.why)


def after_host_paused(feed: Feed, record: FeedRecord, resting: HostPaused) -> FeedRecord:
    """Return *record* when nothing was asked, since a host wants to be left alone: it is due when that is over."""
    apart = timedelta(seconds=phase_of(feed.key) * JITTER * feed.every_s)
    return replace(record, due_at=resting.until + apart, due_reason=resting.cause)


def configured_record(feed: Feed, before: FeedRecord | None, now: datetime, *, crowd: int = 1) -> FeedRecord:
    """Return the record of a feed that the file holds.

    Of a new feed, or one with another address, a new one. One whose lines were edited is due when it would be had
    they been so at its last poll, if that is sooner.

    Args:
        feed: As configured.
        before: What is remembered of it; None: nothing.
        now: When the file was read.
        crowd: How many feeds are new or edited.
    """
    mark = settings_fingerprint(feed)
    first = first_due_at(now, interval_s=feed.every_s, phase=phase_of(feed.key), crowd=crowd)
    if before is None or before.url != feed.url:
        return FeedRecord(feed.key, feed.url, first, settings=mark)
    if before.settings == mark:
        return before
    if before.last_poll_at is not None:
        first = max(first, _due(feed, replace(before, failures=0), before.last_poll_at).at)
    return replace(before, settings=mark, due_at=min(first, before.due_at), due_reason="")


def usual_interval_s(feed: Feed, record: FeedRecord) -> float:
    """Return how long the feed was to wait after its last poll, whatever it was put off by since; 0 if it had none."""
    if record.last_poll_at is None:
        return 0.0
    return (_due(feed, record, record.last_poll_at).at - record.last_poll_at).total_seconds()


def settings_fingerprint(feed: Feed) -> bytes:
    """Return what tells that the lines of *feed* in the file that bear on polling were edited.

    So short that it confirms no guess of a password.
    """
    lines = (feed.url, feed.every_s, feed.adaptive, feed.own_every, feed.auth, feed.headers)
    return hashlib.sha256(repr(lines).encode()).digest()[:4]


def _with_answer(record: FeedRecord, fetched: FetchResult, now: datetime, **document: Any) -> FeedRecord:
    """Return *record* with what an answer says of itself, and what is to be kept of its *document*."""
    whole = fetched.body is not None
    # a 304 that does not say leaves what was said before (RFC 9111 section 4.3.4)
    fresh_s = record.fresh_s if fetched.fresh_s is None and not whole else fetched.fresh_s
    return replace(
        record,
        validators=fetched.validators,
        answered_by=fetched.url,
        full_at=now if whole else record.full_at,
        fresh_s=fresh_s,
        not_before=_not_before(now, fetched.retry_after_s, fresh_s),
        last_poll_at=now,
        **document,
    )


def _not_before(now: datetime, *asked_s: float | None) -> datetime | None:
    longest_s = max((s for s in asked_s if s), default=0.0)
    return now + timedelta(seconds=longest_s) if longest_s else None


def _with_health(feed: Feed, record: FeedRecord, now: datetime) -> FeedRecord:
    """Return *record* with its state after a success, and when it is due."""
    state, cause, remedy = assess_health(record, now)
    due = _due(feed, record, now)
    return replace(record, state=state, cause=cause, remedy=remedy, due_at=due.at, due_reason=due.why)


def _due(feed: Feed, record: FeedRecord, polled_at: datetime) -> Due:
    interval_s, why = feed.every_s, ""
    if feed.adaptive and record.rhythm is not None:
        interval_s = wait_s(record.rhythm, polled_at, least_s=feed.every_s, most_s=MAX_BACKOFF_S)
        why = BY_RHYTHM if interval_s > feed.every_s else ""
    update_hints = UpdateHints() if feed.own_every else record.update_hints
    wish_s = min(update_hints.refresh_s or 0.0, MAX_BACKOFF_S)
    if wish_s > interval_s:
        interval_s, why = wish_s, BY_FEED
    due = next_due(
        polled_at,
        interval_s=interval_s,
        # an empty feed answers as it should: nobody is spared by staying away
        failures=0 if record.state is FeedState.EMPTY else record.failures,
        not_before=record.not_before,
        update_hints=update_hints,
        phase=phase_of(feed.key),
    )
    return due if due.why else Due(due.at, why)
