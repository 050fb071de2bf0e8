"""CSV as a response of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from starlette.responses import Response

from monitor.csv_text import csv_text


def csv_response(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Response:
    """Return *rows* as a CSV file, see ``csv_text``.

    Args:
        name: Of the file, without its ending.
        columns: The keys of the rows, in order.
        rows: Values that are texts, numbers, moments, lists of texts, or None.
    """
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(csv_text(rows, columns), media_type="text/csv; charset=utf-8", headers=headers)
