"""The texts of messages about incidents and of the heartbeat. The functions do no I/O.

Text from feeds and servers is neutralised later, when the message is rendered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from monitor.alerts.content.time_words import moment_words, span_words
from monitor.model import Annotation, Incident, IncidentKind
from monitor.wording import counted

MAX_LINES = 20  # the most lines in one message
_ABOUT_A_DESTINATION = (IncidentKind.DESTINATION, IncidentKind.GIVEN_UP, IncidentKind.CANARY)


@dataclass(frozen=True, slots=True)
class HeartbeatSummary:
    """The facts that a heartbeat message reports."""

    feeds: int
    hits: int  # found after ``since``
    sent: int  # messages sent after ``since``
    since: datetime | None  # when the previous heartbeat was sent; None: this is the first
    incidents: tuple[str, ...]  # titles of the incidents that continue
    waiting: int  # deliveries that are not sent yet
    canary: str  # when each destination received the last canary, in words; empty: there was none
    log_end: str  # the last link of the hash chain over the hits; empty: there has been no hit


def incident_annotation(
    destination: str, begun: Sequence[Incident], recovered: Sequence[Incident], *, zone: tzinfo, now: datetime
) -> Annotation | None:
    """Return the text of the message about incidents to *destination*; None if there is nothing to report.

    A failure of *destination* itself is left out: the message would not arrive, or only after the recovery.

    Args:
        destination: The name of the destination that receives the message.
        begun: Incidents to report.
        recovered: Incidents that have ended.
        zone: Timezone of the times in the text.
        now: The current time.
    """
    begun = [i for i in begun if not is_about(i, destination)]
    recovered = [i for i in recovered if not is_about(i, destination)]
    if not begun and not recovered:
        return None
    if len(begun) + len(recovered) == 1:
        return _one_begun(begun[0], zone, now) if begun else _one_recovered(recovered[0], now)
    counts = [
        counted(len(begun), "new problem") if begun else "",
        f"{len(recovered)} resolved" if recovered else "",
    ]
    lines = [_begun_line(i, now) for i in begun] + [_recovered_line(i, now) for i in recovered]
    more = [f"and {len(lines) - MAX_LINES} more: see monitor status, monitor feeds"] if len(lines) > MAX_LINES else []
    return Annotation(title=", ".join(filter(None, counts)), lines=(*lines[:MAX_LINES], *more))


def is_about(incident: Incident, destination: str) -> bool:
    """Return whether *incident* is a failure of *destination* itself."""
    return incident.kind in _ABOUT_A_DESTINATION and incident.subject == destination


def heartbeat_annotation(summary: HeartbeatSummary, *, zone: tzinfo, now: datetime) -> Annotation:
    """Return the text of the heartbeat message.

    Args:
        summary: The facts that the message reports.
        zone: Timezone of the times in the text.
        now: The current time.
    """
    since = f" since {moment_words(summary.since, zone=zone, now=now)}" if summary.since else ""
    lines = [
        f"{counted(summary.sent, 'message')} sent{since}" + (f", {summary.waiting} waiting" if summary.waiting else ""),
        f"Canary: {summary.canary}" if summary.canary else "",
        f"The hit log ends with {summary.log_end}" if summary.log_end else "",
        *(f"Problem: {title}" for title in summary.incidents[:MAX_LINES]),
    ]
    title = f"heartbeat: {counted(summary.feeds, 'feed')}, {counted(summary.hits, 'hit')}{since}"
    return Annotation(title=title, lines=tuple(filter(None, lines)))


def _one_begun(incident: Incident, zone: tzinfo, now: datetime) -> Annotation:
    span = span_words((now - incident.since).total_seconds())
    lines = (
        f"Cause: {incident.cause}" if incident.cause else "",
        f"What to do: {incident.remedy}" if incident.remedy else "",
        f"Since {moment_words(incident.since, zone=zone, now=now)}, {span}",
    )
    return Annotation(title=incident.title, lines=tuple(filter(None, lines)))


def _one_recovered(incident: Incident, now: datetime) -> Annotation:
    lines = (f"Problem: {_title_and_cause(incident)}", f"Duration: {_duration(incident, now)}")
    return Annotation(title=f"resolved: {incident.recovery}", lines=lines)


def _begun_line(incident: Incident, now: datetime) -> str:
    remedy = f"; {incident.remedy}" if incident.remedy else ""
    return f"{_title_and_cause(incident)}{remedy} (for {span_words((now - incident.since).total_seconds())})"


def _recovered_line(incident: Incident, now: datetime) -> str:
    return f"Resolved: {incident.recovery}, after {_duration(incident, now)}"


def _title_and_cause(incident: Incident) -> str:
    return f"{incident.title}: {incident.cause}" if incident.cause else incident.title


def _duration(incident: Incident, now: datetime) -> str:
    return span_words(((incident.ended_at or now) - incident.since).total_seconds())
