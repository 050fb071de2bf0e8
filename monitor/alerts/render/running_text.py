"""Render a message as running text in the markup of a service, the most important lines first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from monitor.alerts.content.message_content import DetailLine, HitDetails, LineKind, MessageContent, SummaryLine
from monitor.alerts.content.page_links import separated
from monitor.alerts.content.text_runs import Markup, TextRun, to_markup, to_markup_within, utf16_units

MAX_FACT = 300  # characters of a fact
_SUMMARY_HEADLINE = 140
_SUMMARY_SOURCE = 160
MAX_SUMMARY_REASON = 200
_MIN_SHORTENED = 24  # units; a line cut shorter than this is left out


class BoundedText:
    """Text that is built piece by piece, up to *max_units* UTF-16 code units."""

    def __init__(self, max_units: int) -> None:
        self.text = ""
        self.max_units = max_units

    def units_left(self, gap: str) -> int:
        """Return how many UTF-16 code units can still be added after the separator *gap*."""
        return self.max_units - utf16_units(self.text) - (utf16_units(gap) if self.text else 0)

    def add(self, text: str, gap: str = "\n\n") -> bool:
        """Append the separator *gap* and *text* and return True; append nothing and return False if they do not fit."""
        if not text or utf16_units(text) > self.units_left(gap):
            return False
        self.text += f"{gap if self.text else ''}{text}"
        return True


def body_text(content: MessageContent, markup: Markup, max_units: int) -> str:
    """Return the body of a message: everything in *content* except its title.

    Args:
        content: What the message says. Hits that do not fit are only counted; the first hit always gets its most
            important lines.
        markup: The markup of the service.
        max_units: The maximum length of the result, in UTF-16 code units.
    """
    text = ""
    for links in sorted({content.most_links, min(1, content.most_links), 0}, reverse=True):
        text, is_complete = _body_text(content.with_fewer_links(links), markup, max_units)
        if is_complete:
            break
    return text


def _body_text(content: MessageContent, markup: Markup, max_units: int) -> tuple[str, bool]:
    """Return the body of a message, and whether it contains everything at full length."""
    tail = closing(content, markup, max_units // 3 if content.total else max_units)
    reserved = utf16_units(f"\n\nand {content.total} more") + (utf16_units(tail) + 2 if tail else 0)
    body = BoundedText(max(0, max_units - reserved))
    body.add(opening(content, markup, body.max_units // 3))
    shown, is_complete = _add_hits(body, content, markup)
    body.max_units = max_units
    if shown < content.total:
        body.add(f"and {content.total - shown} more", "\n\n" if content.details else "\n")
    body.add(tail)
    return body.text, is_complete and shown == content.total


def _add_hits(body: BoundedText, content: MessageContent, markup: Markup) -> tuple[int, bool]:
    """Append hits to *body* while they fit; return how many were appended, and whether all of them are uncut."""
    shown, is_complete = 0, True
    notes = content.delivery_notes_text
    for hit in content.details:
        if not body.add(details_text(hit, markup, notes)):
            first = not shown and details_within(hit, markup, notes, body.units_left("\n\n"))
            if not (first and body.add(first)):
                return shown, False
            is_complete = False
        shown += 1
    for group in content.groups:
        heading = f"{markup.bold(to_markup((TextRun(group.heading),), markup, 80))}\n" if group.heading else ""
        for n, line in enumerate(group.lines):
            before, gap = ("", "\n") if n else (heading, "\n\n")
            versions = (summary_line_text(line, markup), short_summary_line_text(line, markup))
            added = next((text for text in versions if body.add(before + text, gap)), None)
            if added is None:
                return shown, False
            is_complete = is_complete and added is versions[0]
            shown += 1
    return shown, is_complete


def opening(content: MessageContent, markup: Markup, max_units: int) -> str:
    """Return the beginning of a message: its cause, severity counts, and lines such as "feed x is down"; may be empty.

    Args:
        content: What the message says.
        markup: The markup of the service.
        max_units: The maximum length of the result, in UTF-16 code units.
    """
    text = BoundedText(max_units)
    if content.cause and content.cause != content.topic:
        text.add(to_markup_within((TextRun(content.cause),), markup, MAX_FACT, text.units_left("")))
    text.add(to_markup((TextRun(content.severity_summary),), markup, MAX_FACT), "\n")
    _add_facts(text, content.facts_above_hits, markup)
    return text.text


def closing(content: MessageContent, markup: Markup, max_units: int) -> str:
    """Return the end of a message: lines such as "feed x is down", links to the web page, and delivery notes.

    Delivery notes are included only if the message shows no hit in detail, because a detailed hit carries them itself.

    Args:
        content: What the message says.
        markup: The markup of the service.
        max_units: The maximum length of the result, in UTF-16 code units.
    """
    notes = "" if content.details else markup.escape(content.delivery_notes_text.strip())
    text = BoundedText(max(0, max_units - utf16_units(notes) - 1))
    text.add(markup.bold(markup.escape(f"{content.facts_heading}:")) if content.facts_heading else "")
    _add_facts(text, content.facts_below_hits, markup)
    text.add(to_markup(content.page_links, markup, MAX_FACT), "\n")
    text.max_units = max_units
    text.add(notes, "\n")
    return text.text


def _add_facts(text: BoundedText, facts: Sequence[str], markup: Markup) -> None:
    for n, fact in enumerate(facts):
        if not text.add(to_markup((TextRun(fact),), markup, MAX_FACT), "\n"):
            text.add(f"and {len(facts) - n} more", "\n")
            return


def details_text(hit: HitDetails, markup: Markup, delivery_notes: str) -> str:
    """Return all lines of a message about one hit.

    Args:
        hit: The hit.
        markup: The markup of the service.
        delivery_notes: Text to add after the hit number, such as `` (possible repeat)``; may be empty.
    """
    return "\n".join(filter(None, (line_text(line, hit, markup, delivery_notes) for line in hit.lines)))


def details_within(hit: HitDetails, markup: Markup, delivery_notes: str, max_units: int) -> str:
    """Return the most important lines about one hit that fit into *max_units*, in reading order.

    Args:
        hit: The hit.
        markup: The markup of the service.
        delivery_notes: Text to add after the hit number, such as `` (possible repeat)``; may be empty.
        max_units: The maximum length of the result, in UTF-16 code units.
    """
    kept: dict[int, str] = {}
    left = max_units + 1
    for n, line in sorted(enumerate(hit.lines), key=lambda numbered: numbered[1].kind):
        text = line_text(line, hit, markup, delivery_notes)
        if utf16_units(text) + 1 > left and line.kind is not LineKind.LINK and left > _MIN_SHORTENED:
            text = line_text(line, hit, markup, delivery_notes, max_units=left - 1)
        if text and utf16_units(text) + 1 <= left:
            kept[n] = text
            left -= utf16_units(text) + 1
    return "\n".join(kept[n] for n in sorted(kept))


def line_text(line: DetailLine, hit: HitDetails, markup: Markup, delivery_notes: str, max_units: int = 100_000) -> str:
    """Return one line about a hit in the markup of a service; empty if nothing fits, or if it is shown elsewhere.

    The link line is shown elsewhere if the headline itself is the link.

    Args:
        line: One of the lines of *hit*.
        hit: The hit.
        markup: The markup of the service.
        delivery_notes: Text to add after the hit number, such as `` (possible repeat)``; may be empty.
        max_units: The maximum length of the result, in UTF-16 code units.
    """
    if line.kind is LineKind.LINK and markup.links_headlines:
        return ""
    before = f"{markup.bold(line.label + ':')} " if line.label else ""
    after = markup.escape(delivery_notes) if line.kind is LineKind.HIT_NUMBER else ""
    wrap = _wrapper(line.kind, markup, hit.link if markup.links_headlines else "")
    runs = line.runs
    if line.kind is LineKind.HEADLINE and markup.links_headlines:
        # Slack does not format text inside a link, and would show the characters of the markup
        runs = tuple(replace(run, is_mention=False) for run in runs)
    text = to_markup_within(runs, markup, line.limit, max_units - utf16_units(before + after + wrap("")))
    return f"{before}{wrap(text)}{after}" if text else ""


def _wrapper(kind: LineKind, markup: Markup, link: str) -> Callable[[str], str]:
    if kind is LineKind.EXCERPT:
        return markup.quote
    if kind is LineKind.HEADLINE and link:
        return lambda text: markup.link(text, link)
    return markup.bold if kind is LineKind.HIT_HEADING else str


def short_summary_line_text(line: SummaryLine, markup: Markup) -> str:
    """Return a line of a digest or summary with only severity, headline and hit number."""
    headline = to_markup((TextRun(line.headline),), markup, _SUMMARY_HEADLINE)
    return f"{markup.escape(f'[{line.severity.word.upper()}]')} {headline} #{line.hit}"


def summary_line_text(line: SummaryLine, markup: Markup) -> str:
    """Return the text of one story or hit in a digest or summary; its reason is on a second line.

    The address of the article follows, unless the headline is the link, and the links to the web page.
    """
    headline = to_markup((TextRun(line.headline),), markup, _SUMMARY_HEADLINE)
    shown = markup.link(headline, line.link) if markup.links_headlines and line.link else headline
    amounts = to_markup((TextRun(line.amounts),), markup, 90)
    source = to_markup((TextRun(line.source),), markup, _SUMMARY_SOURCE)
    remarks = "; ".join(filter(None, [amounts, source]))
    text = f"{markup.escape(f'[{line.severity.word.upper()}]')} {shown} ({remarks}) #{line.hit}"
    reason = to_markup((TextRun(line.reason),), markup, MAX_SUMMARY_REASON)
    link = "" if markup.links_headlines else line.link
    page = to_markup(separated(line.page_links), markup, MAX_FACT)
    return "\n  ".join(filter(None, [text, reason, link, page]))
