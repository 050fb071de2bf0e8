"""Compose the content of a message from a delivery and its hits. No other module decides what an alert says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.alerts.content.hit_wording import (
    amount_words,
    daily_mentions_line,
    indicator_name,
    mention_names,
    moment_seen,
    name_list,
    others_words,
    outlet_words,
    seen_words,
    title_words,
)
from monitor.alerts.content.list_wording import list_lines
from monitor.alerts.content.mention_excerpt import headline, words_around
from monitor.alerts.content.message_content import (
    DetailLine,
    HitDetails,
    LineKind,
    MessageContent,
    SummaryGroup,
    SummaryLine,
)
from monitor.alerts.content.neutralise import safe_link
from monitor.alerts.content.page_links import hit_links, page_link, separated
from monitor.alerts.content.reason_wording import reasons_text
from monitor.alerts.content.text_runs import TextRun, TextRuns, operator_text
from monitor.alerts.content.time_words import moment_words
from monitor.model import Delivery, DeliveryKind, Hit, Message, Severity, StoryOutlets
from monitor.wording import counted

MAX_HEADLINE = 300
MAX_REASON = 400
MAX_SOURCE = 280
MAX_DETAILED_HITS = 10
MAX_SHORT_HITS = 30  # after the detailed ones, one line each
MAX_STORIES = 200  # of a digest or summary
MAX_FACTS = 30

_RULES_SHOWN = 3
_ACTORS_SHOWN = 10  # in a line of a digest
_NOTES_SHOWN = 3
_LISTED_SHOWN = 3
_CHANGES_SHOWN = 6  # of two actors: what changed, the sentence before and the sentence after
_INDICATORS_SHOWN = 5
_LISTS_STORIES = (DeliveryKind.DIGEST, DeliveryKind.SUMMARY)


def compose(message: Message, *, zone: ZoneInfo, now: datetime, base_url: str = "") -> MessageContent:
    """Return the content of the message for a delivery; renderers show as much of it as their service allows.

    Args:
        message: The delivery and its hits.
        zone: The time zone in which times are written.
        now: The moment of sending.
        base_url: The URL of the monitor's web page; empty if there is none: the message then names commands instead of
            links.
    """
    content = _Composer(message, zone, now, base_url.rstrip("/")).content()
    return content.trimmed(details=MAX_DETAILED_HITS, summary_lines=MAX_STORIES, facts=MAX_FACTS, max_line=MAX_REASON)


class _Composer:
    """Composes one message; holds what all its parts need: the hits, the time zone and the URL of the web page."""

    def __init__(self, message: Message, zone: ZoneInfo, now: datetime, base_url: str) -> None:
        self._message = message
        self._zone = zone
        self._now = now
        self._base_url = base_url
        self._coverage = {story_outlets.story: story_outlets for story_outlets in message.story_outlets}

    def content(self) -> MessageContent:
        delivery, hits, annotation = self._message.delivery, self._message.hits, self._message.annotation
        lists_stories = delivery.kind in _LISTS_STORIES
        stories = _grouped(hits, lambda hit: hit.story)
        severity = max((hit.severity for hit in hits), default=None)
        detailed = () if lists_stories else hits[:MAX_DETAILED_HITS]
        return MessageContent(
            kind=delivery.kind,
            severity=severity,
            label=severity.word.upper() if severity and not lists_stories else delivery.kind.upper(),
            topic=self._topic(len(stories)),
            amounts="" if lists_stories else amount_words(hits),
            headline=title_words(hits[0]) if mention_names(hits) and not lists_stories else "",
            severity_counts=_severity_counts(stories) if lists_stories else (),
            cause=reasons_text(annotation.reasons, zone=self._zone, now=self._now),
            delivery_notes=tuple(self._delivery_notes(delivery)),
            details=tuple(map(self._details, detailed, _is_first_of_story(detailed))),
            groups=tuple(self._stories_by_actor(hits) if lists_stories else self._short_hits(hits)),
            total=len(stories) if lists_stories else len(hits),
            facts_heading=_facts_heading(delivery.kind, len(annotation.lines)) if hits else "",
            facts=annotation.lines,
            page_links=page_link(self._base_url) if lists_stories and hits else (),
        )

    def _topic(self, stories: int) -> str:
        """Return the title without severity label and amounts, such as ``Follow-up: 3 hits: Lazarus Group``."""
        kind, hits, annotation = self._message.delivery.kind, self._message.hits, self._message.annotation
        if kind in _LISTS_STORIES:
            found = f"{counted(stories, 'story', 'stories')}, {counted(len(hits), 'article')}" if hits else ""
            return ": ".join(filter(None, [annotation.title, found])) or "no hits"
        if not hits:
            return annotation.title or reasons_text(annotation.reasons, zone=self._zone, now=self._now)
        prefix = {
            DeliveryKind.FOLLOW_UP: "Follow-up: ",
            DeliveryKind.CORRECTION: "Correction: ",
            DeliveryKind.ESCALATION: "Escalation: ",
            DeliveryKind.CANARY: "Canary: ",
        }.get(kind, "Canary: " if hits[0].canary else "Update: " if hits[0].is_update else "")
        number = f"{len(hits)} hits: " if len(hits) > 1 else ""
        return f"{prefix}{number}{name_list(mention_names(hits)) or title_words(hits[0])}"

    def _delivery_notes(self, delivery: Delivery) -> Iterable[str]:
        if delivery.late:
            yield f"late: was due {moment_words(delivery.due_at, zone=self._zone, now=self._now)}"
        if delivery.possible_repeat:
            yield "possible repeat"

    def _details(self, hit: Hit, first_of_story: bool) -> HitDetails:
        story_outlets = self._coverage.get(hit.story) if first_of_story else None
        excerpt = words_around(hit)
        title = headline(hit)
        lines = [
            DetailLine(LineKind.HIT_HEADING, (TextRun(self._hit_heading(hit)),), MAX_HEADLINE),
            # highlight the mention once: in the excerpt, or in the headline when there is no excerpt
            DetailLine(LineKind.HEADLINE, (TextRun(title_words(hit)),) if excerpt else title, MAX_HEADLINE),
            DetailLine(LineKind.LINK, _entry_link(hit), MAX_HEADLINE),
            DetailLine(LineKind.SOURCE, (TextRun(self._source(hit, story_outlets)),), MAX_SOURCE),
            DetailLine(LineKind.EXCERPT, excerpt, MAX_HEADLINE),
            *(DetailLine(LineKind.EDIT, (TextRun(change),), MAX_REASON) for change in hit.changes[:_CHANGES_SHOWN]),
            *(DetailLine(LineKind.RULE, (TextRun(reason),), MAX_REASON) for reason in _rule_reasons(hit)),
            *(DetailLine(LineKind.LISTED, (TextRun(line),), MAX_REASON) for line in _list_lines(hit)),
            DetailLine(LineKind.INDICATORS, _indicators(hit), MAX_REASON),
            DetailLine(
                LineKind.EARLIER_STORY, (TextRun(story_outlets.follows_title),) if story_outlets else (), MAX_HEADLINE
            ),
            *(DetailLine(LineKind.DAILY_MENTIONS, (TextRun(line),), MAX_REASON) for line in self._daily_mentions(hit)),
            *(DetailLine(LineKind.NOTE, operator_text(note), MAX_REASON) for note in hit.notes[:_NOTES_SHOWN]),
            DetailLine(LineKind.NEXT_STEPS, self._next_steps(hit), MAX_REASON),
            DetailLine(LineKind.HIT_NUMBER, (TextRun(f"Hit #{hit.id}"),), 80),
        ]
        shown = tuple(line for line in lines if any(run.text for run in line.runs))
        return HitDetails(hit.id, hit.severity, shown)

    def _daily_mentions(self, hit: Hit) -> Iterable[str]:
        """Yield a line for each frequent actor of which *hit* is the first hit: its stories by day."""
        names = dict(hit.names)
        for series in self._message.daily_mentions:
            first = next((h for h in self._message.hits if series.actor in h.judgement.actors), None)
            if first is hit:
                yield f"{names.get(series.actor, series.actor)} {daily_mentions_line(series)}"

    def _hit_heading(self, hit: Hit) -> str:
        """Return the heading of a hit, such as ``[HIGH] Lazarus Group | $1.46B``; empty if it is the only hit."""
        if len(self._message.hits) == 1:
            return ""
        update = "Update: " if hit.is_update else ""
        heading = f"[{hit.severity.word.upper()}] {update}{name_list(mention_names([hit]))}"
        return f"{heading} | {amounts}" if (amounts := amount_words([hit])) else heading

    def _source(self, hit: Hit, story_outlets: StoryOutlets | None, *, briefly: bool = False) -> str:
        time_text = moment_seen if briefly else seen_words
        seen = f"{outlet_words(hit)}, {time_text(hit, zone=self._zone, now=self._now)}"
        return "; ".join(filter(None, [seen, others_words(hit, story_outlets)]))

    def _next_steps(self, hit: Hit) -> TextRuns:
        """Return links to the web page of the monitor, or the commands to type if it has no web page."""
        if links := hit_links(self._base_url, hit.id):
            return separated(links)
        return separated(self._commands(hit), TextRun("Next: "))

    def _commands(self, hit: Hit) -> list[TextRun]:
        commands = [f"monitor show {hit.id}", f"monitor triage {hit.id} ack"]
        if actor := next(iter(hit.judgement.actors), ""):
            commands.append(f"monitor silence {actor} 4h -m why")
        return [TextRun(command, is_code=True) for command in commands]

    def _stories_by_actor(self, hits: Sequence[Hit]) -> Iterable[SummaryGroup]:
        """Yield the stories of a digest or summary grouped by actor, the most severe first, each with its first report.

        A story about several actors appears once: under the first actor of its most severe hit.
        """
        stories = sorted(_grouped(hits, lambda hit: hit.story), key=_severity_order)
        groups: dict[str, list[SummaryLine]] = {}
        for story in stories:
            most_severe = max(story, key=lambda hit: hit.severity)
            name = next(iter(mention_names([most_severe])), "")
            groups.setdefault(name, []).append(self._story_line(story))
        yield from (SummaryGroup(name, tuple(lines)) for name, lines in groups.items())

    def _story_line(self, hits: Sequence[Hit]) -> SummaryLine:
        first, story_outlets = hits[0], self._coverage.get(hits[0].story)
        return SummaryLine(
            hit=first.id,
            severity=max(hit.severity for hit in hits),
            headline=title_words(first),
            link=safe_link(first.entry.link),
            amounts=amount_words(hits),
            source=self._source(first, story_outlets, briefly=True),
            reason=_story_reason(hits),
            page_links=hit_links(self._base_url, first.id),
        )

    def _short_hits(self, hits: Sequence[Hit]) -> Iterable[SummaryGroup]:
        """Yield one group with a summary line for each hit that is not shown in detail; nothing if all are."""
        lines = [
            SummaryLine(
                hit=hit.id,
                severity=hit.severity,
                headline=title_words(hit),
                link=safe_link(hit.entry.link),
                amounts=amount_words([hit]),
                source=name_list(mention_names([hit])),
                page_links=hit_links(self._base_url, hit.id),
            )
            for hit in hits[MAX_DETAILED_HITS : MAX_DETAILED_HITS + MAX_SHORT_HITS]
        ]
        if lines:
            yield SummaryGroup("Also", tuple(lines))


def _grouped(hits: Sequence[Hit], key: Callable[[Hit], object]) -> list[list[Hit]]:
    """Return *hits* in groups with the same *key*; the groups, and the hits in each, keep the order of *hits*."""
    groups: dict[object, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(key(hit), []).append(hit)
    return list(groups.values())


def _severity_order(hits: Sequence[Hit]) -> int:
    return -max(hit.severity for hit in hits)


def _severity_counts(stories: Sequence[Sequence[Hit]]) -> tuple[tuple[Severity, int], ...]:
    number = Counter(max(hit.severity for hit in story) for story in stories)
    return tuple(sorted(number.items(), reverse=True))


def _is_first_of_story(hits: Sequence[Hit]) -> list[bool]:
    stories = [hit.story for hit in hits]
    return [story not in stories[:n] for n, story in enumerate(stories)]


def _facts_heading(kind: DeliveryKind, facts: int) -> str:
    if kind is DeliveryKind.DIGEST and facts:
        return f"{counted(facts, 'feed is', 'feeds are')} down"
    return ""


def _entry_link(hit: Hit) -> TextRuns:
    link = safe_link(hit.entry.link)
    return (TextRun(link, from_operator=True, link=link),) if link else ()


def _story_reason(hits: Sequence[Hit]) -> str:
    """Return why the most severe hit of a story matched; if the story has several actors, their names come first.

    The published lists that name its actors come last.
    """
    names = mention_names(hits)
    most_severe = max(hits, key=lambda hit: hit.severity)
    why = next(iter(_rule_reasons(most_severe)), "")
    return "; ".join(
        filter(None, [name_list(names, _ACTORS_SHOWN) if len(names) > 1 else "", why, *_list_lines(most_severe)])
    )


def _rule_reasons(hit: Hit) -> list[str]:
    rules = hit.judgement.rules
    reasons = [f"rule {rule.rule}: {rule.why}" for rule in rules[:_RULES_SHOWN]]
    more = len(rules) - _RULES_SHOWN
    return [*reasons, f"and {counted(more, 'more rule')}"] if more > 0 else reasons


def _list_lines(hit: Hit) -> list[str]:
    """Return a line for each actor of *hit* that is on a published list; after the first few, only how many more."""
    lines = list_lines(hit.judgement.lists, hit.names)
    more = len(lines) - _LISTED_SHOWN
    return [*lines[:_LISTED_SHOWN], f"and {counted(more, 'more listed actor')}"] if more > 0 else lines


def _indicators(hit: Hit) -> TextRuns:
    """Return the blockchain addresses, transaction ids and CVE ids in the hit's text; may be empty."""
    found = hit.judgement.indicators
    runs: list[TextRun] = []
    for n, indicator in enumerate(found[:_INDICATORS_SHOWN]):
        name = indicator_name(indicator)
        runs += [
            TextRun(", " if n else ""),
            TextRun(f"{name} " if name else ""),
            TextRun(indicator.value, is_code=True),
        ]
    if (more := len(found) - _INDICATORS_SHOWN) > 0:
        runs.append(TextRun(f", +{more}"))
    return tuple(run for run in runs if run.text)
