"""Interpret a response: its error state, how long it is fresh, when to retry, its validators and opt-outs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from monitor.errors import FeedError, FeedState
from monitor.model import DueReason, FeedRecord, Freshness, Validators

RawHeaders = Iterable[tuple[bytes, bytes]]

LONGEST_S = 24 * 3600.0  # one bad header must not silence a feed for a year
FULL_FETCH_AFTER = timedelta(days=7)  # since the last full document; guards against a server that wrongly answers 304

_GONE = "remove the feed or change its settings: until then it is not polled again"
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_CHALLENGE = b"just a moment"

# values of the robots meta tag and the X-Robots-Tag header that forbid indexing, excerpts or text mining
_OPT_OUTS = frozenset({"noindex", "none", "nosnippet", "noai"})
_OUR_NAMES = ("robots", "crypto-news-monitor")

_MAX_AGE = re.compile(r'(?:^|,)\s*max-age\s*=\s*"?(\d{1,20})\d*"?\s*(?:,|$)', re.I)
_NO_REUSE = re.compile(r"(?:^|,)\s*(?:no-cache|no-store)\s*(?:,|$)", re.I)


@dataclass(frozen=True, slots=True)
class FetchResult:
    """The response to one successful request; ``body`` is None for a 304 (not modified)."""

    body: bytes | None  # decompressed; None: a 304, not modified
    content_type: str  # the header as it came, charset included; may be empty
    validators: Validators  # to be stored together with the entries
    url: str  # of the last response, after redirects
    moved_to: str  # the target of permanent redirects; empty: there were none, or not all were permanent
    moved_safely: bool  # no redirect led from https to http
    retry_after_s: float | None
    freshness: Freshness | None  # None: the headers do not say
    elapsed_s: float  # without the time spent waiting for the host's slot
    opt_out: str = ""  # why its headers forbid reading by programs; empty: they do not


def failure(status: int, headers: Mapping[str, str], body_start: bytes, now: datetime) -> FeedError:
    """Return the FeedError for a response whose status is neither success nor redirect.

    Args:
        status: The status code.
        headers: The headers of the response; names are looked up without regard to case.
        body_start: The first kilobytes of the body.
        now: When the response was received.
    """
    state, cause, remedy = _meaning(status)
    if status >= 400 and _is_challenge(headers, body_start):
        state = FeedState.CHALLENGED
        cause = f"the site asks visitors to prove that they are human (it answered {status})"
        remedy = "ask the site to allow this monitor, or use another address of the feed"
    freshness = freshness_of(headers, now)
    return FeedError(
        state,
        cause,
        remedy,
        retry_after_s=retry_after_s(headers.get("Retry-After", ""), now),
        fresh_s=freshness.seconds if freshness else None,
    )


def _meaning(status: int) -> tuple[FeedState, str, str]:
    answered = f"the server answered {status}"
    match status:
        case 401:
            return FeedState.FORBIDDEN, f"{answered}, it asks for a login", 'give the feed an "auth"'
        case 403:
            return FeedState.FORBIDDEN, answered, "see whether the address opens in a browser"
        case 404:
            return FeedState.NOT_FOUND, answered, "the feed may have moved: look for its new address"
        case 410:
            return FeedState.GONE, f"{answered}, the feed was removed permanently", _GONE
        case 429:
            return FeedState.RATE_LIMITED, f"{answered}, too many requests", 'set a longer "every" for the feed'
        case _ if status >= 500:
            return FeedState.SERVER_ERROR, answered, ""
        case _:
            return FeedState.REFUSED, answered, "see whether the address opens in a browser"


def _is_challenge(headers: Mapping[str, str], body_start: bytes) -> bool:
    """Return whether the response is a Cloudflare challenge: a page with a script that only a browser passes."""
    return headers.get("cf-mitigated", "").lower() == "challenge" or _CHALLENGE in body_start.lower()


def validators(headers: RawHeaders) -> Validators:
    """Return the validators (ETag, Last-Modified) of a response, byte for byte.

    A validator that the client could not send back unchanged is None.
    """
    first: dict[bytes, bytes] = {}
    for name, value in headers:
        first.setdefault(name.lower(), value)
    return Validators(_returnable(first.get(b"etag")), _returnable(first.get(b"last-modified")))


def merged_validators(old: Validators, new: Validators) -> Validators:
    """Return the validators to store after a 304: those that it sent, and the old ones for those that it did not send.

    See RFC 9111 section 4.3.4.
    """
    return Validators(new.etag or old.etag, new.last_modified or old.last_modified)


def is_full_fetch_due(record: FeedRecord, now: datetime) -> bool:
    """Return whether the next request must be unconditional, because the last full document is older than a week.

    A server that wrongly answers 304 would otherwise hide new entries for ever.
    """
    return record.full_at is not None and now - record.full_at >= FULL_FETCH_AFTER


def conditions(stored: Validators) -> dict[str, str]:
    """Return the headers If-None-Match and If-Modified-Since for the stored validators (ETag, Last-Modified)."""
    pairs = (("If-None-Match", stored.etag), ("If-Modified-Since", stored.last_modified))
    return {name: value.decode() for name, value in pairs if value is not None and _returnable(value)}


def _returnable(value: bytes | None) -> bytes | None:
    """Return *value* if the client can send it back byte for byte; else None.

    The client encodes headers as UTF-8 and rejects control characters. ``*`` is excluded: sent back, it would mean "any
    version" (RFC 9110 section 13.1.2), and the server would answer 304 for ever.
    """
    if not value or value == b"*":
        return None
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) or text != text.strip(" \t") else value


def opt_out_reason(named: Iterable[tuple[str, str]]) -> str:
    """Return why a page must not be read by programs, by its headers or meta tags; empty if it may be read.

    Recognises ``tdm-reservation`` (the TDM Reservation Protocol), ``robots`` and ``X-Robots-Tag``.

    Args:
        named: The names and values of the headers or meta tags.
    """
    for written, value in named:
        name = written.strip().lower()
        if name == "tdm-reservation" and value.strip() == "1":
            return "the page reserves its text from being read by programs (tdm-reservation)"
        if name in _OUR_NAMES or name == "x-robots-tag":
            for word in value.lower().split(","):
                # "otherbot: noindex" is meant for another program
                agent, colon, directive = word.rpartition(":")
                if directive.strip() in _OPT_OUTS and (not colon or agent.strip() in _OUR_NAMES):
                    return f"the page asks programs not to read it ({name}: {directive.strip()})"
    return ""


def freshness_of(headers: Mapping[str, str], now: datetime) -> Freshness | None:
    """Return how long from *now* a response is fresh (RFC 9111 section 4.2), at most LONGEST_S.

    ``max-age`` takes precedence over ``Expires``; the ``Age`` that the response already has is subtracted. None if the
    headers do not say; zero seconds if the response must not be reused or is already stale.

    Args:
        headers: The headers of the response; names are looked up without regard to case.
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
    # relative to the server's own Date, because its clock may be wrong
    seconds = (expires - (http_date(headers.get("Date", "")) or now)).total_seconds() - _age_s(headers)
    return Freshness(_bounded(seconds), DueReason.EXPIRES)


def retry_after_s(value: str, now: datetime) -> float | None:
    """Return for how many seconds from *now* a Retry-After header asks clients to wait, at most LONGEST_S.

    The value may be seconds or a date (RFC 9110 section 10.2.3). The result is 0 for a date in the past, and None if
    the value is empty or neither.

    Args:
        value: The value of the header; empty if there is none.
        now: When the response was received.
    """
    value = value.strip()
    if not value:
        return None
    if value.isascii() and value.isdecimal():
        return _bounded(float(value[:20]))  # 20 digits are more than enough, and stay finite
    moment = http_date(value)
    return None if moment is None else _bounded((moment - now).total_seconds())


def http_date(value: str) -> datetime | None:
    """Return the time that a date in an HTTP header names (RFC 9110 section 5.6.7); None if it is not a date."""
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
