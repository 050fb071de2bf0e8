"""Stretches of text, each with what it is; made harmless and written out for one kind of destination. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from monitor.alerts.content.neutralise import (
    ACTIVE,
    ELLIPSIS,
    ZERO_WIDTH_SPACE,
    cut,
    neutralise,
    printable,
    safe_link,
    whole_before,
    without_angles,
)

_ADDRESS = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text as its writer wrote it: who shows it makes it harmless first."""

    text: str
    marked: bool = False  # a mention
    code: bool = False  # to be copied: an address, a command
    own: bool = False  # the operator's words: their mentions are meant
    link: str = ""  # a vetted address; empty: it is no link


Pieces = tuple[Piece, ...]
Cell = tuple[str, int]  # a character with what was put behind it, and which piece it belongs to


def own_words(text: str) -> Pieces:
    """Return a text of the operator with the addresses in it as links."""
    pieces, at = [], 0
    for found in _ADDRESS.finditer(text):
        if link := safe_link(address := found[0].rstrip(".,;:!?)")):
            pieces += [Piece(text[at : found.start()], own=True), Piece(address, own=True, link=link)]
            at = found.start() + len(address)
    pieces.append(Piece(text[at:], own=True))
    return tuple(piece for piece in pieces if piece.text)


def harmless(pieces: Iterable[Piece], limit: int) -> Pieces:
    """Return *pieces* on one line, with nothing in them that a service acts on, *limit* characters long at most.

    What is live only across a seam (``evil`` and ``.example``) is broken too. The operator's own words are made
    printable and no more.
    """
    given = tuple(pieces)
    if len(given) == 1:
        return (replace(given[0], text=_harmless_text(given[0], limit)),)
    cells = list(_folded(_printed(given, 4 * limit + 64)))
    live = {found.start() for found in ACTIVE.finditer("".join(char for char, _ in cells))}
    broken = [
        (char + ZERO_WIDTH_SPACE if n in live and not given[owner].own else char, owner)
        for n, (char, owner) in enumerate(cells)
    ]
    return tuple(
        replace(given[owner], text="".join(char for char, _ in run))
        for owner, run in groupby(_cut(broken, limit), lambda cell: cell[1])
    )


def _harmless_text(piece: Piece, limit: int) -> str:
    return cut(printable(piece.text[: 4 * limit + 64]), limit) if piece.own else neutralise(piece.text, limit)


def _cut(cells: list[Cell], limit: int) -> list[Cell]:
    if sum(len(char) for char, _ in cells) <= limit:
        return cells
    taken = fits = 0
    while taken + len(cells[fits][0]) < limit:
        taken += len(cells[fits][0])
        fits += 1
    # the first letter of each cell, so that both count alike
    fits = whole_before("".join(char[0] for char, _ in cells), fits)
    while fits and cells[fits - 1][0] == " ":
        fits -= 1
    return [*cells[:fits], (ELLIPSIS, cells[max(0, fits - 1)][1])] if limit > 0 else []


def _printed(pieces: Sequence[Piece], most: int) -> Iterator[Cell]:
    """Yield the characters that are seen; every kind of white space as a space."""
    for owner, piece in enumerate(pieces):
        for part in re.split(r"(\s+)", piece.text[:most]):
            text = " " if part.isspace() else printable(part)
            yield from ((char, owner) for char in (text if piece.own else without_angles(text)))


def _folded(cells: Iterable[Cell]) -> Iterator[Cell]:
    """Yield *cells* without spaces at either end and without two in a row."""
    waiting: Cell | None = None
    began = False
    for cell in cells:
        if cell[0] == " ":
            waiting = waiting or cell
            continue
        if waiting and began:
            yield waiting
        waiting, began = None, True
        yield cell


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of destination writes text. All but ``text``, ``own`` and ``code`` take what is escaped already."""

    text: Callable[[str], str]  # escapes
    own: Callable[[str], str]  # escapes words of the operator
    code: Callable[[str], str]  # escapes what is there to be copied
    marked: Callable[[str], str]
    strong: Callable[[str], str]  # labels and headings
    quote: Callable[[str], str]
    link: Callable[[str, str], str]  # from a text and an address
    linked: bool  # a headline is a link; else its address stands below


def written(pieces: Iterable[Piece], dialect: Dialect, limit: int) -> str:
    """Return *pieces* in *dialect*, cut to *limit* characters before they are escaped."""
    return "".join(_written(piece, dialect) for piece in harmless(pieces, limit))


def written_within(pieces: Sequence[Piece], dialect: Dialect, limit: int, room: int) -> str:
    """Return *pieces* in *dialect*, cut so that there are at most *room* units of UTF-16 with all escapes."""
    while True:
        text = written(pieces, dialect, limit)
        if (taken := units(text)) <= room or limit <= 0:
            return text if taken <= room else ""
        limit = min(limit - 1, limit * room // taken)


def _written(piece: Piece, dialect: Dialect) -> str:
    if piece.code:
        return dialect.code(piece.text)
    text = dialect.own(piece.text) if piece.own else dialect.text(piece.text)
    text = dialect.marked(text) if piece.marked else text
    return dialect.link(text, piece.link) if piece.link else text


def units(text: str) -> int:
    """Return the length of *text* in units of UTF-16, as services count that were written in their languages."""
    return len(text) + sum(char > "\uffff" for char in text)
