"""What a message says, in parts and in reading order, before any service's marks.

A text here is as the feed or the operator wrote it: whoever writes it out makes it harmless.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

from monitor.alerts.content.neutralise import cut, printable
from monitor.alerts.content.pieces import Pieces
from monitor.model import DeliveryKind, Severity


class Part(IntEnum):
    """What a line of a card is about, the most important first: where there is little room, the last go."""

    NUMBER = 1  # of the hit, with what to know about the delivery
    HEADLINE = 2
    LINK = 3
    HEAD = 4  # severity, names and amounts, where the title speaks of several hits
    SOURCE = 5  # outlet, time, who else
    WHY = 6
    CHANGED = 7
    AROUND = 8  # the words around the mention
    FOUND = 9
    NEXT = 10
    NOTE = 11
    GOES_ON = 12


LABELS = {
    Part.WHY: "Why",
    Part.FOUND: "Found",
    Part.NOTE: "Note",
    Part.GOES_ON: "Follows",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a card."""

    part: Part
    pieces: Pieces
    limit: int  # characters that are shown at most

    def trimmed(self, longest: int) -> Line:
        """Return the line with at most *longest* characters; an address cannot be cut."""
        return self if self.part is Part.LINK else replace(self, limit=min(self.limit, longest))

    @property
    def label(self) -> str:
        """Return the word before the colon, empty when the line needs none."""
        return LABELS.get(self.part, "")


@dataclass(frozen=True, slots=True)
class Card:
    """One hit in full."""

    hit: int
    severity: Severity
    lines: tuple[Line, ...]  # in reading order

    def trimmed(self, longest: int) -> Card:
        """Return the card with at most *longest* characters in any line but an address."""
        return replace(self, lines=tuple(line.trimmed(longest) for line in self.lines))

    @property
    def link(self) -> str:
        """Return the vetted address of the entry, empty when it has none."""
        return next((piece.link for line in self.of(Part.LINK) for piece in line.pieces), "")

    def of(self, *parts: Part) -> tuple[Line, ...]:
        """Return the lines of these parts, in reading order."""
        return tuple(line for line in self.lines if line.part in parts)


@dataclass(frozen=True, slots=True)
class Row:
    """A story, or one more hit, in one line."""

    hit: int
    severity: Severity
    headline: str
    link: str  # vetted; empty: there is none
    amounts: str
    source: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading."""

    heading: str  # empty: there is none
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole message."""

    kind: DeliveryKind
    severity: Severity | None  # None: there is no hit
    label: str  # CRITICAL, or the kind of a message that has no severity of its own
    words: str  # what is told in a few words: who, or how much was found
    amounts: str  # the largest; empty: none was named
    headline: str  # of the first hit; empty: ``words`` are it, or there are too many
    counts: tuple[tuple[Severity, int], ...]  # stories of a digest or summary, the gravest first
    why: str  # what called for this message; empty: its hits say it
    marks: tuple[str, ...]  # what to know about the delivery: a possible repeat, late
    cards: tuple[Card, ...]
    groups: tuple[Group, ...]
    total: int  # hits, or stories of a digest or summary; more than there are cards and rows
    heading: str  # above the facts; empty: there is none
    lines: tuple[str, ...]  # one fact each
    links: Pieces  # where to go for more; empty: there is no page

    @property
    def title(self) -> str:
        """Return what it is about in one line: ``[CRITICAL] Lazarus Group | $1.46B, 401,000 ETH``."""
        return " | ".join(filter(None, [f"[{self.label}] {self.words}", self.amounts]))

    @property
    def subject(self) -> str:
        """Return the subject of a mail: ``[CRITICAL] Lazarus Group $1.46B: headline``."""
        told = " ".join(filter(None, [f"[{self.label}]", self.words, self.amounts]))
        return ": ".join(filter(None, [told, self.headline]))

    @property
    def summary(self) -> str:
        """Return the counts in words: ``1 critical, 2 high``; may be empty."""
        return ", ".join(f"{number} {severity.word}" for severity, number in self.counts)

    @property
    def facts_before(self) -> tuple[str, ...]:
        """Return the facts that stand before the hits: with a few hits they are the news."""
        return self.lines if self.cards else ()

    @property
    def facts_after(self) -> tuple[str, ...]:
        """Return the facts that stand after the stories of a list, or alone."""
        return () if self.cards else self.lines

    @property
    def left_out(self) -> int:
        """Return how many hits, or stories, have neither a card nor a row."""
        return self.total - len(self.cards) - sum(len(group.rows) for group in self.groups)

    def trimmed(self, *, cards: int, rows: int, facts: int, longest: int) -> Sheet:
        """Return a sheet of at most so many cards and rows together with them, and so many facts; the rest is counted.

        No line has more than *longest* characters.
        """
        kept = tuple(card.trimmed(longest) for card in self.cards[:cards])
        groups: list[Group] = []
        for each in self.groups:
            taken = each.rows[: max(0, rows - sum(len(group.rows) for group in groups))]
            groups += [Group(each.heading, taken)] if taken else []
        lines = [cut(printable(line[: 4 * longest]), longest) for line in self.lines[:facts]]
        more = len(self.lines) - len(lines)
        return replace(
            self,
            why=cut(self.why, longest),
            cards=kept,
            groups=tuple(groups),
            lines=(*lines, f"and {more} more") if more > 0 else tuple(lines),
        )

    @property
    def marked(self) -> str:
        """Return the marks as they follow a number: `` (possible repeat)``; empty when there are none."""
        return "".join(f" ({mark})" for mark in self.marks)
