"""For how long an answer stays as it is, by what the server says in its headers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_S = 24 * 3600.0  # one bad header must not silence a feed for a year

_MAX_AGE = re.compile(r'(?:^|,)\s*max-age\s*=\s*"?(\d{1,20})"?\s*(?:,|$)', re.I)
_NOT_KEPT = re.compile(r"(?:^|,)\s*(?:no-cache|no-store)\s*(?:,|$)", re.I)


def fresh_for_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return for how many seconds from *now* an answer is fresh (RFC 9111 section 4.2), a day at most.

    ``max-age`` outranks ``Expires``; what the answer spent in caches on its way (``Age``) is taken off. None when
    the server does not say; 0 when it says that nothing may be reused, or the time is over.

    Args:
        headers: Looked up without regard to case.
        now: When the answer came.
    """
    control = headers.get("Cache-Control", "")
    if _NOT_KEPT.search(control):
        return 0.0
    if found := _MAX_AGE.search(control):
        return _within_a_day(float(found[1]) - _age_s(headers))
    if "Expires" not in headers:
        return None
    expires = http_date(headers["Expires"])
    if expires is None:  # "0" and "-1" mean: in the past (section 5.3)
        return 0.0
    # counted by the server's own clock, which may be wrong
    return _within_a_day((expires - (http_date(headers.get("Date", "")) or now)).total_seconds() - _age_s(headers))


def retry_after_s(value: str, now: datetime) -> float | None:
    """Return for how many seconds from *now* a Retry-After asks us to stay away, a day at most.

    Reads seconds and dates (RFC 9110 section 10.2.3). None when there is none or it is neither; 0 for a past
    date.
    """
    value = value.strip()
    if not value:
        return None
    if value.isascii() and value.isdecimal():
        return _within_a_day(float(value[:20]))  # 20 digits are more than enough, and stay finite
    moment = http_date(value)
    return None if moment is None else _within_a_day((moment - now).total_seconds())


def http_date(value: str) -> datetime | None:
    """Return the moment of a date in a header (RFC 9110 section 5.6.7), None when it is none."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment  # "-0000" gives a naive one


def _age_s(headers: Mapping[str, str]) -> float:
    value = headers.get("Age", "").strip()
    return float(value[:20]) if value.isascii() and value.isdecimal() else 0.0


def _within_a_day(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST_S)
