"""Render a message as Slack blocks, JSON that Apprise sends unchanged as a message template."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape

from monitor.alerts.content.message_content import HitDetails, LineKind, MessageContent
from monitor.alerts.content.neutralise import neutralise
from monitor.alerts.content.text_runs import Markup, TextRun, to_markup, utf16_units
from monitor.alerts.render.documents import Document, ascii_size, largest_that_fits, severity_colour
from monitor.alerts.render.plain import MAX_TITLE
from monitor.alerts.render.running_text import BoundedText, closing, line_text, opening, summary_line_text
from monitor.model import Notification

# https://docs.slack.dev/reference/block-kit/blocks
MAX_BLOCKS = 50
MAX_TEXT = 3000
MAX_DOCUMENT = 35_000  # bytes; Apprise accepts no larger template

_CONTEXT_LINES = (
    *(LineKind.EDIT, LineKind.RULE, LineKind.LISTED),
    *(LineKind.INDICATORS, LineKind.EARLIER_STORY, LineKind.DAILY_MENTIONS, LineKind.NOTE),
)

# mrkdwn cannot escape these characters, so look-alikes replace them
_LOOK_ALIKES = str.maketrans("*_~`", "∗ˍ∼ˋ")
_MENTION = re.compile(r"&lt;([!@#][A-Za-z0-9^]{1,60}(?:\|[^&<>|]{0,60})?)&gt;")


def _escaped(text: str) -> str:
    return escape(text, quote=False)


def _link(text: str, link: str) -> str:
    # a checked address holds neither "|" nor ">"
    return f"<{_escaped(link)}|{text.replace('|', '¦')}>"


# https://docs.slack.dev/messaging/formatting-message-text
SLACK = Markup(
    escape=lambda text: _escaped(text.translate(_LOOK_ALIKES)),
    escape_operator_text=lambda text: _MENTION.sub(r"<\1>", _escaped(text)),
    code=lambda text: f"`{_escaped(text.replace('`', 'ˋ'))}`",
    highlight="*{}*".format,
    bold="*{}*".format,
    quote=">{}".format,
    link=_link,
    links_headlines=True,
)


def render_slack(content: MessageContent, plain: Notification) -> Notification:
    """Return a message for Slack as one attachment with blocks; hits that do not fit are only counted.

    ``fallback`` is the text that phones show in their notification. Each text is marked ``verbatim``, so that Slack
    does not look for links, channels or mentions in it.
    """
    document = largest_that_fits(content, _document, _fits)
    return Notification(neutralise(content.title, MAX_TITLE), plain.body, document=document)


def _fits(document: Document) -> bool:
    return ascii_size(document) <= MAX_DOCUMENT and len(document["blocks"]) <= MAX_BLOCKS


def _document(content: MessageContent) -> Document:
    fallback = neutralise(f"{content.title}{content.delivery_notes_text}", MAX_TITLE + 80)
    return {"color": severity_colour(content.severity), "fallback": fallback, "blocks": list(_blocks(content))}


def _blocks(content: MessageContent) -> Iterator[Document]:
    title = SLACK.bold(to_markup((TextRun(content.title),), SLACK, MAX_TITLE))
    lead = [title, opening(content, SLACK, MAX_TEXT - utf16_units(title) - 1)]
    if len(content.details) != 1:
        yield from _section(lead)
        lead = []
    for hit in content.details:
        yield from _hit_blocks(hit, content, lead)
    for group in content.groups:
        heading = SLACK.bold(to_markup((TextRun(group.heading),), SLACK, 80)) if group.heading else ""
        yield from _sections([heading, *(summary_line_text(line, SLACK) for line in group.lines)])
    if content.omitted:
        yield from _context([f"and {content.omitted} more"])
    yield from _context([closing(content, SLACK, MAX_TEXT)])


def _hit_blocks(hit: HitDetails, content: MessageContent, lead: list[str]) -> Iterator[Document]:
    def lines(*kinds: LineKind) -> list[str]:
        notes = content.delivery_notes_text
        return [line_text(line, hit, SLACK, notes, max_units=MAX_TEXT) for line in hit.lines_of(*kinds)]

    yield from _section([*lead, *lines(LineKind.HIT_HEADING, LineKind.HEADLINE)])
    yield from _context(lines(LineKind.SOURCE))
    yield from _section(lines(LineKind.EXCERPT))
    yield from _context(lines(*_CONTEXT_LINES))
    yield from _context(["  ·  ".join(lines(LineKind.NEXT_STEPS, LineKind.HIT_NUMBER))])


def _sections(lines: Iterable[str]) -> Iterator[Document]:
    """Yield Slack section blocks that contain all *lines*; a new section begins when one is full."""
    text = BoundedText(MAX_TEXT)
    for line in lines:
        if not text.add(line, "\n"):
            yield from _section([text.text])
            text = BoundedText(MAX_TEXT)
            text.add(line)
    yield from _section([text.text])


def _section(lines: Iterable[str]) -> Iterator[Document]:
    if text := _lines_within_limit(lines):
        yield {"type": "section", "text": _mrkdwn(text)}


def _context(lines: Iterable[str]) -> Iterator[Document]:
    if text := _lines_within_limit(lines):
        yield {"type": "context", "elements": [_mrkdwn(text)]}


def _lines_within_limit(lines: Iterable[str]) -> str:
    text = BoundedText(MAX_TEXT)
    for line in lines:
        text.add(line, "\n")
    return text.text


def _mrkdwn(text: str) -> Document:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
