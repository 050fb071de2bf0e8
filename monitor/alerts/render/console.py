"""A message as boxes for a terminal. Pure: width and colour are arguments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.alerts.content.compose import Composer
from monitor.alerts.content.neutralise import cut, printable
from monitor.alerts.content.pieces import Piece, harmless
from monitor.alerts.content.sheet import Card, Group, Line, Part, Sheet
from monitor.alerts.content.wording import shortened
from monitor.alerts.render.running_text import MAX_FACT
from monitor.alerts.render.terminal_cells import Cell, Style, columns, fitted, paint, painted, width_of, wrapped
from monitor.model import Message, Severity

MIN_WIDTH = 40

_FRAME = {Severity.CRITICAL: "31", Severity.HIGH: "38;5;208", Severity.MEDIUM: "33", Severity.LOW: "36"}
# the rest is on the frame, or would be typed right here
_DIM = (Part.SOURCE, Part.CHANGED, Part.WHY, Part.FOUND, Part.GOES_ON, Part.NOTE, Part.LINK)


def render_console(
    message: Message, *, zone: ZoneInfo, now: datetime, width: int, colour: bool, label: str = ""
) -> str:
    """Return *message* as boxes *width* columns wide, at least 40, without a line end after the last.

    Without *colour* there is no escape sequence in it, and mentions stand between ``**``. The first 10 hits have a
    box, 30 more a line, the rest is counted. *label* stands in place of the severity or the kind.
    """
    sheet = Composer(message, zone=zone, now=now).sheet()
    boxes = _Boxes(max(MIN_WIDTH, width), colour)
    return "\n".join(boxes.of(replace(sheet, label=label or sheet.label)))


class _Boxes:
    """Draws boxes of one width."""

    def __init__(self, width: int, colour: bool) -> None:
        self._width = width
        self._room = width - 4
        self._colour = colour

    def of(self, sheet: Sheet) -> Iterator[str]:
        """Yield the boxes of *sheet*, from top to bottom."""
        if len(sheet.cards) == 1:
            body = [*self._opening(sheet), *self._card(sheet.cards[0])]
            yield self._box(_title(sheet), f"#{sheet.cards[0].hit}{sheet.marked}", body, sheet.severity)
            return
        body = [*self._opening(sheet), *self._groups(sheet.groups if not sheet.cards else ()), *self._facts(sheet)]
        yield self._box(_title(sheet), sheet.marked.strip(), body, sheet.severity)
        for card in sheet.cards:
            yield self._box(_head(card), f"#{card.hit}", list(self._card(card)), card.severity)
        if sheet.cards and (rest := [*self._groups(sheet.groups), *self._more(sheet)]):
            yield self._box("Also", "", rest, None)

    def _box(self, label: str, tail: str, body: Iterable[list[Cell]], severity: Severity | None) -> str:
        frame = _FRAME[severity] if severity and self._colour else ""
        side = paint("│", frame)
        rows = [f"{side} {painted(line, self._colour)}{' ' * (self._room - width_of(line))} {side}" for line in body]
        label = f"{fitted(label, self._width - 8)} " if label else ""
        tail = f" {fitted(tail, self._width - 8)} " if tail else ""
        top = f"╭─ {label}{'─' * (self._width - 4 - columns(label))}╮"
        bottom = f"╰{'─' * (self._width - 3 - columns(tail))}{tail}─╯"
        return "\n".join([paint(top, frame), *rows, paint(bottom, frame)])

    def _opening(self, sheet: Sheet) -> Iterator[list[Cell]]:
        if sheet.why and sheet.why != sheet.words:
            yield from self._text(sheet.why, MAX_FACT)
        if sheet.summary:
            yield from self._text(sheet.summary, MAX_FACT)
        for fact in sheet.facts_before:
            yield from self._text(fact, MAX_FACT)

    def _card(self, card: Card) -> Iterator[list[Cell]]:
        for line in card.of(Part.HEADLINE, Part.AROUND):
            yield from self._line(line, Style.BOLD if line.part is Part.HEADLINE else Style.PLAIN)
        yield []
        for line in sorted(card.of(*_DIM), key=lambda line: line.part is Part.LINK):
            yield from self._line(line, Style.DIM, f"{line.label.lower()}: " if line.label else "")

    def _groups(self, groups: Iterable[Group]) -> Iterator[list[Cell]]:
        for group in groups:
            yield []
            yield from self._text(group.heading, 80, Style.BOLD)
            for row in group.rows:
                told = "; ".join(filter(None, [row.amounts, row.source]))
                yield from self._text(f"[{row.severity.word.upper()}] {row.headline} ({told}) #{row.hit}", 400)
                yield from self._text(row.link, 2000, Style.DIM)

    def _facts(self, sheet: Sheet) -> Iterator[list[Cell]]:
        if sheet.heading:
            yield []
            yield from self._text(f"{sheet.heading}:", 80, Style.BOLD)
        for fact in sheet.facts_after:
            yield from self._text(fact, MAX_FACT)
        if not sheet.cards:
            yield from self._more(sheet)

    def _more(self, sheet: Sheet) -> Iterator[list[Cell]]:
        if sheet.left_out:
            yield from self._text(f"and {sheet.left_out} more", 80)

    def _line(self, line: Line, style: Style, before: str = "") -> Iterator[list[Cell]]:
        limit = 2000 if line.part is Part.LINK else line.limit
        pieces = [Piece(before), *line.pieces] if before else list(line.pieces)
        # nothing is live on a terminal: what can be printed stays as it was written
        shown = harmless([replace(piece, own=True) for piece in pieces], limit)
        return wrapped(self._cells(shown, style), self._room)

    def _text(self, text: str, limit: int, style: Style = Style.PLAIN) -> Iterator[list[Cell]]:
        return wrapped([(char, style) for char in cut(printable(text[: 4 * limit]), limit)], self._room)

    def _cells(self, pieces: Iterable[Piece], style: Style) -> list[Cell]:
        cells: list[Cell] = []
        for piece in pieces:
            text = shortened(piece.text) if piece.code else piece.text
            shown = f"**{text}**" if piece.marked and not self._colour else text
            cells += [(char, Style.MARK if piece.marked else style) for char in shown]
        return cells


def _title(sheet: Sheet) -> str:
    return "  ".join(printable(cut(text, 150)) for text in (sheet.label, sheet.words, sheet.amounts) if text)


def _head(card: Card) -> str:
    return "".join(printable(cut(piece.text, 150)) for line in card.of(Part.HEAD) for piece in line.pieces)
