"""Read CSV files with any delimiter, in common encodings, with or without a header line."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.errors import UsageError

DELIMITERS = ",;\t|"
NO_DELIMITER = "\x1f"  # of a list with one name a line, where a comma is part of the name
SAMPLE = 200  # rows that decide on the delimiter
MIN_CONSISTENT = 0.9  # share of the rows
_NAMES = {",": '","', ";": '";"', "\t": "tabs", "|": '"|"', NO_DELIMITER: "line ends only"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_STATED_DELIMITER = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # the first line of a file for Excel
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """A row with at least one value, and the number of the line on which the row begins."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a CSV file; the first row may be a header."""

    rows: tuple[Row, ...]
    encoding: str
    delimiter: str

    def describe(self) -> str:
        """Return the encoding and the delimiter of the file for a message: ``utf-8, separated by ";"``."""
        return f"{self.encoding}, separated by {_NAMES.get(self.delimiter, repr(self.delimiter))}"


def read_table(raw: bytes, *, encoding: str | None = None, delimiter: str | None = None) -> Table:
    """Return the rows of a CSV file.

    Args:
        raw: The contents of the file.
        encoding: The encoding of the file; None: detected from a byte order mark, else UTF-8, else Windows-1252.
        delimiter: The character between cells; None: the character that divides the rows most evenly.

    Raises:
        UsageError: The file is not text or not in that encoding, or the quotation mark of a cell is not closed.
    """
    text, encoding = _decode(raw, encoding)
    stated = _STATED_DELIMITER.match(text)
    text = "\n" + text[stated.end() :] if stated else text  # an empty line, so that lines keep their numbers
    if delimiter is None and stated:
        delimiter = stated[1]
    elif delimiter is None:
        delimiter = _guess_delimiter(text)
    elif delimiter.lower() in ("tab", "\\t"):
        delimiter = "\t"
    if len(delimiter) != 1 or delimiter in '\r\n"':  # Python 3.13 raises ValueError for the three
        raise UsageError(f'--delimiter must be one character or "tab", not {delimiter!r}')
    return Table(tuple(_rows(text, delimiter)), encoding, delimiter)


def _decode(raw: bytes, encoding: str | None) -> tuple[str, str]:
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UsageError("is a workbook, not CSV; save it as CSV UTF-8 first")
    if _MARKUP.match(raw):
        raise UsageError("is a web page or XML, not CSV; download the list itself")
    if encoding is None:
        encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), None)
    for name in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            text = raw.decode(name)
        except LookupError:
            raise UsageError(
                f'--encoding: "{name}" is not an encoding; use for example utf-8, cp1251 or gb18030'
            ) from None
        except UnicodeError:
            continue
        if "\0" in text:
            raise UsageError("contains binary data; save it as CSV UTF-8 first")
        return text, name.removesuffix("-sig")
    tried = encoding or "UTF-8 or Windows-1252"
    raise UsageError(f"is not in {tried}; name its encoding, as in --encoding cp1251")


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Row(line, tuple(cell.strip() for cell in cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(f"line {line}: a quoted cell does not end ({error}); close its quote") from error


def _guess_delimiter(text: str) -> str:
    """Return the delimiter that gives most rows the same number of cells as the first row."""
    best, best_score = NO_DELIMITER, 0.0
    for delimiter in DELIMITERS:
        rows = _sample(text, delimiter)
        width = len(rows[0]) if rows else 0
        same = sum(len(row) == width for row in rows) / max(1, len(rows))
        if width > 1 and same > best_score and not (delimiter == "," and _is_prose(rows)):
            best, best_score = delimiter, same
    return best


def _sample(text: str, delimiter: str) -> list[list[str]]:
    rows = []
    try:
        for row in csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in row):
                rows.append(row)
            if len(rows) == SAMPLE:
                break
    except csv.Error:
        pass  # reported when the whole file is read
    return rows


def _is_prose(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether nearly every comma is followed by a space, as in "AGHDA, Ali".

    Such a comma does not separate cells.
    """
    spaced = [all(cell.startswith(" ") for cell in row[1:]) for row in rows]
    return sum(spaced) >= MIN_CONSISTENT * len(spaced)
