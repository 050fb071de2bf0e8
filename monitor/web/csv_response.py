"""Send tables from the web page as CSV files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from starlette.responses import Response

from monitor.csv_text import csv_text


def csv_response(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Response:
    """Return *rows* as an HTTP response with a CSV file; ``csv_text`` describes the format.

    Args:
        name: The file name without ``.csv``.
        columns: The keys of the rows, in the order of the columns.
        rows: The rows; their values are texts, numbers, times, lists of texts, or None.
    """
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(csv_text(rows, columns), media_type="text/csv; charset=utf-8", headers=headers)
