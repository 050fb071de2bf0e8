"""CSV for spreadsheets; a cell that a spreadsheet would execute as a formula is written as text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

# a spreadsheet ignores blanks before these characters, and treats full-width ones alike (OWASP, CSV injection)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# control characters, and marks that change the direction of reading
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def csv_text(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> str:
    """Return *rows* as CSV (RFC 4180) with a header row; a list in a cell is written as words separated by spaces.

    An apostrophe is put before a cell that a spreadsheet would otherwise execute as a formula.

    Args:
        rows: One mapping per row; its values are texts, numbers, datetimes, lists of texts, or None.
        columns: The keys to write as columns, in this order.
    """
    return "".join(csv_lines(rows, columns))


def csv_lines(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the CSV that ``csv_text`` returns, the header first.

    Args:
        rows: One mapping per row; its values are texts, numbers, datetimes, lists of texts, or None.
        columns: The keys to write as columns, in this order.
    """
    yield _line(columns)
    for row in rows:
        yield _line([_cell(row.get(name)) for name in columns])


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, int | float):
        return str(value)
    text = _UNSEEN.sub("", " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text
