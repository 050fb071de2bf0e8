"""The content of a message, in reading order, before a renderer writes it in the markup of a service.

All texts are as the feed or the operator wrote them; the renderers neutralise them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

from monitor.alerts.content.neutralise import cut, printable
from monitor.alerts.content.text_runs import TextRuns
from monitor.model import DeliveryKind, Severity


class LineKind(IntEnum):
    """What a line about a hit says; the most important kind comes first.

    If space is short, a message leaves out the lines of the last kinds.
    """

    HIT_NUMBER = 1  # with the delivery notes, such as "possible repeat"
    HEADLINE = 2
    LINK = 3
    HIT_HEADING = 4  # severity, names and amounts; only in a message about several hits
    SOURCE = 5  # outlet, time, other outlets
    RULE = 6
    LISTED = 7  # on which published list an actor is
    EDIT = 8  # what a correction changed
    EXCERPT = 9  # the words around the mention
    INDICATORS = 10
    NEXT_STEPS = 11
    NOTE = 12
    EARLIER_STORY = 13
    DAILY_MENTIONS = 14  # how many stories mentioned an actor on each day


LABELS = {
    LineKind.RULE: "Why",
    LineKind.LISTED: "List",
    LineKind.INDICATORS: "Found",
    LineKind.NOTE: "Note",
    LineKind.EARLIER_STORY: "Follows",
    LineKind.DAILY_MENTIONS: "By day",
}


@dataclass(frozen=True, slots=True)
class DetailLine:
    """One line of a message about a hit, such as its headline or the rule that matched."""

    kind: LineKind
    runs: TextRuns
    limit: int  # characters to show at most

    def trimmed(self, max_line: int) -> DetailLine:
        """Return the line limited to *max_line* characters; a link is never shortened."""
        return self if self.kind is LineKind.LINK else replace(self, limit=min(self.limit, max_line))

    @property
    def label(self) -> str:
        """Return the word shown before the line and a colon, such as ``Why``; empty if the line has none."""
        return LABELS.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class HitDetails:
    """Everything that a message says about one hit."""

    hit: int
    severity: Severity
    lines: tuple[DetailLine, ...]  # in reading order

    def trimmed(self, max_line: int) -> HitDetails:
        """Return the details with every line limited to *max_line* characters, except the link."""
        return replace(self, lines=tuple(line.trimmed(max_line) for line in self.lines))

    @property
    def link(self) -> str:
        """Return the URL of the article, in a form that is safe to show; empty if the article has none."""
        return next((run.link for line in self.lines_of(LineKind.LINK) for run in line.runs), "")

    def lines_of(self, *kinds: LineKind) -> tuple[DetailLine, ...]:
        """Return the lines about the hit that are of one of *kinds*, in reading order."""
        return tuple(line for line in self.lines if line.kind in kinds)


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One line of a digest or a summary, about a story or about a hit."""

    hit: int
    severity: Severity
    headline: str
    link: str  # checked; empty when there is none
    amounts: str
    source: str
    reason: str = ""  # all actors when there are several, and why it is a hit; may be empty
    page_links: TextRuns = ()  # what to do about it; empty without a web page


@dataclass(frozen=True, slots=True)
class SummaryGroup:
    """Summary lines under a common heading, usually the name of an actor."""

    heading: str  # may be empty
    lines: tuple[SummaryLine, ...]


@dataclass(frozen=True, slots=True)
class MessageContent:
    """What a message says: title, hits in detail, summary lines, facts and links."""

    kind: DeliveryKind
    severity: Severity | None  # None without hits
    label: str  # CRITICAL; or the kind, in a message that has no severity of its own
    topic: str  # the actors the message is about, or how many stories a digest contains
    amounts: str  # amounts of money for the title; may be empty
    headline: str  # the headline of the first hit; empty if ``topic`` is that headline, and in digests and summaries
    severity_counts: tuple[tuple[Severity, int], ...]  # of a digest or summary, highest first
    cause: str  # why a follow-up or an escalation was sent; may be empty
    delivery_notes: tuple[str, ...]  # "possible repeat", "late: ..."
    details: tuple[HitDetails, ...]
    groups: tuple[SummaryGroup, ...]
    total: int  # number of hits, or of stories in a digest or summary, whether shown or not
    facts_heading: str  # may be empty
    facts: tuple[str, ...]  # what the message says besides the hits, one sentence each
    page_links: TextRuns  # links to the web page in a digest or summary; empty if there is no web page

    @property
    def title(self) -> str:
        """Return the title of the message, such as ``[CRITICAL] Lazarus Group | $1.46B, 401,000 ETH``."""
        return " | ".join(filter(None, [f"[{self.label}] {self.topic}", self.amounts]))

    @property
    def subject(self) -> str:
        """Return the subject if the message is sent as mail, such as ``[CRITICAL] Lazarus Group $1.46B: headline``."""
        start = " ".join(filter(None, [f"[{self.label}]", self.topic, self.amounts]))
        return ": ".join(filter(None, [start, self.headline]))

    @property
    def severity_summary(self) -> str:
        """Return how many hits or stories have which severity, ``1 critical, 2 high``; may be empty."""
        return ", ".join(f"{number} {severity.word}" for severity, number in self.severity_counts)

    @property
    def facts_above_hits(self) -> tuple[str, ...]:
        """Return the facts (such as "feed x is down") to show before the hits, if the message shows hits in detail."""
        return self.facts if self.details else ()

    @property
    def facts_below_hits(self) -> tuple[str, ...]:
        """Return the facts (such as "feed x is down") to show at the end of a digest or of a message without hits."""
        return () if self.details else self.facts

    @property
    def omitted(self) -> int:
        """Return how many hits or stories the message only counts, with neither details nor a summary line."""
        return self.total - len(self.details) - sum(len(group.lines) for group in self.groups)

    @property
    def most_links(self) -> int:
        """Return the highest number of links to the web page that a summary line has."""
        return max((len(line.page_links) for group in self.groups for line in group.lines), default=0)

    def with_fewer_links(self, number: int) -> MessageContent:
        """Return the content with at most *number* links to the web page in each summary line."""
        groups = (
            replace(group, lines=tuple(replace(line, page_links=line.page_links[:number]) for line in group.lines))
            for group in self.groups
        )
        return replace(self, groups=tuple(groups))

    def trimmed(self, *, details: int, summary_lines: int, facts: int, max_line: int) -> MessageContent:
        """Return a shorter version of the content, which counts the hits and facts that it leaves out.

        Args:
            details: The number of hits to show in detail.
            summary_lines: The number of summary lines to keep, over all groups.
            facts: The number of facts, such as "feed x is down", to keep.
            max_line: The maximum characters of a line; links are not shortened.
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
        """Return the delivery notes as shown after a hit number, such as `` (possible repeat)``; may be empty."""
        return "".join(f" ({note})" for note in self.delivery_notes)
