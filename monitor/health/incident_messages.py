"""How the monitor itself stands, in words. Pure.

What comes from a feed or a server is neutralised when it is rendered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from monitor.alerts.content.time_words import moment_words, span_words
from monitor.model import Annotation, Incident, IncidentKind

MOST = 20  # lines of one message
_ABOUT_A_DESTINATION = (IncidentKind.DESTINATION, IncidentKind.GIVEN_UP, IncidentKind.CANARY)


@dataclass(frozen=True, slots=True)
class Beat:
    """What "still here" says."""

    feeds: int
    hits: int  # found since
    sent: int  # messages, since
    since: datetime | None  # the heartbeat before; None: this is the first
    wrong: tuple[str, ...]  # titles of what is wrong
    waiting: int  # deliveries that are not sent yet
    canary: str  # how the last one fared; empty: there was none
    log_end: str  # of the hit log; empty: nothing was ever found


def news_for(
    destination: str, begun: Sequence[Incident], over: Sequence[Incident], *, zone: tzinfo, now: datetime
) -> Annotation | None:
    """Return what *destination* is told; None when it is nothing.

    Of itself it is told nothing: whoever is not reached cannot read it, and later it is old.
    """
    begun = [t for t in begun if not is_about(t, destination)]
    over = [t for t in over if not is_about(t, destination)]
    if not begun and not over:
        return None
    if len(begun) + len(over) == 1:
        return _one_begun(begun[0], zone, now) if begun else _one_over(over[0], now)
    counts = [
        f"{len(begun)} new problem{'s' if len(begun) > 1 else ''}" if begun else "",
        f"{len(over)} over" if over else "",
    ]
    lines = [_begun_line(t, now) for t in begun] + [_over_line(t, now) for t in over]
    more = [f"and {len(lines) - MOST} more: monitor status, monitor feeds"] if len(lines) > MOST else []
    return Annotation(title=", ".join(filter(None, counts)), lines=(*lines[:MOST], *more))


def is_about(incident: Incident, destination: str) -> bool:
    """Return whether *incident* is one of that very destination."""
    return incident.kind in _ABOUT_A_DESTINATION and incident.subject == destination


def heartbeat(beat: Beat, *, zone: tzinfo, now: datetime) -> Annotation:
    """Return "still here", with what a reader compares with what they expect."""
    since = f" since {moment_words(beat.since, zone=zone, now=now)}" if beat.since else ""
    lines = [
        f"{_number(beat.sent, 'message')} sent{since}" + (f", {beat.waiting} waiting" if beat.waiting else ""),
        f"Canary: {beat.canary}" if beat.canary else "",
        f"The hit log ends with {beat.log_end}" if beat.log_end else "",
        *(f"Wrong: {title}" for title in beat.wrong[:MOST]),
    ]
    title = f"still here: {_number(beat.feeds, 'feed')}, {_number(beat.hits, 'hit')}{since}"
    return Annotation(title=title, lines=tuple(filter(None, lines)))


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _one_begun(incident: Incident, zone: tzinfo, now: datetime) -> Annotation:
    span = span_words((now - incident.since).total_seconds())
    lines = (
        f"Cause: {incident.cause}" if incident.cause else "",
        f"What to do: {incident.remedy}" if incident.remedy else "",
        f"Since {moment_words(incident.since, zone=zone, now=now)}, {span}",
    )
    return Annotation(title=incident.title, lines=tuple(filter(None, lines)))


def _one_over(incident: Incident, now: datetime) -> Annotation:
    lines = (f"It was: {_what(incident)}", f"It lasted {_lasted(incident, now)}")
    return Annotation(title=f"over: {incident.over}", lines=lines)


def _begun_line(incident: Incident, now: datetime) -> str:
    way_out = f"; {incident.remedy}" if incident.remedy else ""
    return f"{_what(incident)}{way_out} (for {span_words((now - incident.since).total_seconds())})"


def _over_line(incident: Incident, now: datetime) -> str:
    return f"Over: {incident.over}, after {_lasted(incident, now)}"


def _what(incident: Incident) -> str:
    return f"{incident.title}: {incident.cause}" if incident.cause else incident.title


def _lasted(incident: Incident, now: datetime) -> str:
    return span_words(((incident.ended_at or now) - incident.since).total_seconds())
