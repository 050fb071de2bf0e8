"""Render a message as Discord embeds, JSON that Apprise sends unchanged as a message template."""

from __future__ import annotations

import re
from dataclasses import replace

from monitor.alerts.content.message_content import HitDetails, LineKind, MessageContent
from monitor.alerts.content.neutralise import neutralise
from monitor.alerts.content.text_runs import Markup, TextRun, to_markup_within, utf16_units
from monitor.alerts.render.documents import Document, severity_colour
from monitor.alerts.render.plain import MAX_TITLE
from monitor.alerts.render.running_text import body_text, details_within, opening
from monitor.model import Notification

# https://discord.com/developers/docs/resources/message#embed-object-embed-limits
MAX_CONTENT = 2000
MAX_EMBEDS = 10
MAX_EMBED_TITLE = 256
MAX_DESCRIPTION = 4096
MAX_FOOTER = 2048
MAX_TOTAL = 6000  # titles, descriptions and footers of all embeds

_MIN_EMBED = 600  # units; with less left, no further embed is started
_IN_EMBED_FIELDS = (LineKind.HEADLINE, LineKind.LINK, LineKind.HIT_NUMBER)  # not repeated in the description

# headings, lists and quotes are only recognised before a space
_MARKUP_CHARACTER = re.compile(r"[\\`*_~|\[\]]|[#>-](?=\s)")


def _escaped(text: str) -> str:
    return _MARKUP_CHARACTER.sub(r"\\\g<0>", text)


def _link(text: str, link: str) -> str:
    # if the label is itself an address, Discord shows the markup instead of a link
    return f"<{link}>" if text == link else f"[{text}]({link.replace('(', '%28').replace(')', '%29')})"


# https://support.discord.com/hc/en-us/articles/210298617
DISCORD = Markup(
    escape=_escaped,
    escape_operator_text=str,
    code=lambda text: f"`{text.replace('`', 'ˋ')}`",
    highlight="**{}**".format,
    bold="**{}**".format,
    quote="> {}".format,
    link=_link,
    links_headlines=True,
)


def render_discord(content: MessageContent, plain: Notification) -> Notification:
    """Return the Discord message for *content*: a line of text and one embed per hit; feed text cannot ping anybody."""
    title = DISCORD.bold(to_markup_within((TextRun(content.title),), DISCORD, MAX_TITLE, MAX_CONTENT // 2))
    lead = opening(content, DISCORD, MAX_CONTENT - utf16_units(title) - 1) if content.details else ""
    document: Document = {
        "content": f"{title}\n{lead}".rstrip(),
        "embeds": _embeds(content),
        "allowed_mentions": {"parse": []},
    }
    return Notification(neutralise(content.title, MAX_TITLE), plain.body, document=document)


def _embeds(content: MessageContent) -> list[Document]:
    embeds: list[Document] = []
    left = MAX_TOTAL
    for hit in content.details[: MAX_EMBEDS - 1]:
        if embeds and left < 2 * _MIN_EMBED:
            break
        embeds.append(_hit_embed(hit, content, left - _MIN_EMBED))
        left -= sum(map(utf16_units, (embeds[-1]["title"], embeds[-1]["description"], embeds[-1]["footer"]["text"])))
    rest = replace(content, details=(), total=content.total - len(embeds))
    if embeds:
        rest = replace(rest, cause="", severity_counts=(), delivery_notes=())
    if text := body_text(rest, DISCORD, min(left, MAX_DESCRIPTION)):
        embeds.append({"color": int(severity_colour(None)[1:], 16), "description": text})
    return embeds


def _hit_embed(hit: HitDetails, content: MessageContent, max_units: int) -> Document:
    (headline,) = hit.lines_of(LineKind.HEADLINE)
    title_runs = [replace(run, is_mention=False) for run in headline.runs]
    title = to_markup_within(title_runs, DISCORD, 200, MAX_EMBED_TITLE)
    footer = f"Hit #{hit.hit}{content.delivery_notes_text}"
    described = replace(hit, lines=tuple(line for line in hit.lines if line.kind not in _IN_EMBED_FIELDS))
    description_units = min(MAX_DESCRIPTION, max_units - utf16_units(title) - utf16_units(footer))
    return {
        "title": title,
        **({"url": hit.link} if hit.link else {}),
        "color": int(severity_colour(hit.severity)[1:], 16),
        "description": details_within(described, DISCORD, "", description_units),
        "footer": {"text": footer},
    }
