"""Assess the health of a feed after a successful poll, and describe health and due times in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from monitor.errors import FeedState
from monitor.feeds.schedule.due_time import HINTS, longest_hint
from monitor.feeds.schedule.rhythm import unusual_silence_s
from monitor.model import NEVER, DueReason, Feed, FeedRecord
from monitor.wording import counted

SLOW_S = 5.0
LEAST_SHARE = 1 / 3  # if a web page gives less than this share of its usual entries, its layout has changed
RENUMBERED_FOR = timedelta(days=1)  # how long the state shows that entries were renumbered


class FeedHealth(NamedTuple):
    """The state of a feed, with its cause and remedy in words."""

    state: FeedState
    cause: str = ""
    remedy: str = ""


def assess_health(record: FeedRecord, now: datetime) -> FeedHealth:
    """Return the health of a feed after a successful poll: OK, or the most serious problem.

    Problems are, for example, a truncated document, an unusual silence, a permanent redirect or a slow response.
    """
    conditions = (
        *(_renumbered(record, now), _truncated(record), _layout_changed(record)),
        *(_silent(record, now), _moved(record), _slow(record)),
    )
    return next(filter(None, conditions), None) or FeedHealth(FeedState.OK)


def with_page_entries(record: FeedRecord, entries: int) -> FeedRecord:
    """Return *record* with the number of entries that a web page gave, and the usual number updated.

    The usual number follows gradual changes. It ignores a sudden fall, which means that the layout of the page changed.
    """
    usual = record.usual_entries
    if not usual:
        usual = entries
    elif entries >= usual * LEAST_SHARE:
        usual = max(1, round((3 * usual + entries) / 4))
    return replace(record, page_entries=entries, usual_entries=usual)


def _layout_changed(record: FeedRecord) -> FeedHealth | None:
    if record.page_entries >= record.usual_entries * LEAST_SHARE:
        return None
    usual = f"it used to give about {record.usual_entries}"
    cause = f"the page gives {counted(record.page_entries, 'entry')}; {usual}"
    return FeedHealth(FeedState.LAYOUT_CHANGED, cause, "compare its selectors with the page: feeds --discover URL")


def _renumbered(record: FeedRecord, now: datetime) -> FeedHealth | None:
    if record.renumbered_at is None or now - record.renumbered_at >= RENUMBERED_FOR:
        return None
    cause = (
        f"{record.renumbered}; they keep their history, and there are no alerts for those that may or may not be new"
    )
    return FeedHealth(FeedState.RENUMBERED, cause, "see whether the site was moved to another system")


def _truncated(record: FeedRecord) -> FeedHealth | None:
    if record.cut_off:
        cause = "the document is cut off; its last entry is read when it is complete"
        return FeedHealth(FeedState.TRUNCATED, cause, "if this persists, the site must fix its feed")
    if record.left_out:
        cause = f"too many entries: the oldest {record.left_out:,} are not read"
        return FeedHealth(FeedState.TRUNCATED, cause, "see whether the site has a shorter feed")
    return None


def _silent(record: FeedRecord, now: datetime) -> FeedHealth | None:
    if record.rhythm is None or record.first_success_at is None:
        return None
    last_at = record.rhythm.newest_at
    # new entries count even without a date or with an old one; those of the first poll do not
    if record.last_new_at and record.last_new_at > record.first_success_at:
        last_at = max(last_at, record.last_new_at)
    # only the time since the feed was added counts, however old its newest entry is
    if unusual_silence_s(record.rhythm, max(last_at, record.first_success_at), now) is None:
        return None
    silent, longest = duration_in_words((now - last_at).total_seconds()), duration_in_words(record.rhythm.longest_s)
    cause = f"nothing new for {silent}; its longest pause was {longest}"
    return FeedHealth(FeedState.SILENT, cause, "see whether the site still publishes here, or has another feed now")


def _moved(record: FeedRecord) -> FeedHealth | None:
    if record.taken_url:
        cause = f"permanently redirects to {record.taken_url}, which is polled instead"
        return FeedHealth(FeedState.MOVED, cause, f"set its url to {record.taken_url}")
    if not record.moved_to:
        return None
    if record.address.startswith("https:") and record.moved_to.startswith("http:"):
        cause = f"permanently redirects to {record.moved_to} over plain HTTP; not followed"
        return FeedHealth(FeedState.MOVED, cause, "look for an https address of the feed")
    since = f" since {record.moved_since:%Y-%m-%d}" if record.moved_since else ""
    cause = f"permanently redirects to {record.moved_to}{since}"
    return FeedHealth(FeedState.MOVED, cause, f"set its url to {record.moved_to}")


def _slow(record: FeedRecord) -> FeedHealth | None:
    if record.latency_s is None or record.latency_s <= SLOW_S:
        return None
    cause = f"the server took {record.latency_s:.1f} s to answer"
    return FeedHealth(FeedState.SLOW, cause, 'if polls time out, set a longer "timeout" in [http]')


def duration_in_words(seconds: float) -> str:
    """Return a duration in the largest unit that fits at least twice: ``36 hours``, ``5 days``."""
    for unit, length_s in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length_s:
            return f"{seconds / length_s:.0f} {unit}"
    return f"{seconds:.0f} seconds"


_REASONS = {
    DueReason.NEW: "first poll",
    DueReason.HTTP_EVERY: "every in [http]",
    DueReason.FEED_EVERY: "every of the feed",
    DueReason.ADAPTIVE: "the times at which it publishes (adaptive)",
    DueReason.CACHE_CONTROL: "Cache-Control of the server",
    DueReason.EXPIRES: "Expires of the server",
    DueReason.TTL: "ttl of the feed's document",
    DueReason.UPDATE_PERIOD: "sy:updatePeriod of the feed's document",
    DueReason.SKIP: "skipHours or skipDays of the feed's document",
    DueReason.RETRY_AFTER: "Retry-After of the server",
    DueReason.HOST_PAUSED: "the host asked for a pause",
    DueReason.GONE: "not polled again before its settings change",
}


def due_reason_in_words(record: FeedRecord) -> str:
    """Return the rule that determined the next poll of a feed, in words: ``Retry-After of the server``."""
    if record.due_reason is DueReason.BACK_OFF:
        return f"{counted(record.failures, 'failure')} in a row"
    words = _REASONS[record.due_reason]
    if record.due_reason not in HINTS or record.last_poll_at is None:
        return words
    asked_s, _ = longest_hint(record)
    if asked_s <= (record.due_at - record.last_poll_at).total_seconds() + 1:
        return words
    return f"{words} ({duration_in_words(asked_s)}), limited by max_wait in [http]"


def feed_row(feed: Feed, record: FeedRecord | None, hits: int) -> dict[str, Any]:
    """Return a configured feed and its health as a dictionary with the keys that ``monitor feeds --json`` prints.

    Args:
        feed: The feed, as configured.
        record: What is stored about the feed; None: it was never polled.
        hits: How many entries of the feed are hits.
    """
    known = record or FeedRecord(feed.key, feed.url, NEVER)
    return {
        "feed": feed.key,
        "url": feed.url,
        "hits": hits,
        "state": known.state,
        "cause": known.cause,
        "remedy": known.remedy,
        "last_success_at": known.last_success_at,
        "last_poll_at": known.last_poll_at,
        "newest_at": known.last_new_at,
        "next_due_at": known.due_at if known.due_at < NEVER else None,
        "next_due_why": due_reason_in_words(record) if record else None,
        "failures": known.failures,
        "latency_s": known.latency_s,
        "latency": f"{known.latency_s * 1000:.0f} ms" if known.latency_s is not None else None,
        "moved_to": known.taken_url or known.moved_to or None,
        "polled_url": known.address,
    }
