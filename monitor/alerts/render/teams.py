"""A message as an Adaptive Card for Teams, handed to Apprise as its template. Pure.

Text runs, unlike text blocks, are not read as Markdown: what a feed wrote stays text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from monitor.alerts.content.neutralise import neutralise
from monitor.alerts.content.pieces import Piece, harmless
from monitor.alerts.content.sheet import Card, Part, Row, Sheet
from monitor.alerts.render.fitting import Document, ascii_size, largest_that_fits
from monitor.alerts.render.plain import MAX_TITLE
from monitor.alerts.render.running_text import MAX_FACT
from monitor.model import Notification, Severity

# https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using: 28 KB
MAX_DOCUMENT = 27_000

_COLOURS = {Severity.CRITICAL: "attention", Severity.HIGH: "attention", Severity.MEDIUM: "warning"}
_SMALL = (Part.SOURCE, Part.NEXT, Part.NUMBER)


def render_teams(sheet: Sheet, plain: Notification) -> Notification:
    """Return *sheet* as one card; what does not fit is counted."""
    document = largest_that_fits(sheet, _message, lambda made: ascii_size(made) <= MAX_DOCUMENT)
    return Notification(neutralise(sheet.title, MAX_TITLE), plain.body, document=document)


def _message(sheet: Sheet) -> Document:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": list(_body(sheet)),
        "msteams": {"width": "Full"},
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _body(sheet: Sheet) -> Iterator[Document]:
    colour = _COLOURS.get(sheet.severity, "default") if sheet.severity else "default"
    yield _block(_runs((Piece(sheet.title),), MAX_TITLE, weight="bolder", size="large", color=colour))
    for text in filter(None, (sheet.why, sheet.summary)):
        yield _block(_runs((Piece(text),), MAX_FACT))
    yield from _facts(sheet.facts_before)
    for card in sheet.cards:
        yield from _card(card, sheet)
    for group in sheet.groups:
        if group.heading:
            yield _block(_runs((Piece(group.heading),), 80, weight="bolder"), separator=True)
        yield from (_block(_row(row)) for row in group.rows)
    if sheet.left_out:
        yield _block([_run(f"and {sheet.left_out} more")])
    yield from _closing(sheet)


def _closing(sheet: Sheet) -> Iterator[Document]:
    if sheet.heading:
        yield _block([_run(f"{sheet.heading}:", weight="bolder")], separator=True)
    yield from _facts(sheet.facts_after)
    if sheet.links:
        yield _block(_runs(sheet.links, MAX_FACT))
    if sheet.marks and not sheet.cards:
        yield _block([_run(sheet.marked.strip(), isSubtle=True)])


def _facts(facts: Iterable[str]) -> Iterator[Document]:
    return (_block(_runs((Piece(fact),), MAX_FACT)) for fact in facts)


def _card(card: Card, sheet: Sheet) -> Iterator[Document]:
    for n, line in enumerate(line for line in card.lines if line.part is not Part.LINK):
        style: Document = {"size": "small", "isSubtle": True} if line.part in _SMALL else {}
        runs = [_run(f"{line.label}: ", weight="bolder")] if line.label else []
        if line.part in (Part.HEADLINE, Part.HEAD):
            style = {"weight": "bolder"}
        shown = _runs(line.pieces, line.limit, **style)
        if line.part is Part.HEADLINE and card.link:
            shown = [run | _opens(card.link) for run in shown]
        marks = [_run(sheet.marked, **style)] if line.part is Part.NUMBER and sheet.marked else []
        yield _block([*runs, *shown, *marks], separator=n == 0)


def _row(row: Row) -> list[Document]:
    severity = [_run(f"[{row.severity.word.upper()}] ", weight="bolder")]
    headline = [run | (_opens(row.link) if row.link else {}) for run in _runs((Piece(row.headline),), 140)]
    told = "; ".join(filter(None, [row.amounts, row.source]))
    return [*severity, *headline, *_runs((Piece(f"({told}) #{row.hit}"),), 200, before=" ", isSubtle=True)]


def _runs(pieces: Iterable[Piece], limit: int, before: str = "", **style: Any) -> list[Document]:
    return [_styled(piece, before if n == 0 else "", style) for n, piece in enumerate(harmless(pieces, limit))]


def _styled(piece: Piece, before: str, style: Document) -> Document:
    marked = {"weight": "bolder", "highlight": True} if piece.marked else {}
    code = {"fontType": "monospace"} if piece.code else {}
    opens = _opens(piece.link) if piece.link else {}
    return _run(before + piece.text, **{**style, **marked, **code, **opens})


def _run(text: str, **style: Any) -> Document:
    return {"type": "TextRun", "text": text, **style}


def _opens(link: str) -> Document:
    return {"selectAction": {"type": "Action.OpenUrl", "url": link}}


def _block(runs: list[Document], *, separator: bool = False) -> Document:
    return {"type": "RichTextBlock", "inlines": runs, **({"separator": True} if separator else {})}
