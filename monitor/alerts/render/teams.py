"""Render a message as an Adaptive Card for Teams, JSON that Apprise sends unchanged as a message template.

The card uses text runs instead of text blocks, because Teams would interpret Markdown in text blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from monitor.alerts.content.message_content import HitDetails, LineKind, MessageContent, SummaryLine
from monitor.alerts.content.neutralise import neutralise
from monitor.alerts.content.page_links import separated
from monitor.alerts.content.text_runs import TextRun, neutralised_runs
from monitor.alerts.render.documents import Document, ascii_size, largest_that_fits
from monitor.alerts.render.plain import MAX_TITLE
from monitor.alerts.render.running_text import MAX_FACT
from monitor.model import Notification, Severity

# https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using: 28 KB
MAX_DOCUMENT = 27_000

_COLOURS = {Severity.CRITICAL: "attention", Severity.HIGH: "attention", Severity.MEDIUM: "warning"}
_SMALL = (LineKind.SOURCE, LineKind.NEXT_STEPS, LineKind.HIT_NUMBER)


def render_teams(content: MessageContent, plain: Notification) -> Notification:
    """Return a message for Teams as one Adaptive Card; hits that do not fit are only counted."""
    document = largest_that_fits(content, _message, lambda rendered: ascii_size(rendered) <= MAX_DOCUMENT)
    return Notification(neutralise(content.title, MAX_TITLE), plain.body, document=document)


def _message(content: MessageContent) -> Document:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": list(_body(content)),
        "msteams": {"width": "Full"},
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _body(content: MessageContent) -> Iterator[Document]:
    colour = _COLOURS.get(content.severity, "default") if content.severity else "default"
    yield _block(_inlines((TextRun(content.title),), MAX_TITLE, weight="bolder", size="large", color=colour))
    for text in filter(None, (content.cause, content.severity_summary)):
        yield _block(_inlines((TextRun(text),), MAX_FACT))
    yield from _facts(content.facts_above_hits)
    for hit in content.details:
        yield from _hit_blocks(hit, content)
    for group in content.groups:
        if group.heading:
            yield _block(_inlines((TextRun(group.heading),), 80, weight="bolder"), separator=True)
        yield from (_block(_summary_line(line)) for line in group.lines)
    if content.omitted:
        yield _block([_inline(f"and {content.omitted} more")])
    yield from _closing(content)


def _closing(content: MessageContent) -> Iterator[Document]:
    if content.facts_heading:
        yield _block([_inline(f"{content.facts_heading}:", weight="bolder")], separator=True)
    yield from _facts(content.facts_below_hits)
    if content.page_links:
        yield _block(_inlines(content.page_links, MAX_FACT))
    if content.delivery_notes and not content.details:
        yield _block([_inline(content.delivery_notes_text.strip(), isSubtle=True)])


def _facts(facts: Iterable[str]) -> Iterator[Document]:
    return (_block(_inlines((TextRun(fact),), MAX_FACT)) for fact in facts)


def _hit_blocks(hit: HitDetails, content: MessageContent) -> Iterator[Document]:
    for n, line in enumerate(line for line in hit.lines if line.kind is not LineKind.LINK):
        style: Document = {"size": "small", "isSubtle": True} if line.kind in _SMALL else {}
        label = [_inline(f"{line.label}: ", weight="bolder")] if line.label else []
        if line.kind in (LineKind.HEADLINE, LineKind.HIT_HEADING):
            style = {"weight": "bolder"}
        inlines = _inlines(line.runs, line.limit, **style)
        if line.kind is LineKind.HEADLINE and hit.link:
            inlines = [inline | _opens(hit.link) for inline in inlines]
        has_notes = line.kind is LineKind.HIT_NUMBER and content.delivery_notes
        notes = [_inline(content.delivery_notes_text, **style)] if has_notes else []
        yield _block([*label, *inlines, *notes], separator=n == 0)


def _summary_line(line: SummaryLine) -> list[Document]:
    severity = _inline(f"[{line.severity.word.upper()}] ", weight="bolder")
    headline = [
        inline | (_opens(line.link) if line.link else {}) for inline in _inlines((TextRun(line.headline),), 140)
    ]
    remarks = "; ".join(filter(None, [line.amounts, line.source]))
    rest = "; ".join(filter(None, [f"({remarks}) #{line.hit}", line.reason]))
    page = _inlines(separated(line.page_links), MAX_FACT, before="  ") if line.page_links else []
    return [severity, *headline, *_inlines((TextRun(rest),), 400, before=" ", isSubtle=True), *page]


def _inlines(runs: Iterable[TextRun], limit: int, before: str = "", **style: Any) -> list[Document]:
    return [_styled(run, before if n == 0 else "", style) for n, run in enumerate(neutralised_runs(runs, limit))]


def _styled(run: TextRun, before: str, style: Document) -> Document:
    mention = {"weight": "bolder", "highlight": True} if run.is_mention else {}
    code = {"fontType": "monospace"} if run.is_code else {}
    opens = _opens(run.link) if run.link else {}
    return _inline(before + run.text, **{**style, **mention, **code, **opens})


def _inline(text: str, **style: Any) -> Document:
    return {"type": "TextRun", "text": text, **style}


def _opens(link: str) -> Document:
    return {"selectAction": {"type": "Action.OpenUrl", "url": link}}


def _block(inlines: list[Document], *, separator: bool = False) -> Document:
    return {"type": "RichTextBlock", "inlines": inlines, **({"separator": True} if separator else {})}
