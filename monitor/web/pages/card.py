"""The card that lists show for a hit: title, excerpt, actors, amounts and rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from monitor.alerts.content.hit_wording import heading_amounts
from monitor.alerts.content.neutralise import cut
from monitor.model import Hit
from monitor.web.text import excerpt, marked, spans_in

MAX_TITLE = 300  # characters


@dataclass(frozen=True, slots=True)
class Card:
    """The parts of a hit that its card shows."""

    id: int
    severity: str
    title: Markup
    excerpt: Markup
    link: str
    outlet: str
    feed: str
    story: int
    actors: tuple[tuple[str, str], ...]  # id and name
    amounts: tuple[str, ...]
    rules: tuple[str, ...]
    seen_at: datetime
    published_at: datetime | None
    triage: str | None
    is_update: bool


def card(hit: Hit, triage: str | None) -> Card:
    """Return the card for *hit*.

    Args:
        hit: The hit.
        triage: The last triage of the hit ("ack", "relevant" or "noise"); None: it has none.
    """
    text, mentions = hit.entry.text, hit.judgement.mentions
    names = dict(hit.names)
    body = [(name, value) for name, value in text.fields() if name != "title" and value]
    named = [(name, value) for name, value in body if spans_in(mentions, name)]
    field, value = next(iter(named or body), ("summary", ""))
    return Card(
        id=hit.id,
        severity=hit.severity.word,
        title=marked(cut(text.title, MAX_TITLE), spans_in(mentions, "title")),
        excerpt=excerpt(value, spans_in(mentions, field)),
        link=hit.entry.link,
        outlet=hit.entry.outlet or hit.entry.feed,
        feed=hit.entry.feed,
        story=hit.story,
        actors=tuple((actor, names.get(actor, actor)) for actor in hit.judgement.actors),
        amounts=tuple(amount.text for amount in heading_amounts([hit]))[:3],
        rules=tuple(rule.rule for rule in hit.judgement.rules),
        seen_at=hit.seen_at,
        published_at=hit.entry.published_at,
        triage=triage,
        is_update=hit.is_update,
    )
