"""A sheet as running text, in any dialect, with the most important lines where there is little room. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from monitor.alerts.content.pieces import Dialect, Piece, units, written, written_within
from monitor.alerts.content.sheet import Card, Line, Part, Row, Sheet

MAX_FACT = 300  # characters of a line that a annotation brings
_ROW_HEADLINE = 140
_ROW_SOURCE = 160
_WORTH_CUTTING = 24  # a line that is cut shorter says nothing


class Page:
    """Text that grows while there is room, counted in units of UTF-16."""

    def __init__(self, room: int) -> None:
        self.text = ""
        self.room = room

    def left(self, gap: str) -> int:
        """Return how much fits after *gap*."""
        return self.room - units(self.text) - (units(gap) if self.text else 0)

    def add(self, text: str, gap: str = "\n\n") -> bool:
        """Put *text* behind *gap* and return True, or leave all as it is when there is no room for it."""
        if not text or units(text) > self.left(gap):
            return False
        self.text += f"{gap if self.text else ''}{text}"
        return True


def body_text(sheet: Sheet, dialect: Dialect, room: int) -> str:
    """Return all of *sheet* but its title, *room* units of UTF-16 long at most.

    Cards and rows are taken while there is room, and the rest is counted. However little room there is, the first
    card has its most important lines.
    """
    tail = closing(sheet, dialect, room // 3 if sheet.total else room)
    reserved = units(f"\n\nand {sheet.total} more") + (units(tail) + 2 if tail else 0)
    page = Page(max(0, room - reserved))
    page.add(opening(sheet, dialect, page.room // 3))
    shown = _fill(page, sheet, dialect)
    page.room = room
    if shown < sheet.total:
        page.add(f"and {sheet.total - shown} more", "\n\n" if sheet.cards else "\n")
    page.add(tail)
    return page.text


def _fill(page: Page, sheet: Sheet, dialect: Dialect) -> int:
    """Put cards and rows on *page* and return how many there was room for."""
    shown = 0
    for card in sheet.cards:
        whole = card_text(card, dialect, sheet.marked)
        if not page.add(whole) and (shown or not page.add(fitted_card(card, dialect, sheet.marked, page.left("\n\n")))):
            return shown
        shown += 1
    for group in sheet.groups:
        heading = f"{dialect.strong(written((Piece(group.heading),), dialect, 80))}\n" if group.heading else ""
        for n, row in enumerate(group.rows):
            before, gap = ("", "\n") if n else (heading, "\n\n")
            if not any(page.add(before + text, gap) for text in (row_text(row, dialect), short_row(row, dialect))):
                return shown
            shown += 1
    return shown


def opening(sheet: Sheet, dialect: Dialect, room: int) -> str:
    """Return what stands before the hits: what called for it, what it comes to, a few facts; may be empty."""
    page = Page(room)
    if sheet.why and sheet.why != sheet.words:
        page.add(written_within((Piece(sheet.why),), dialect, MAX_FACT, page.left("")))
    page.add(written((Piece(sheet.summary),), dialect, MAX_FACT), "\n")
    _add_facts(page, sheet.facts_before, dialect)
    return page.text


def closing(sheet: Sheet, dialect: Dialect, room: int) -> str:
    """Return what stands after the hits: the facts of the annotation, links, and the marks when no card has them."""
    marks = "" if sheet.cards or not sheet.marks else dialect.text(sheet.marked.strip())
    page = Page(max(0, room - units(marks) - 1))
    page.add(dialect.strong(dialect.text(f"{sheet.heading}:")) if sheet.heading else "")
    _add_facts(page, sheet.facts_after, dialect)
    page.add(written(sheet.links, dialect, MAX_FACT), "\n")
    page.room = room
    page.add(marks, "\n")
    return page.text


def _add_facts(page: Page, facts: Sequence[str], dialect: Dialect) -> None:
    for n, fact in enumerate(facts):
        if not page.add(written((Piece(fact),), dialect, MAX_FACT), "\n"):
            page.add(f"and {len(facts) - n} more", "\n")
            return


def card_text(card: Card, dialect: Dialect, marks: str) -> str:
    """Return a hit in full, a line for each thing there is to say."""
    return "\n".join(filter(None, (line_text(line, card, dialect, marks) for line in card.lines)))


def fitted_card(card: Card, dialect: Dialect, marks: str, room: int) -> str:
    """Return the most important lines of *card* that *room* has place for, in reading order."""
    kept: dict[int, str] = {}
    left = room + 1
    for n, line in sorted(enumerate(card.lines), key=lambda numbered: numbered[1].part):
        text = line_text(line, card, dialect, marks)
        if units(text) + 1 > left and line.part is not Part.LINK and left > _WORTH_CUTTING:
            text = line_text(line, card, dialect, marks, room=left - 1)
        if text and units(text) + 1 <= left:
            kept[n] = text
            left -= units(text) + 1
    return "\n".join(kept[n] for n in sorted(kept))


def line_text(line: Line, card: Card, dialect: Dialect, marks: str, room: int = 100_000) -> str:
    """Return one line of *card*, at most *room* units long; empty when the dialect has its content elsewhere."""
    if line.part is Part.LINK and dialect.linked:
        return ""
    before = f"{dialect.strong(line.label + ':')} " if line.label else ""
    after = dialect.text(marks) if line.part is Part.NUMBER else ""
    wrap = _wrap(line.part, dialect, card.link if dialect.linked else "")
    pieces = line.pieces
    if line.part is Part.HEADLINE and dialect.linked:
        # inside a link, Slack shows the marks themselves
        pieces = tuple(replace(piece, marked=False) for piece in pieces)
    text = written_within(pieces, dialect, line.limit, room - units(before + after + wrap("")))
    return f"{before}{wrap(text)}{after}" if text else ""


def _wrap(part: Part, dialect: Dialect, link: str) -> Callable[[str], str]:
    if part is Part.AROUND:
        return dialect.quote
    if part is Part.HEADLINE and link:
        return lambda text: dialect.link(text, link)
    return dialect.strong if part is Part.HEAD else str


def short_row(row: Row, dialect: Dialect) -> str:
    """Return a story, or one more hit, as no more than its headline and number."""
    headline = written((Piece(row.headline),), dialect, _ROW_HEADLINE)
    return f"{dialect.text(f'[{row.severity.word.upper()}]')} {headline} #{row.hit}"


def row_text(row: Row, dialect: Dialect) -> str:
    """Return a story, or one more hit, in one line, its address in a second one unless the headline is the link."""
    headline = written((Piece(row.headline),), dialect, _ROW_HEADLINE)
    shown = dialect.link(headline, row.link) if dialect.linked and row.link else headline
    amounts = written((Piece(row.amounts),), dialect, 90)
    source = written((Piece(row.source),), dialect, _ROW_SOURCE)
    told = "; ".join(filter(None, [amounts, source]))
    line = f"{dialect.text(f'[{row.severity.word.upper()}]')} {shown} ({told}) #{row.hit}"
    return line if dialect.linked or not row.link else f"{line}\n  {row.link}"
