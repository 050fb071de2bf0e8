"""A message taken apart into what it says: the one place that decides what stands in an alert. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from monitor.alerts.content.excerpt import headline, words_around
from monitor.alerts.content.neutralise import safe_link
from monitor.alerts.content.pieces import Piece, Pieces, own_words
from monitor.alerts.content.sheet import Card, Group, Line, Part, Row, Sheet
from monitor.alerts.content.time_words import moment_words
from monitor.alerts.content.wording import (
    amount_words,
    counted,
    indicator_name,
    mention_names,
    moment_seen,
    number_of,
    others_words,
    outlet_words,
    seen_words,
    title_words,
)
from monitor.model import Delivery, DeliveryKind, Hit, Message, Severity, StoryOutlets

MAX_HEADLINE = 300
MAX_REASON = 400
MAX_SOURCE = 280
IN_FULL = 10
IN_SHORT = 30  # after those in full
IN_DIGEST = 200  # stories
FACTS_SHOWN = 30

_REASONS_SHOWN = 3
_NOTES_SHOWN = 3
_CHANGES_SHOWN = 6  # of two actors: what changed, the sentence before and after
_FOUND_SHOWN = 5
_AS_A_LIST = (DeliveryKind.DIGEST, DeliveryKind.SUMMARY)


class Composer:
    """What all parts of one message need to know.

    Args:
        zone: In which moments are written.
        now: The moment of sending.
        base_url: Where the page is; empty: there is none, and nothing links to it.
    """

    def __init__(self, message: Message, *, zone: ZoneInfo, now: datetime, base_url: str = "") -> None:
        self._message = message
        self._zone = zone
        self._now = now
        self._base_url = base_url.rstrip("/")
        self._coverage = {story_outlets.story: story_outlets for story_outlets in message.story_outlets}

    def sheet(self) -> Sheet:
        """Return the message in parts, as much of it as any destination shows."""
        return self._whole().trimmed(cards=IN_FULL, rows=IN_DIGEST, facts=FACTS_SHOWN, longest=MAX_REASON)

    def _whole(self) -> Sheet:
        delivery, hits, annotation = self._message.delivery, self._message.hits, self._message.annotation
        as_a_list = delivery.kind in _AS_A_LIST
        stories = _by(hits, lambda hit: hit.story)
        severity = max((hit.severity for hit in hits), default=None)
        return Sheet(
            kind=delivery.kind,
            severity=severity,
            label=severity.word.upper() if severity and not as_a_list else delivery.kind.upper(),
            words=self._words(len(stories)),
            amounts="" if as_a_list else amount_words(hits),
            headline=title_words(hits[0]) if mention_names(hits) and not as_a_list else "",
            counts=_counts(stories) if as_a_list else (),
            why=annotation.why,
            marks=tuple(self._marks(delivery)),
            cards=() if as_a_list else tuple(map(self._card, hits[:IN_FULL], _first_of_its_story(hits[:IN_FULL]))),
            groups=tuple(self._groups(hits) if as_a_list else self._others(hits[IN_FULL:])),
            total=len(stories) if as_a_list else len(hits),
            heading=_heading(delivery.kind, len(annotation.lines)) if hits else "",
            lines=annotation.lines,
            links=self._page_links() if as_a_list and hits else (),
        )

    def _words(self, stories: int) -> str:
        """Return what the title says after the label: what kind of message it is, how many hits, who."""
        kind, hits, annotation = self._message.delivery.kind, self._message.hits, self._message.annotation
        if kind in _AS_A_LIST:
            found = f"{number_of(stories, 'story', 'stories')}, {number_of(len(hits), 'article')}" if hits else ""
            return ": ".join(filter(None, [annotation.title, found])) or "nothing was found"
        if not hits:
            return annotation.title or annotation.why
        what = {
            DeliveryKind.FOLLOW_UP: "Follow-up: ",
            DeliveryKind.ESCALATION: "Escalation: ",
            DeliveryKind.CANARY: "Canary: ",
        }.get(kind, "Canary: " if hits[0].canary else "Update: " if hits[0].is_update else "")
        count = f"{len(hits)} hits: " if len(hits) > 1 else ""
        return f"{what}{count}{counted(mention_names(hits)) or title_words(hits[0])}"

    def _marks(self, delivery: Delivery) -> Iterable[str]:
        if delivery.late:
            yield f"late: was due {moment_words(delivery.due_at, zone=self._zone, now=self._now)}"
        if delivery.possible_repeat:
            yield "possible repeat"

    def _card(self, hit: Hit, leads: bool) -> Card:
        story_outlets = self._coverage.get(hit.story) if leads else None
        around = words_around(hit)
        title = headline(hit)
        lines = [
            Line(Part.HEAD, (Piece(self._head(hit)),), MAX_HEADLINE),
            # the mark stands once: in the words around the mention, in the headline when it is nowhere else
            Line(Part.HEADLINE, (Piece(title_words(hit)),) if around else title, MAX_HEADLINE),
            Line(Part.LINK, _address(hit), MAX_HEADLINE),
            Line(Part.SOURCE, (Piece(self._source(hit, story_outlets)),), MAX_SOURCE),
            Line(Part.AROUND, around, MAX_HEADLINE),
            *(Line(Part.CHANGED, (Piece(change),), MAX_REASON) for change in hit.changes[:_CHANGES_SHOWN]),
            *(Line(Part.WHY, (Piece(reason),), MAX_REASON) for reason in _reasons(hit)),
            Line(Part.FOUND, _found(hit), MAX_REASON),
            Line(Part.GOES_ON, (Piece(story_outlets.follows_title),) if story_outlets else (), MAX_HEADLINE),
            *(Line(Part.NOTE, own_words(note), MAX_REASON) for note in hit.notes[:_NOTES_SHOWN]),
            Line(Part.NEXT, self._next(hit), MAX_REASON),
            Line(Part.NUMBER, (Piece(f"Hit #{hit.id}"),), 80),
        ]
        shown = tuple(line for line in lines if any(piece.text for piece in line.pieces))
        return Card(hit.id, hit.severity, shown)

    def _head(self, hit: Hit) -> str:
        """Return severity, names and amounts of one hit among several; empty when the title says it."""
        if len(self._message.hits) == 1:
            return ""
        update = "Update: " if hit.is_update else ""
        head = f"[{hit.severity.word.upper()}] {update}{counted(mention_names([hit]))}"
        return f"{head} | {amounts}" if (amounts := amount_words([hit])) else head

    def _source(self, hit: Hit, story_outlets: StoryOutlets | None, *, briefly: bool = False) -> str:
        words = moment_seen if briefly else seen_words
        seen = f"{outlet_words(hit)}, {words(hit, zone=self._zone, now=self._now)}"
        return "; ".join(filter(None, [seen, others_words(hit, story_outlets)]))

    def _next(self, hit: Hit) -> Pieces:
        """Return what to do with a hit: on the page where there is one, else on the command line."""
        if not self._base_url:
            return _joined(self._commands(hit), Piece("Next: "))
        links = [Piece("Open and triage", link=f"{self._base_url}/hits/{hit.id}")]
        if actor := next(iter(hit.judgement.actors), ""):
            links.append(Piece("Silence", link=f"{self._base_url}/silences?actor={quote(actor, safe='')}"))
        return _joined(links)

    def _commands(self, hit: Hit) -> list[Piece]:
        commands = [f"monitor show {hit.id}", f"monitor triage {hit.id} ack"]
        if actor := next(iter(hit.judgement.actors), ""):
            commands.append(f"monitor silence {actor} 4h -m why")
        return [Piece(command, code=True) for command in commands]

    def _page_links(self) -> Pieces:
        return (Piece("Open the page", link=f"{self._base_url}/hits"),) if self._base_url else ()

    def _groups(self, hits: Sequence[Hit]) -> Iterable[Group]:
        """Yield the stories by actor, the gravest first, each with its first report."""
        actors = _by(hits, lambda hit: next(iter(mention_names([hit])), ""))
        for group in sorted(actors, key=lambda hits: -max(h.severity for h in hits)):
            stories = sorted(_by(group, lambda hit: hit.story), key=lambda hits: -max(h.severity for h in hits))
            yield Group(next(iter(mention_names(group)), ""), tuple(map(self._story_row, stories)))

    def _story_row(self, hits: Sequence[Hit]) -> Row:
        first, story_outlets = hits[0], self._coverage.get(hits[0].story)
        return Row(
            hit=first.id,
            severity=max(hit.severity for hit in hits),
            headline=title_words(first),
            link=safe_link(first.entry.link),
            amounts=amount_words(hits),
            source=self._source(first, story_outlets, briefly=True),
        )

    def _others(self, hits: Sequence[Hit]) -> Iterable[Group]:
        rows = [
            Row(
                hit=hit.id,
                severity=hit.severity,
                headline=title_words(hit),
                link=safe_link(hit.entry.link),
                amounts=amount_words([hit]),
                source=counted(mention_names([hit])),
            )
            for hit in hits[:IN_SHORT]
        ]
        if rows:
            yield Group("Also", tuple(rows))


def _by(hits: Sequence[Hit], key: Callable[[Hit], object]) -> list[list[Hit]]:
    """Return *hits* in groups of the same *key*, groups and hits in the order in which they come."""
    groups: dict[object, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(key(hit), []).append(hit)
    return list(groups.values())


def _counts(stories: Sequence[Sequence[Hit]]) -> tuple[tuple[Severity, int], ...]:
    number = Counter(max(hit.severity for hit in story) for story in stories)
    return tuple(sorted(number.items(), reverse=True))


def _first_of_its_story(hits: Sequence[Hit]) -> list[bool]:
    stories: set[int] = set()
    # add returns None: true for a story that was not there yet
    return [hit.story not in stories and not stories.add(hit.story) for hit in hits]  # type: ignore[func-returns-value]


def _heading(kind: DeliveryKind, lines: int) -> str:
    if kind is DeliveryKind.DIGEST and lines:
        return f"{number_of(lines, 'feed is', 'feeds are')} down"
    return ""


def _joined(pieces: Sequence[Piece], *before: Piece) -> Pieces:
    parted = [part for piece in pieces for part in (Piece(" | "), piece)]
    return (*before, *parted[1:])


def _address(hit: Hit) -> Pieces:
    link = safe_link(hit.entry.link)
    return (Piece(link, own=True, link=link),) if link else ()


def _reasons(hit: Hit) -> list[str]:
    rules = hit.judgement.rules
    reasons = [f"rule {rule.rule}: {rule.why}" for rule in rules[:_REASONS_SHOWN]]
    more = len(rules) - _REASONS_SHOWN
    return [*reasons, f"and {number_of(more, 'more rule')}"] if more > 0 else reasons


def _found(hit: Hit) -> Pieces:
    """Return the addresses, transactions and CVE ids; may be empty."""
    found = hit.judgement.indicators
    pieces: list[Piece] = []
    for n, indicator in enumerate(found[:_FOUND_SHOWN]):
        name = indicator_name(indicator)
        pieces += [Piece(", " if n else ""), Piece(f"{name} " if name else ""), Piece(indicator.value, code=True)]
    if (more := len(found) - _FOUND_SHOWN) > 0:
        pieces.append(Piece(f", +{more}"))
    return tuple(piece for piece in pieces if piece.text)
