"""The content of a message in reading order, before it is rendered for a service.

All texts are as the feed or the operator wrote them: a rendering neutralises them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

from monitor.alerts.content.neutralise import cut, printable
from monitor.alerts.content.text_runs import TextRuns
from monitor.model import DeliveryKind, Severity


class LineKind(IntEnum):
    """What a line about a hit says, most important first: when space is short, the last ones are left out."""

    HIT_NUMBER = 1  # with the delivery notes, such as "possible repeat"
    HEADLINE = 2
    LINK = 3
    HIT_HEADING = 4  # severity, names and amounts; only in a message about several hits
    SOURCE = 5  # outlet, time, other outlets
    RULE = 6
    EDIT = 7  # what a correction changed
    EXCERPT = 8  # the words around the mention
    INDICATORS = 9
    NEXT_STEPS = 10
    NOTE = 11
    EARLIER_STORY = 12


LABELS = {
    LineKind.RULE: "Why",
    LineKind.INDICATORS: "Found",
    LineKind.NOTE: "Note",
    LineKind.EARLIER_STORY: "Follows",
}


@dataclass(frozen=True, slots=True)
class DetailLine:
    """One line about a hit."""

    kind: LineKind
    runs: TextRuns
    limit: int  # characters to show at most

    def trimmed(self, max_line: int) -> DetailLine:
        """Return the line with at most *max_line* characters; links are never cut."""
        return self if self.kind is LineKind.LINK else replace(self, limit=min(self.limit, max_line))

    @property
    def label(self) -> str:
        """Return the word before the colon; empty when the line has none."""
        return LABELS.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class HitDetails:
    """Everything the message says about one hit."""

    hit: int
    severity: Severity
    lines: tuple[DetailLine, ...]  # in reading order

    def trimmed(self, max_line: int) -> HitDetails:
        """Return the details with at most *max_line* characters in any line except the link."""
        return replace(self, lines=tuple(line.trimmed(max_line) for line in self.lines))

    @property
    def link(self) -> str:
        """Return the checked address of the entry; empty when it has none."""
        return next((run.link for line in self.lines_of(LineKind.LINK) for run in line.runs), "")

    def lines_of(self, *kinds: LineKind) -> tuple[DetailLine, ...]:
        """Return the lines of these kinds, in reading order."""
        return tuple(line for line in self.lines if line.kind in kinds)


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A story of a digest, or one of many hits, in one line."""

    hit: int
    severity: Severity
    headline: str
    link: str  # checked; empty when there is none
    amounts: str
    source: str
    reason: str = ""  # all actors when there are several, and why it is a hit; may be empty


@dataclass(frozen=True, slots=True)
class SummaryGroup:
    """Summary lines under one heading."""

    heading: str  # may be empty
    lines: tuple[SummaryLine, ...]


@dataclass(frozen=True, slots=True)
class MessageContent:
    """The content of a whole message."""

    kind: DeliveryKind
    severity: Severity | None  # None without hits
    label: str  # CRITICAL; or the kind, in a message that has no severity of its own
    topic: str  # who it is about, or how many stories a digest holds
    amounts: str  # for the title; may be empty
    headline: str  # of the first hit; empty when ``topic`` is that headline, and in digests and summaries
    severity_counts: tuple[tuple[Severity, int], ...]  # of a digest or summary, highest first
    cause: str  # what called for a follow-up or an escalation; may be empty
    delivery_notes: tuple[str, ...]  # "possible repeat", "late: ..."
    details: tuple[HitDetails, ...]
    groups: tuple[SummaryGroup, ...]
    total: int  # hits, or stories of a digest or summary, whether shown or not
    facts_heading: str  # may be empty
    facts: tuple[str, ...]  # what the message says besides the hits, one sentence each
    page_links: TextRuns  # of a digest or summary; empty without a web page

    @property
    def title(self) -> str:
        """Return the title: ``[CRITICAL] Lazarus Group | $1.46B, 401,000 ETH``."""
        return " | ".join(filter(None, [f"[{self.label}] {self.topic}", self.amounts]))

    @property
    def subject(self) -> str:
        """Return the subject of a mail: ``[CRITICAL] Lazarus Group $1.46B: headline``."""
        start = " ".join(filter(None, [f"[{self.label}]", self.topic, self.amounts]))
        return ": ".join(filter(None, [start, self.headline]))

    @property
    def severity_summary(self) -> str:
        """Return the severity counts in words, ``1 critical, 2 high``; may be empty."""
        return ", ".join(f"{number} {severity.word}" for severity, number in self.severity_counts)

    @property
    def facts_above_hits(self) -> tuple[str, ...]:
        """Return the facts to show before the hits: in a message with details they are the news."""
        return self.facts if self.details else ()

    @property
    def facts_below_hits(self) -> tuple[str, ...]:
        """Return the facts to show after the stories of a digest, or alone."""
        return () if self.details else self.facts

    @property
    def omitted(self) -> int:
        """Return how many hits, or stories, have neither details nor a summary line."""
        return self.total - len(self.details) - sum(len(group.lines) for group in self.groups)

    def trimmed(self, *, details: int, summary_lines: int, facts: int, max_line: int) -> MessageContent:
        """Return a shorter content; what is left out is counted.

        Args:
            details: How many hits keep their details.
            summary_lines: How many summary lines to keep, over all groups.
            facts: How many facts to keep.
            max_line: Characters of the longest line, links excepted.
        """
        groups: list[SummaryGroup] = []
        for group in self.groups:
            kept = group.lines[: max(0, summary_lines - sum(len(group.lines) for group in groups))]
            groups += [SummaryGroup(group.heading, kept)] if kept else []
        shown = [cut(printable(fact[: 4 * max_line]), max_line) for fact in self.facts[:facts]]
        more = len(self.facts) - len(shown)
        return replace(
            self,
            cause=cut(self.cause, max_line),
            details=tuple(hit.trimmed(max_line) for hit in self.details[:details]),
            groups=tuple(groups),
            facts=(*shown, f"and {more} more") if more > 0 else tuple(shown),
        )

    @property
    def delivery_notes_text(self) -> str:
        """Return the delivery notes as they follow a hit number, `` (possible repeat)``; may be empty."""
        return "".join(f" ({note})" for note in self.delivery_notes)
