"""Decide when to poll the target of permanent redirects instead of the configured URL of a feed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model import FeedRecord

REDIRECTED_FOR = timedelta(days=3)  # for how long the redirects must be the same before the target is polled instead
REDIRECTED_TIMES = 5
REVERT_AFTER_FAILURES = 3  # failures in a row at the target, after which the configured url is polled again


def with_redirect(record: FeedRecord, moved_to: str, now: datetime, *, safely: bool) -> FeedRecord:
    """Return *record* after a successful poll, updated with the permanent redirect of the feed, if any.

    The target is polled instead of the configured URL after at least REDIRECTED_TIMES polls over REDIRECTED_FOR were
    all redirected there. Captive portals and mistakes of sites do not last that long.

    Args:
        record: What was stored about the feed before the poll.
        moved_to: The target of the permanent redirects; empty: there were none.
        now: When the poll ended.
        safely: No redirect led from https to http; if False, the URL is never replaced.
    """
    if not moved_to and not record.moved_to:
        return record
    if not moved_to:
        return replace(record, moved_to="", moved_since=None, moved_answers=0)
    agrees = moved_to == record.moved_to and record.moved_since is not None
    since = record.moved_since if agrees and record.moved_since else now
    answers = record.moved_answers + 1 if agrees else 1
    if safely and now - since >= REDIRECTED_FOR and answers >= REDIRECTED_TIMES:
        taken = "" if moved_to == record.url else moved_to
        return replace(record, taken_url=taken, moved_to="", moved_since=None, moved_answers=0)
    return replace(record, moved_to=moved_to, moved_since=since, moved_answers=answers)
