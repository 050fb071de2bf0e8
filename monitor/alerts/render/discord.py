"""A message as Discord embeds, handed to Apprise as its template. Pure."""

from __future__ import annotations

from dataclasses import replace

from monitor.alerts.content.neutralise import neutralise
from monitor.alerts.content.pieces import Piece, units, written_within
from monitor.alerts.content.sheet import Card, Part, Sheet
from monitor.alerts.render.colours import colour_of
from monitor.alerts.render.fitting import Document
from monitor.alerts.render.markup import DISCORD
from monitor.alerts.render.plain import MAX_TITLE
from monitor.alerts.render.running_text import body_text, fitted_card, opening
from monitor.model import Notification

# https://discord.com/developers/docs/resources/message#embed-object-embed-limits
MAX_CONTENT = 2000
MAX_EMBEDS = 10
MAX_EMBED_TITLE = 256
MAX_DESCRIPTION = 4096
MAX_FOOTER = 2048
MAX_TOGETHER = 6000  # titles, descriptions and footers of all embeds

_LEAST = 600  # of the room that is left, for one more embed
_ELSEWHERE = (Part.HEADLINE, Part.LINK, Part.NUMBER)  # what an embed has fields for


def render_discord(sheet: Sheet, plain: Notification) -> Notification:
    """Return *sheet* as a line and an embed for each hit; nobody is pinged, whatever a text says."""
    title = DISCORD.strong(written_within((Piece(sheet.title),), DISCORD, MAX_TITLE, MAX_CONTENT // 2))
    lead = opening(sheet, DISCORD, MAX_CONTENT - units(title) - 1) if sheet.cards else ""
    document: Document = {
        "content": f"{title}\n{lead}".rstrip(),
        "embeds": _embeds(sheet),
        "allowed_mentions": {"parse": []},
    }
    return Notification(neutralise(sheet.title, MAX_TITLE), plain.body, document=document)


def _embeds(sheet: Sheet) -> list[Document]:
    embeds: list[Document] = []
    left = MAX_TOGETHER
    for card in sheet.cards[: MAX_EMBEDS - 1]:
        if embeds and left < 2 * _LEAST:
            break
        embeds.append(_card(card, sheet, left - _LEAST))
        left -= sum(map(units, (embeds[-1]["title"], embeds[-1]["description"], embeds[-1]["footer"]["text"])))
    rest = replace(sheet, cards=(), total=sheet.total - len(embeds))
    if embeds:
        rest = replace(rest, why="", counts=(), marks=())
    if text := body_text(rest, DISCORD, min(left, MAX_DESCRIPTION)):
        embeds.append({"color": int(colour_of(None)[1:], 16), "description": text})
    return embeds


def _card(card: Card, sheet: Sheet, room: int) -> Document:
    """Return a hit as an embed of at most *room* units."""
    (headline,) = card.of(Part.HEADLINE)
    title = written_within([replace(p, marked=False) for p in headline.pieces], DISCORD, 200, MAX_EMBED_TITLE)
    footer = f"Hit #{card.hit}{sheet.marked}"
    told = replace(card, lines=tuple(line for line in card.lines if line.part not in _ELSEWHERE))
    text = fitted_card(told, DISCORD, "", min(MAX_DESCRIPTION, room - units(title) - units(footer)))
    return {
        "title": title,
        **({"url": card.link} if card.link else {}),
        "color": int(colour_of(card.severity)[1:], 16),
        "description": text,
        "footer": {"text": footer},
    }
