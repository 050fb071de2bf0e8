"""Compute what is stored about a feed (its FeedRecord) after a poll, and after its settings have changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.errors import FeedError, FeedState, HostPaused
from monitor.feeds.http.fetch import FetchSettings
from monitor.feeds.http.responses import FetchResult
from monitor.feeds.schedule.due_time import JITTER, first_due_at, next_due, phase_of
from monitor.feeds.schedule.feed_health import assess_health, with_page_entries
from monitor.feeds.schedule.permanent_redirects import REVERT_AFTER_FAILURES, with_redirect
from monitor.feeds.schedule.rhythm import learn_rhythm
from monitor.model import NEVER, DueReason, Feed, FeedRecord, Freshness, ParsedFeed, Validators
from monitor.wording import counted

# failures of a document that was received but is not a feed; it need not be downloaded again until it changes
UNUSABLE_DOCUMENT = frozenset({FeedState.EMPTY, FeedState.NOT_A_FEED})


@dataclass(frozen=True, slots=True)
class Success:
    """The result of a poll that received a document or a 304 (not modified)."""

    fetched: FetchResult
    body_hash: bytes | None  # SHA-256 of the newest document that was parsed
    parsed: ParsedFeed | None = None  # None: the document has not changed
    published: Iterable[datetime] | None = None  # publication times of all entries; None: there are no new ones
    renumbered: str = ""  # which known entries returned under new ids, in words; empty: none


def after_success(feed: Feed, record: FeedRecord, success: Success, now: datetime) -> FeedRecord:
    """Return what to store about a feed after a successful poll: *record* with the new state and next due time.

    Args:
        feed: The feed, as configured.
        record: What was stored about the feed before the poll.
        success: The result of the poll.
        now: When the poll ended.
    """
    fetched, parsed = success.fetched, success.parsed
    record = _with_response(
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
        left_out=parsed.left_out if parsed else record.left_out,
        cut_off=parsed.cut_off if parsed else record.cut_off,
    )
    if parsed and parsed.cut_off:  # forget the validators, so that the next poll downloads the document again
        record = replace(record, validators=Validators(), body_hash=None)
    if feed.page and parsed:
        record = with_page_entries(record, len(parsed.entries) + len(parsed.unchanged))
    if success.renumbered:
        record = replace(record, renumbered=success.renumbered, renumbered_at=now)
    if success.published is not None:
        record = replace(record, last_new_at=now, rhythm=learn_rhythm(success.published, now))
    record = with_redirect(record, fetched.moved_to, now, safely=fetched.moved_safely)
    state, cause, remedy = assess_health(record, now)
    return _with_due(feed, replace(record, state=state, cause=cause, remedy=remedy), now)


def after_failure(
    feed: Feed, record: FeedRecord, error: FeedError, now: datetime, *, fetched: FetchResult | None = None
) -> FeedRecord:
    """Return what to store about a feed after a failed poll: *record* with the failure and the next due time.

    A feed that is gone (410) is not polled again until its settings change. If a redirect target was polled instead of
    the configured URL and keeps failing, the configured URL is polled again. If the document was not a feed
    (UNUSABLE_DOCUMENT), the validators are kept so that the same document need not be downloaded again.

    Args:
        feed: The feed, as configured.
        record: What was stored about the feed before the poll.
        error: Why the poll failed.
        now: When the poll ended.
        fetched: The response, if the failure lies in its document; None: there was no document.
    """
    unusable = error.state in UNUSABLE_DOCUMENT
    cause = error.cause
    if unusable and feed.page and record.usual_entries:
        cause = f"{cause}; it used to give about {counted(record.usual_entries, 'entry')}"
    kept = unusable or record.body_hash is not None
    record = replace(
        record if kept else replace(record, validators=Validators()),
        state=error.state,
        cause=cause,
        remedy=error.remedy,
        failures=record.failures + 1,
        last_poll_at=now,
        not_before=_after(now, error.retry_after_s),
        freshness=Freshness(error.fresh_s, DueReason.CACHE_CONTROL) if error.fresh_s else record.freshness,
    )
    if unusable and fetched is not None:
        record = _with_response(record, fetched, now, body_hash=None)
    gone = error.state is FeedState.GONE
    if record.taken_url and (gone or record.failures >= REVERT_AFTER_FAILURES):
        record, gone = replace(record, taken_url=""), False
    if gone:
        return replace(record, due_at=NEVER, due_reason=DueReason.GONE)
    return _with_due(feed, record, now)


def after_host_paused(feed: Feed, record: FeedRecord, paused: HostPaused) -> FeedRecord:
    """Return what to store about a feed whose poll was skipped because its host asked for a pause.

    The feed is due after the pause.

    Args:
        feed: The feed, as configured.
        record: What was stored about the feed before.
        paused: The host, and when its pause ends.
    """
    apart = timedelta(seconds=phase_of(feed.key) * JITTER * feed.every_s)
    return replace(record, due_at=paused.until + apart, due_reason=DueReason.HOST_PAUSED)


def configured_record(
    feed: Feed, before: FeedRecord | None, now: datetime, *, http: FetchSettings, crowd: int = 1
) -> FeedRecord:
    """Return what to store about a feed when the configuration is loaded.

    A new feed, or one with a new URL, starts without history. If other settings have changed, the next poll is moved to
    when it would be if they had applied at the last poll, unless it is due sooner; if that failed, or the feed is a web
    page, the document is requested as a whole, because it may be readable now although it has not changed.

    Args:
        feed: The feed, as configured.
        before: What is stored about the feed; None: nothing.
        now: When the configuration was loaded.
        http: The settings of all requests.
        crowd: How many feeds are new or changed; see ``first_due_at``.
    """
    settings = settings_fingerprint(feed, http)
    first = first_due_at(now, interval_s=feed.every_s, phase=phase_of(feed.key), crowd=crowd)
    if before is None or before.url != feed.url:
        return FeedRecord(feed.key, feed.url, first, settings=settings)
    if before.settings == settings:
        return before
    if before.failures or feed.page:
        before = replace(before, validators=Validators(), body_hash=None)
    due_at, reason = first, DueReason.NEW
    if before.last_poll_at is not None:
        due = next_due(feed, replace(before, failures=0), before.last_poll_at)
        due_at, reason = max(first, due.at), due.reason
    if before.due_at < due_at:
        due_at, reason = before.due_at, before.due_reason
    return replace(before, settings=settings, due_at=due_at, due_reason=reason)


def usual_interval_s(feed: Feed, record: FeedRecord) -> float:
    """Return the seconds between the last poll of a feed and the next one as planned; 0 if it was never polled.

    If the next poll was missed and moved to a later time, the originally planned time counts.
    """
    if record.last_poll_at is None:
        return 0.0
    return (next_due(feed, record, record.last_poll_at).at - record.last_poll_at).total_seconds()


def settings_fingerprint(feed: Feed, http: FetchSettings) -> bytes:
    """Return a short hash of the settings that affect how *feed* is polled and read, to notice when they change.

    It has 4 bytes only, so that nobody can use it to confirm a guessed password.
    """
    times = (feed.every_s, feed.adaptive, feed.own_every, feed.max_wait_s)
    requests = (http.timeout_s, http.user_agent, http.allow_private, http.max_body, http.proxy)
    settings = (feed.url, *times, feed.auth, feed.headers, feed.page, *requests)
    return hashlib.sha256(repr(settings).encode()).digest()[:4]


def _with_response(record: FeedRecord, fetched: FetchResult, now: datetime, **document: Any) -> FeedRecord:
    """Return *record* updated with the headers of a response and with the fields given in *document*."""
    whole = fetched.body is not None
    return replace(
        record,
        validators=fetched.validators,
        answered_by=fetched.url,
        full_at=now if whole else record.full_at,
        # a 304 without freshness leaves the stored one unchanged (RFC 9111 section 4.3.4)
        freshness=record.freshness if fetched.freshness is None and not whole else fetched.freshness,
        not_before=_after(now, fetched.retry_after_s),
        last_poll_at=now,
        **document,
    )


def _after(now: datetime, seconds: float | None) -> datetime | None:
    return now + timedelta(seconds=seconds) if seconds else None


def _with_due(feed: Feed, record: FeedRecord, now: datetime) -> FeedRecord:
    due = next_due(feed, record, now)
    return replace(record, due_at=due.at, due_reason=due.reason)
