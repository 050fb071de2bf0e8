"""When the target of permanent redirects is polled instead of the configured address, and when it is given up again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model import FeedRecord

REDIRECTED_FOR = timedelta(days=3)  # before the target is polled instead
REDIRECTED_TIMES = 5
REVERT_AFTER_FAILURES = 3  # in a row at a redirect target that is polled instead of the configured address


def with_redirect(record: FeedRecord, moved_to: str, now: datetime, *, safely: bool) -> FeedRecord:
    """Return *record* after a successful poll, with what its permanent redirects say.

    The target is polled instead of the configured address once the redirects have named it, and no other, for
    REDIRECTED_FOR and REDIRECTED_TIMES: captive portals and mistakes of sites do not last that long.

    Args:
        record: As it was before.
        moved_to: The target of the permanent redirects; empty: there were none.
        now: When the poll ended.
        safely: No redirect led from https to http; otherwise the address is never changed.
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
