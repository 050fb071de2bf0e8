"""How long a response may be reused, and when to retry, as the headers say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from monitor.model import DueReason, Freshness

LONGEST_S = 24 * 3600.0  # one bad header must not silence a feed for a year

_MAX_AGE = re.compile(r'(?:^|,)\s*max-age\s*=\s*"?(\d{1,20})"?\s*(?:,|$)', re.I)
_NO_REUSE = re.compile(r"(?:^|,)\s*(?:no-cache|no-store)\s*(?:,|$)", re.I)


def freshness_of(headers: Mapping[str, str], now: datetime) -> Freshness | None:
    """Return how long from *now* a response is fresh (RFC 9111 section 4.2), at most LONGEST_S.

    ``max-age`` takes precedence over ``Expires``; the time that the response spent in caches (``Age``) is
    subtracted. None if the headers do not say; zero seconds if nothing may be reused or the time has passed.

    Args:
        headers: Looked up without regard to case.
        now: When the response was received.
    """
    control = headers.get("Cache-Control", "")
    if _NO_REUSE.search(control):
        return Freshness(0.0, DueReason.CACHE_CONTROL)
    if found := _MAX_AGE.search(control):
        return Freshness(_bounded(float(found[1]) - _age_s(headers)), DueReason.CACHE_CONTROL)
    if "Expires" not in headers:
        return None
    expires = http_date(headers["Expires"])
    if expires is None:  # "0" and "-1" mean: in the past (section 5.3)
        return Freshness(0.0, DueReason.EXPIRES)
    # counted by the server's own clock, which may be wrong
    seconds = (expires - (http_date(headers.get("Date", "")) or now)).total_seconds() - _age_s(headers)
    return Freshness(_bounded(seconds), DueReason.EXPIRES)


def retry_after_s(value: str, now: datetime) -> float | None:
    """Return for how many seconds from *now* a Retry-After asks for no requests, at most LONGEST_S.

    Reads seconds and dates (RFC 9110 section 10.2.3). None if it is empty or neither; 0 for a past date.
    """
    value = value.strip()
    if not value:
        return None
    if value.isascii() and value.isdecimal():
        return _bounded(float(value[:20]))  # 20 digits are more than enough, and stay finite
    moment = http_date(value)
    return None if moment is None else _bounded((moment - now).total_seconds())


def http_date(value: str) -> datetime | None:
    """Return the moment that a date in a header names (RFC 9110 section 5.6.7), None if it is no date."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment  # "-0000" gives a naive one


def _age_s(headers: Mapping[str, str]) -> float:
    value = headers.get("Age", "").strip()
    return float(value[:20]) if value.isascii() and value.isdecimal() else 0.0


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST_S)
