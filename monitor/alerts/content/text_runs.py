"""Text made of runs (plain, highlighted, a link or code), and how to write it safely in a service's markup."""

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
class TextRun:
    """A stretch of text with one role (plain, highlighted, link, code), exactly as its author wrote it.

    Neutralise the text before showing it.
    """

    text: str
    is_mention: bool = False  # the text that matched an alias; highlighted
    is_code: bool = False  # to be copied: a blockchain address, a command
    from_operator: bool = False  # the operator wrote it, so mentions such as @soc are intended
    link: str = ""  # where the run links to, already checked; empty when it is not a link


TextRuns = tuple[TextRun, ...]
_Cell = tuple[str, int]  # a character with any zero width space after it, and the index of its run


def operator_text(text: str) -> TextRuns:
    """Return a text that the operator wrote, such as an actor's note, as runs in which web addresses are links."""
    runs, at = [], 0
    for found in _ADDRESS.finditer(text):
        if link := safe_link(address := found[0].rstrip(".,;:!?)")):
            runs += [
                TextRun(text[at : found.start()], from_operator=True),
                TextRun(address, from_operator=True, link=link),
            ]
            at = found.start() + len(address)
    runs.append(TextRun(text[at:], from_operator=True))
    return tuple(run for run in runs if run.text)


def neutralised_runs(runs: Iterable[TextRun], limit: int) -> TextRuns:
    """Return *runs* shortened to *limit* characters on one line, in which no service finds a mention, link or markup.

    This includes what arises only where two runs meet, such as the host name from ``evil`` and ``.example``. Text that
    the operator wrote may contain links; only its invisible characters are removed.
    """
    given = tuple(runs)
    if len(given) == 1:
        return (replace(given[0], text=_neutralised_text(given[0], limit)),)
    cells = list(_collapsed(_printable_cells(given, 4 * limit + 64)))
    active = {found.start() for found in ACTIVE.finditer("".join(char for char, _ in cells))}
    broken = [
        (char + ZERO_WIDTH_SPACE if n in active and not given[owner].from_operator else char, owner)
        for n, (char, owner) in enumerate(cells)
    ]
    return tuple(
        replace(given[owner], text="".join(char for char, _ in cells_of_run))
        for owner, cells_of_run in groupby(_cut(broken, limit), lambda cell: cell[1])
    )


def _neutralised_text(run: TextRun, limit: int) -> str:
    if run.from_operator:
        return cut(printable(run.text[: 4 * limit + 64]), limit)
    return neutralise(run.text, limit)


def _cut(cells: list[_Cell], limit: int) -> list[_Cell]:
    if sum(len(char) for char, _ in cells) <= limit:
        return cells
    length = kept = 0
    while length + len(cells[kept][0]) < limit:
        length += len(cells[kept][0])
        kept += 1
    # only the first character of each cell, so that an index into the text is an index into the cells
    kept = whole_before("".join(char[0] for char, _ in cells), kept)
    while kept and cells[kept - 1][0] == " ":
        kept -= 1
    return [*cells[:kept], (ELLIPSIS, cells[max(0, kept - 1)][1])] if limit > 0 else []


def _printable_cells(runs: Sequence[TextRun], max_chars: int) -> Iterator[_Cell]:
    """Yield the printable characters of *runs*, at most *max_chars* of each run; any white space as a space."""
    for owner, run in enumerate(runs):
        for part in re.split(r"(\s+)", run.text[:max_chars]):
            text = " " if part.isspace() else printable(part)
            yield from ((char, owner) for char in (text if run.from_operator else without_angles(text)))


def _collapsed(cells: Iterable[_Cell]) -> Iterator[_Cell]:
    """Yield the characters in *cells* with consecutive spaces replaced by one, and without spaces at either end."""
    space: _Cell | None = None
    started = False
    for cell in cells:
        if cell[0] == " ":
            space = space or cell
            continue
        if space and started:
            yield space
        space, started = None, True
        yield cell


@dataclass(frozen=True, slots=True)
class Markup:
    """How one chat or mail service writes bold, links, code and special characters.

    ``escape``, ``escape_operator_text`` and ``code`` take plain text; the other functions take escaped text.
    """

    escape: Callable[[str], str]
    escape_operator_text: Callable[[str], str]  # may leave mentions active
    code: Callable[[str], str]  # for text that is there to be copied
    highlight: Callable[[str], str]  # a mention of an actor
    bold: Callable[[str], str]  # labels and headings
    quote: Callable[[str], str]
    link: Callable[[str, str], str]  # from a text and an address
    links_headlines: bool  # a headline is a link; False: the address has a line of its own


def to_markup(runs: Iterable[TextRun], markup: Markup, limit: int) -> str:
    """Return *runs* as text in the *markup* of a service.

    Args:
        runs: The text; links and mentions that a feed wrote into it become inactive.
        markup: The markup that the service understands.
        limit: The maximum number of characters, not counting the markup.
    """
    return "".join(_run_to_markup(run, markup) for run in neutralised_runs(runs, limit))


def to_markup_within(runs: Sequence[TextRun], markup: Markup, limit: int, max_units: int) -> str:
    """Return *runs* as text in the *markup* of a service, shortened until the result, with its markup, fits.

    Args:
        runs: The text; links and mentions that a feed wrote into it become inactive.
        markup: The markup that the service understands.
        limit: The maximum number of characters, not counting the markup.
        max_units: The maximum length of the result, with the markup, in UTF-16 code units; if nothing fits, the result
            is empty.
    """
    while True:
        text = to_markup(runs, markup, limit)
        if (size := utf16_units(text)) <= max_units or limit <= 0:
            return text if size <= max_units else ""
        limit = min(limit - 1, limit * max_units // size)


def _run_to_markup(run: TextRun, markup: Markup) -> str:
    if run.is_code:
        return markup.code(run.text)
    text = markup.escape_operator_text(run.text) if run.from_operator else markup.escape(run.text)
    text = markup.highlight(text) if run.is_mention else text
    return markup.link(text, run.link) if run.link else text


def utf16_units(text: str) -> int:
    """Return the length of *text* in UTF-16 code units, which is how Slack, Discord and Telegram count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
