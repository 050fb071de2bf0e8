"""Characters with a style, wrapped and painted for a terminal. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum


class Style(StrEnum):
    """How a stretch of text looks: the parameters of SGR (ECMA-48 section 8.3.117)."""

    PLAIN = ""
    BOLD = "1"
    DIM = "2"
    MARK = "30;48;5;179"


Cell = tuple[str, Style]  # one character


def wrapped(cells: list[Cell], room: int) -> Iterator[list[Cell]]:
    """Yield lines of at most *room* columns, broken between words, or inside one that is longer."""
    line: list[Cell] = []
    taken = 0
    for word in _words(cells):
        fits = taken + width_of(word) <= room
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


def painted(line: list[Cell], colour: bool) -> str:
    """Return the line with its styles; without colour as it stands."""
    text, open_style = [], Style.PLAIN
    for char, style in line:
        if colour and style != open_style:
            text.append("\x1b[0m" if open_style else "")
            text.append(f"\x1b[{style}m" if style else "")
            open_style = style
        text.append(char)
    return "".join(text) + ("\x1b[0m" if open_style else "")


def paint(text: str, parameters: str) -> str:
    """Return *text* with the *parameters* of SGR around it, or as it is when there are none."""
    return f"\x1b[{parameters}m{text}\x1b[0m" if parameters else text


def fitted(text: str, room: int) -> str:
    """Return *text*, or its beginning with an ellipsis when it has more than *room* columns."""
    if columns(text) <= room:
        return text
    while text and columns(text) > room - 1:
        text = text[:-1]
    return text + "…"


def width_of(line: Iterable[Cell]) -> int:
    """Return the columns that *line* takes."""
    return sum(columns(char) for char, _ in line)


def columns(text: str) -> int:
    """Return the columns that a terminal gives *text*: two for a wide character, none for marks (UAX 11)."""
    return sum(
        0 if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me", "Cf")
        else 2 if unicodedata.east_asian_width(c) in "WF"
        else 1
        for c in text
    )  # fmt: skip
