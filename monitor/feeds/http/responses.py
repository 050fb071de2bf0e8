"""What a server's answer means for a poll: failure or not, when to come back, what to send back then."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.errors import FeedError, FeedState
from monitor.feeds.http.freshness import fresh_for_s, retry_after_s
from monitor.model import FeedRecord, Validators

RawHeaders = Iterable[tuple[bytes, bytes]]

WHOLE_AFTER = timedelta(days=7)  # without a whole document: the server's 304 may lie

_GONE = "remove it, or give it another address: it is not polled again before it is edited"
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_CHALLENGE_MARK = b"just a moment"


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What one poll brought over the wire."""

    body: bytes | None  # decompressed; None: 304, nothing new
    content_type: str  # the header as it came, charset included; may be empty
    validators: Validators  # to be kept, once the entries are
    url: str  # of the last hop
    moved_to: str  # where permanent redirects, and only those, led; else empty
    moved_safely: bool  # no hop on the way there was to a weaker scheme
    retry_after_s: float | None
    fresh_s: float | None  # how long the server says that the answer stays as it is; None: it does not
    elapsed_s: float  # without waiting for a turn
    opt_out: str = ""  # why its headers say that no program may read it; empty: they do not


def failure(status: int, headers: Mapping[str, str], body_start: bytes, now: datetime) -> FeedError:
    """Return the failure that an answer with *status*, neither 200 nor a redirect, stands for.

    Args:
        status: As the server sent it.
        headers: Looked up without regard to case.
        body_start: The first few kilobytes of the body.
        now: What a Retry-After that is a date counts from.
    """
    state, cause, remedy = _meaning(status)
    if status >= 400 and _is_challenge(headers, body_start):
        state = FeedState.CHALLENGED
        cause = f"the site asks visitors to prove that they are human (it answered {status})"
        remedy = "ask the site to let this monitor in, or use another address of the feed"
    return FeedError(
        state,
        cause,
        remedy,
        retry_after_s=retry_after_s(headers.get("Retry-After", ""), now),
        fresh_s=fresh_for_s(headers, now),
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
            return FeedState.GONE, f"{answered}, the feed was taken away for good", _GONE
        case 429:
            return FeedState.RATE_LIMITED, f"{answered}, we come too often", 'give the feed a longer "every"'
        case _ if status >= 500:
            return FeedState.SERVER_ERROR, answered, ""
        case _:
            return FeedState.REFUSED, answered, "see whether the address opens in a browser"


def _is_challenge(headers: Mapping[str, str], body_start: bytes) -> bool:
    """Whether Cloudflare wants a browser to run a script before it lets anybody in."""
    return headers.get("cf-mitigated", "").lower() == "challenge" or _CHALLENGE_MARK in body_start.lower()


def validators(headers: RawHeaders) -> Validators:
    """Return an answer's validators as they were received; None for one that could not be sent back so."""
    first: dict[bytes, bytes] = {}
    for name, value in headers:
        first.setdefault(name.lower(), value)
    return Validators(_returnable(first.get(b"etag")), _returnable(first.get(b"last-modified")))


def merged_validators(old: Validators, new: Validators) -> Validators:
    """Return *old* with what a 304 brought anew, each for itself (RFC 9111 section 4.3.4)."""
    return Validators(new.etag or old.etag, new.last_modified or old.last_modified)


def is_full_fetch_due(record: FeedRecord, now: datetime) -> bool:
    """Whether it is time to ask for the whole document, whatever validators we hold."""
    return record.full_at is not None and now - record.full_at >= WHOLE_AFTER


def conditions(held: Validators) -> dict[str, str]:
    """Return the headers of a conditional GET; the client writes them as UTF-8, the bytes that came."""
    pairs = (("If-None-Match", held.etag), ("If-Modified-Since", held.last_modified))
    return {name: value.decode() for name, value in pairs if value is not None and _returnable(value)}


def _returnable(value: bytes | None) -> bytes | None:
    """Return *value* when the client can send it byte for byte, else None.

    It encodes headers as UTF-8 and refuses control characters. ``*`` would be sent back as well, but then
    means "any version at all" (RFC 9110 section 13.1.2), to which a server answers 304 for ever.
    """
    if not value or value == b"*":
        return None
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) or text != text.strip(" \t") else value
