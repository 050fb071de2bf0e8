"""A delivery as boxes for a terminal, one for each hit. Pure: width and colour are arguments."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from monitor.alerts.clean import cut, printable, safe_link
from monitor.alerts.excerpt import Piece, as_pieces, headline, mention_names, words_around
from monitor.alerts.render import IN_FULL, MAX_HEADLINE, MAX_REASON, found_words, largest_amounts, seen_words
from monitor.model import Delivery, Hit, Message, Severity

MIN_WIDTH = 40


class Style(StrEnum):
    """How a stretch of text looks: the parameters of SGR (ECMA-48 section 8.3.117)."""

    PLAIN = ""
    BOLD = "1"
    DIM = "2"
    MARK = "30;48;5;179"


_FRAME = {Severity.CRITICAL: "31", Severity.HIGH: "38;5;208", Severity.MEDIUM: "33", Severity.LOW: "36"}

Cell = tuple[str, Style]  # one character


def render_console(message: Message, *, zone: ZoneInfo, now: datetime, width: int, colour: bool) -> str:
    """Return *message* as boxes *width* columns wide, at least 40, without a line end after the last.

    Without *colour* there is no escape sequence in it, and mentions stand between ``**``. The first 10 hits
    have a box, the rest are counted.
    """
    width = max(MIN_WIDTH, width)
    hits, delivery = message.hits, message.delivery
    boxes = [_box(hit, delivery, zone, now, width, colour) for hit in hits[:IN_FULL]]
    rest = [f"  and {len(hits) - IN_FULL} more"] if len(hits) > IN_FULL else []
    return "\n".join([*boxes, *rest])


def _box(hit: Hit, delivery: Delivery, zone: ZoneInfo, now: datetime, width: int, colour: bool) -> str:
    frame = _FRAME[hit.severity] if colour else ""
    amounts = ", ".join(amount.text for amount in largest_amounts([hit]))
    label = "  ".join(filter(None, [hit.severity.word.upper(), _names(hit), printable(amounts)]))
    repeat = " (possible repeat)" if delivery.possible_repeat else ""
    side = _paint("│", frame)
    room = width - 4
    rows = [
        f"{side} {_painted(line, colour)}{' ' * (room - _width(line))} {side}"
        for line in _body(hit, zone, now, room, colour)
    ]
    top = _edge("╭─ ", label, "", "╮", width, frame)
    bottom = _edge("╰", "", f"#{hit.id}{repeat}", "─╯", width, frame)
    return "\n".join([top, *rows, bottom])


def _names(hit: Hit) -> str:
    return ", ".join(printable(cut(name, 40)) for name in mention_names([hit])[:3])


def _edge(left: str, label: str, tail: str, right: str, width: int, frame: str) -> str:
    """Return a horizontal side of the box with a label near its left or right end."""
    label = _fitted(label, width - 8) + " " if label else ""
    tail = f" {tail} " if tail else ""
    rule = "─" * (width - sum(map(columns, (left, label, tail, right))))
    return _paint(f"{left}{label}{rule}{tail}{right}", frame)


def _body(hit: Hit, zone: ZoneInfo, now: datetime, room: int, colour: bool) -> Iterator[list[Cell]]:
    yield from _wrapped(_cells(as_pieces(headline(hit)), Style.BOLD, colour), room)
    if around := words_around(hit):
        yield from _wrapped(_cells(as_pieces(around), Style.PLAIN, colour), room)
    yield []
    outlet = printable(cut(hit.entry.outlet or hit.entry.feed, 80))
    yield from _dim(f"{outlet} · {seen_words(hit, zone=zone, now=now).replace(', ', ' · ')}", room)
    for rule in hit.judgement.rules:
        yield from _dim(f"why: {printable(cut(rule.why, MAX_REASON))} · rule {rule.rule}", room)
    if found := found_words(hit):
        yield from _dim(f"found: {found}", room)
    for note in hit.notes:
        yield from _dim(f"note: {printable(cut(note, MAX_REASON))}", room)
    yield from _dim(safe_link(hit.entry.link), room)


def _dim(text: str, room: int) -> Iterator[list[Cell]]:
    return _wrapped([(c, Style.DIM) for c in text], room) if text else iter(())


def _cells(pieces: Iterable[Piece], style: Style, colour: bool) -> list[Cell]:
    cells: list[Cell] = []
    for piece in pieces:
        shown = f"**{piece.text}**" if piece.marked and not colour else piece.text
        cells += [(char, Style.MARK if piece.marked else style) for char in shown]
    return cells[:MAX_HEADLINE] + ([("…", style)] if len(cells) > MAX_HEADLINE else [])


def _wrapped(cells: list[Cell], room: int) -> Iterator[list[Cell]]:
    """Yield lines of at most *room* columns, broken between words, or inside one that is longer."""
    line: list[Cell] = []
    taken = 0
    for word in _words(cells):
        fits = taken + _width(word) <= room
        for position, cell in enumerate(word):
            width = columns(cell[0])
            if line and (taken + width > room or (position == 0 and not fits)):
                yield _stripped(line)
                line, taken = [], 0
            if line or cell[0] != " ":
                line.append(cell)
                taken += width
    if line:
        yield _stripped(line)


def _words(cells: list[Cell]) -> Iterator[list[Cell]]:
    """Yield words and the single spaces between them."""
    word: list[Cell] = []
    for cell in cells:
        if cell[0] == " ":
            yield from filter(None, [word, [cell]])
            word = []
        else:
            word.append(cell)
    if word:
        yield word


def _stripped(line: list[Cell]) -> list[Cell]:
    while line and line[-1][0] == " ":
        line = line[:-1]
    return line


def _painted(line: list[Cell], colour: bool) -> str:
    """Return the line with its styles; without colour as it stands."""
    text, open_style = [], Style.PLAIN
    for char, style in line:
        if colour and style != open_style:
            text.append("\x1b[0m" if open_style else "")
            text.append(f"\x1b[{style}m" if style else "")
            open_style = style
        text.append(char)
    return "".join(text) + ("\x1b[0m" if open_style else "")


def _paint(text: str, parameters: str) -> str:
    return f"\x1b[{parameters}m{text}\x1b[0m" if parameters else text


def _fitted(text: str, room: int) -> str:
    if columns(text) <= room:
        return text
    while text and columns(text) > room - 1:
        text = text[:-1]
    return text + "…"


def _width(line: Iterable[Cell]) -> int:
    return sum(columns(char) for char, _ in line)


def columns(text: str) -> int:
    """Return the columns that a terminal gives *text*: two for a wide character, none for marks (UAX 11)."""
    return sum(
        0 if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me", "Cf")
        else 2 if unicodedata.east_asian_width(c) in "WF"
        else 1
        for c in text
    )  # fmt: skip
