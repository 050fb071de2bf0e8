"""Render a message as JSON data for a program, for ``json://`` destinations; docs/alerts.md documents it.

The texts under ``alert`` are as the outlet wrote them, without invisible characters: the receiver must escape them.
``title`` and ``message``, which Apprise adds, are neutralised as for every destination.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from monitor.alerts.content.compose import MAX_STORIES
from monitor.alerts.content.list_wording import list_fields
from monitor.alerts.content.mention_excerpt import words_around
from monitor.alerts.content.neutralise import cut, printable, safe_link
from monitor.alerts.content.page_links import hit_address
from monitor.alerts.content.reason_wording import reasons_text
from monitor.alerts.render.documents import Document
from monitor.model import (
    Amount,
    Annotation,
    Hit,
    Indicator,
    ListedActor,
    Mention,
    Message,
    Notification,
    Reason,
    StoryOutlets,
)
from monitor.model.reason import reason_fields

SCHEMA = 1  # incremented when a field is removed or changes its meaning, not when one is added

_MAX_TEXT = 2000


def render_json(
    message: Message, plain: Notification, *, zone: ZoneInfo, now: datetime, base_url: str = ""
) -> Notification:
    """Return the JSON message for a ``json://`` destination, with its data under the key ``alert``.

    It contains at most 200 hits; ``hits_in_all`` counts all of them.

    Args:
        message: The delivery and its hits.
        plain: The message as plain text, for ``title`` and ``message``.
        zone: The time zone of times in the sentences under ``remark``; all other times are in UTC.
        now: The moment of sending.
        base_url: The URL of the monitor's web page; empty if there is none.
    """
    delivery, hits = message.delivery, message.hits
    alert: Document = {
        "schema": SCHEMA,
        "kind": str(delivery.kind),
        "delivery": delivery.id,
        "destination": delivery.destination,
        "sent_at": _moment(now),
        "late": delivery.late,
        "possible_repeat": delivery.possible_repeat,
        "severity": max(hit.severity for hit in hits).word if hits else None,
        "remark": _remark(message.annotation, zone, now),
        "hits_in_all": len(hits),
        "hits": [_hit(hit, base_url.rstrip("/")) for hit in hits[:MAX_STORIES]],
        "stories": [_story(story_outlets) for story_outlets in message.story_outlets],
    }
    return Notification(plain.title, plain.body, document={"alert": alert})


def _remark(annotation: Annotation, zone: ZoneInfo, now: datetime) -> Document:
    return {
        "title": _text(annotation.title),
        "why": _text(reasons_text(annotation.reasons, zone=zone, now=now)),
        "reasons": [_reason(reason) for reason in annotation.reasons],
        "lines": [_text(line) for line in annotation.lines],
    }


def _reason(reason: Reason) -> Document:
    values = reason_fields(reason).items()
    return {name: _text(value) if isinstance(value, str) else value for name, value in values}


def _hit(hit: Hit, base_url: str) -> Document:
    entry, judgement = hit.entry, hit.judgement
    return {
        "id": hit.id,
        "seen_at": _moment(hit.seen_at),
        "published_at": _moment(entry.published_at),
        "severity": hit.severity.word,
        "title": _text(entry.text.title),
        "excerpt": _text("".join(run.text for run in words_around(hit))),
        "link": safe_link(entry.link) or None,
        "feed": entry.feed,
        "outlet": _text(entry.outlet),
        "story": hit.story,
        "actors": list(judgement.actors),
        "names": dict(hit.names),
        "keywords": list(judgement.keywords),
        "rules": [rule.rule for rule in judgement.rules],
        "why": [{"rule": r.rule, "severity": r.severity.word, "why": _text(r.why)} for r in judgement.rules],
        "mentions": [_mention(mention) for mention in judgement.mentions],
        "amounts": [_amount(amount) for amount in judgement.amounts],
        "indicators": [_indicator(indicator) for indicator in judgement.indicators],
        "lists": [_listed(listed) for listed in judgement.lists],
        "notes": [_text(note) for note in hit.notes],
        "is_update": hit.is_update,
        "changes": [_text(change) for change in hit.changes],
        "canary": hit.canary,
        **{
            name: hit_address(base_url, hit.id, action) if base_url else None
            for name, action in (("page", ""), ("acknowledge", "acknowledge"), ("mute", "mute"))
        },
    }


def _mention(mention: Mention) -> Document:
    return {
        **({"actor": mention.actor} if mention.actor else {"keyword": mention.keyword}),
        "alias": mention.alias,
        "text": _text(mention.text),
        "field": mention.field,
        "edits": mention.edits,
        "kind": str(mention.kind),
    }


def _amount(amount: Amount) -> Document:
    return {"value": f"{amount.value:f}", "currency": amount.currency, "text": _text(amount.text)}


def _indicator(indicator: Indicator) -> Document:
    return {"kind": str(indicator.kind), "chain": indicator.chain or None, "value": _text(indicator.value)}


def _listed(listed: ListedActor) -> Document:
    return {name: _text(value) if isinstance(value, str) else value for name, value in list_fields(listed).items()}


def _story(story_outlets: StoryOutlets) -> Document:
    return {
        "story": story_outlets.story,
        "outlets": [_text(outlet) for outlet in story_outlets.outlets],
        "goes_on_from": _text(story_outlets.follows_title) or None,
    }


def _text(text: str) -> str:
    return cut(printable(text[: 2 * _MAX_TEXT]), _MAX_TEXT)


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
