"""A message as Slack blocks, made by us and handed to Apprise as its template. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from monitor.alerts.content.neutralise import neutralise
from monitor.alerts.content.pieces import Piece, units, written
from monitor.alerts.content.sheet import Card, Part, Sheet
from monitor.alerts.render.colours import colour_of
from monitor.alerts.render.fitting import Document, ascii_size, largest_that_fits
from monitor.alerts.render.markup import SLACK
from monitor.alerts.render.plain import MAX_TITLE
from monitor.alerts.render.running_text import Page, closing, line_text, opening, row_text
from monitor.model import Notification

# https://docs.slack.dev/reference/block-kit/blocks
MAX_BLOCKS = 50
MAX_TEXT = 3000
MAX_DOCUMENT = 35_000  # bytes; Apprise takes no larger template

_FACTS = (Part.CHANGED, Part.WHY, Part.FOUND, Part.GOES_ON, Part.NOTE)


def render_slack(sheet: Sheet, plain: Notification) -> Notification:
    """Return *sheet* as one attachment with blocks; what does not fit is counted.

    ``fallback`` is what a phone shows of it. Every text is ``verbatim``, so that Slack looks for no links, channels
    or mentions in it.
    """
    document = largest_that_fits(sheet, _document, _fits)
    return Notification(neutralise(sheet.title, MAX_TITLE), plain.body, document=document)


def _fits(document: Document) -> bool:
    return ascii_size(document) <= MAX_DOCUMENT and len(document["blocks"]) <= MAX_BLOCKS


def _document(sheet: Sheet) -> Document:
    fallback = neutralise(f"{sheet.title}{sheet.marked}", MAX_TITLE + 80)
    return {"color": colour_of(sheet.severity), "fallback": fallback, "blocks": list(_blocks(sheet))}


def _blocks(sheet: Sheet) -> Iterator[Document]:
    title = SLACK.strong(written((Piece(sheet.title),), SLACK, MAX_TITLE))
    lead = [title, opening(sheet, SLACK, MAX_TEXT - units(title) - 1)]
    if len(sheet.cards) != 1:
        yield from _section(lead)
        lead = []
    for card in sheet.cards:
        yield from _card(card, sheet, lead)
    for group in sheet.groups:
        heading = SLACK.strong(written((Piece(group.heading),), SLACK, 80)) if group.heading else ""
        yield from _sections([heading, *(row_text(row, SLACK) for row in group.rows)])
    if sheet.left_out:
        yield from _context([f"and {sheet.left_out} more"])
    yield from _context([closing(sheet, SLACK, MAX_TEXT)])


def _card(card: Card, sheet: Sheet, lead: list[str]) -> Iterator[Document]:
    def lines(*parts: Part) -> list[str]:
        return [line_text(line, card, SLACK, sheet.marked, room=MAX_TEXT) for line in card.of(*parts)]

    yield from _section([*lead, *lines(Part.HEAD, Part.HEADLINE)])
    yield from _context(lines(Part.SOURCE))
    yield from _section(lines(Part.AROUND))
    yield from _context(lines(*_FACTS))
    yield from _context(["  ·  ".join(lines(Part.NEXT, Part.NUMBER))])


def _sections(lines: Iterable[str]) -> Iterator[Document]:
    """Yield as many sections as *lines* take."""
    page = Page(MAX_TEXT)
    for line in lines:
        if not page.add(line, "\n"):
            yield from _section([page.text])
            page = Page(MAX_TEXT)
            page.add(line)
    yield from _section([page.text])


def _section(lines: Iterable[str]) -> Iterator[Document]:
    if text := _joined(lines):
        yield {"type": "section", "text": _mrkdwn(text)}


def _context(lines: Iterable[str]) -> Iterator[Document]:
    if text := _joined(lines):
        yield {"type": "context", "elements": [_mrkdwn(text)]}


def _joined(lines: Iterable[str]) -> str:
    page = Page(MAX_TEXT)
    for line in lines:
        page.add(line, "\n")
    return page.text


def _mrkdwn(text: str) -> Document:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
