"""When permanent redirects are believed: not the first time, and never towards less safety."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model import FeedRecord

AGREED_FOR = timedelta(days=3)
AGREED_TIMES = 5


def with_redirect(record: FeedRecord, moved_to: str, now: datetime, *, safely: bool) -> FeedRecord:
    """Return *record* after a poll that succeeded and was permanently redirected to *moved_to*; empty: it was not.

    An address is taken over when the redirects have named it, and no other, for AGREED_FOR and AGREED_TIMES: a
    captive portal or a mistake of the site's does not last that long, and a page that is no feed never counts.

    Args:
        record: As it was before.
        moved_to: Where the last redirect led.
        now: When the poll ended.
        safely: No redirect led from https to http; what is led astray there is not taken over.
    """
    if not moved_to and not record.moved_to:
        return record
    if not moved_to:
        return replace(record, moved_to="", moved_since=None, moved_answers=0)
    agrees = moved_to == record.moved_to and record.moved_since is not None
    since = record.moved_since if agrees and record.moved_since else now
    answers = record.moved_answers + 1 if agrees else 1
    if safely and now - since >= AGREED_FOR and answers >= AGREED_TIMES:
        taken = "" if moved_to == record.url else moved_to
        return replace(record, taken_url=taken, moved_to="", moved_since=None, moved_answers=0)
    return replace(record, moved_to=moved_to, moved_since=since, moved_answers=answers)
