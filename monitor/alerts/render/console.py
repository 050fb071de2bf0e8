"""A message as boxes for a terminal. Pure: width and colour are arguments."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.alerts.content.compose import Composer
from monitor.alerts.content.neutralise import cut, printable
from monitor.alerts.content.pieces import Piece, harmless
from monitor.alerts.content.sheet import Card, Group, Line, Part, Sheet
from monitor.alerts.content.wording import shortened
from monitor.alerts.render.running_text import MAX_FACT
from monitor.model import Message, Severity

if TYPE_CHECKING:
    from rich.text import Text  # rich takes 100 ms to import: functions import it

MIN_WIDTH = 40

# styles as rich writes them
_BORDER = {Severity.CRITICAL: "red", Severity.HIGH: "color(208)", Severity.MEDIUM: "yellow", Severity.LOW: "cyan"}
_MENTION = "not bold not dim black on color(179)"
_DIM = (Part.SOURCE, Part.CHANGED, Part.WHY, Part.FOUND, Part.GOES_ON, Part.NOTE, Part.LINK)


def render_console(
    message: Message, *, zone: ZoneInfo, now: datetime, width: int, colour: bool, label: str = ""
) -> str:
    """Return *message* as boxes, without a line end after the last.

    The first 10 hits have a box each, 30 more have a line each, the others are counted. Text of a feed is never
    read as rich's markup.

    Args:
        message: What to show.
        zone: The time zone of all times.
        now: The current time.
        width: Of the boxes, in columns; at least 40.
        colour: False: there is no escape sequence in the result, and mentions stand between ``**``.
        label: Shown in place of the severity or the kind; empty: show these.
    """
    sheet = Composer(message, zone=zone, now=now).sheet()
    boxes = _Boxes(max(MIN_WIDTH, width), colour)
    boxes.draw(replace(sheet, label=label or sheet.label))
    return boxes.drawn()


class _Boxes:
    """Draws boxes of one width."""

    def __init__(self, width: int, colour: bool) -> None:
        from rich.console import Console

        self._colour = colour
        self._out = io.StringIO()
        self._console = Console(
            file=self._out,
            width=width,
            color_system="256" if colour else None,
            force_terminal=colour,
            no_color=not colour,
            legacy_windows=False,
            _environ={},  # nothing but the arguments decides how it looks
        )

    def drawn(self) -> str:
        """Return what was drawn so far."""
        return self._out.getvalue().removesuffix("\n")

    def draw(self, sheet: Sheet) -> None:
        """Draw the boxes of *sheet*, from top to bottom."""
        if len(sheet.cards) == 1:
            body = [*self._opening(sheet), *self._card(sheet.cards[0])]
            self._box(_title(sheet), f"#{sheet.cards[0].hit}{sheet.marked}", body, sheet.severity)
            return
        body = [*self._opening(sheet), *self._groups(sheet.groups if not sheet.cards else ()), *self._facts(sheet)]
        self._box(_title(sheet), sheet.marked.strip(), body, sheet.severity)
        for card in sheet.cards:
            self._box(_head(card), f"#{card.hit}", self._card(card), card.severity)
        if sheet.cards and (rest := [*self._groups(sheet.groups), *self._more(sheet)]):
            self._box("Also", "", rest, None)

    def _box(self, title: str, subtitle: str, body: Iterable[Text], severity: Severity | None) -> None:
        from rich.panel import Panel
        from rich.text import Text

        lines = [line for text in body for line in text.wrap(self._console, self._console.width - 4) or [text]]
        for line in lines:
            line.rstrip()  # else the space after a mention at the end of a line has the mention's background
        box = Panel(
            Text("\n").join(lines),
            title=Text(title) if title else None,
            title_align="left",
            subtitle=Text(subtitle) if subtitle else None,
            subtitle_align="right",
            border_style=_BORDER[severity] if severity else "none",
        )
        self._console.print(box)

    def _opening(self, sheet: Sheet) -> Iterator[Text]:
        if sheet.why and sheet.why != sheet.words:
            yield _text(sheet.why, MAX_FACT)
        if sheet.summary:
            yield _text(sheet.summary, MAX_FACT)
        for fact in sheet.facts_before:
            yield _text(fact, MAX_FACT)

    def _card(self, card: Card) -> Iterator[Text]:
        for line in card.of(Part.HEADLINE, Part.AROUND):
            yield self._line(line, "bold" if line.part is Part.HEADLINE else "")
        yield _text("", 0)
        for line in sorted(card.of(*_DIM), key=lambda line: line.part is Part.LINK):
            yield self._line(line, "dim", f"{line.label.lower()}: " if line.label else "")

    def _groups(self, groups: Iterable[Group]) -> Iterator[Text]:
        for group in groups:
            yield _text("", 0)
            if group.heading:
                yield _text(group.heading, 80, "bold")
            for row in group.rows:
                details = "; ".join(filter(None, [row.amounts, row.source]))
                yield _text(f"[{row.severity.word.upper()}] {row.headline} ({details}) #{row.hit}", 400)
                if row.link:
                    yield _text(row.link, 2000, "dim")

    def _facts(self, sheet: Sheet) -> Iterator[Text]:
        if sheet.heading:
            yield _text("", 0)
            yield _text(f"{sheet.heading}:", 80, "bold")
        for fact in sheet.facts_after:
            yield _text(fact, MAX_FACT)
        if not sheet.cards:
            yield from self._more(sheet)

    def _more(self, sheet: Sheet) -> Iterator[Text]:
        if sheet.left_out:
            yield _text(f"and {sheet.left_out} more", 80)

    def _line(self, line: Line, style: str, before: str = "") -> Text:
        from rich.text import Text

        limit = 2000 if line.part is Part.LINK else line.limit
        pieces = [Piece(before), *line.pieces] if before else list(line.pieces)
        text = Text(overflow="fold", style=style)
        # a terminal acts on nothing that is printable, so the text stays as it was written
        for piece in harmless([replace(piece, own=True) for piece in pieces], limit):
            shown = shortened(piece.text) if piece.code else piece.text
            if piece.marked and not self._colour:
                shown = f"**{shown}**"
            text.append(shown, _MENTION if piece.marked else None)
        return text


def _text(text: str, limit: int, style: str = "") -> Text:
    from rich.text import Text

    return Text(cut(printable(text[: 4 * limit]), limit), style=style, overflow="fold")


def _title(sheet: Sheet) -> str:
    return "  ".join(printable(cut(text, 150)) for text in (sheet.label, sheet.words, sheet.amounts) if text)


def _head(card: Card) -> str:
    return "".join(printable(cut(piece.text, 150)) for line in card.of(Part.HEAD) for piece in line.pieces)
