"""Divide long lists into pages, so that no page becomes large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request

from monitor.web.routing import number_in

Row = TypeVar("Row")
PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Row]):
    """The rows on one page of a long list, with links to the previous and the next page."""

    rows: Sequence[Row]
    first: int  # the position of the first of them, from 1
    total: int  # of the whole list
    previous: str  # the address of the page before; empty: this is the first one
    next: str  # of the page after; empty: this is the last one


def list_page(request: Request, rows: Sequence[Row], per_page: int = PER_PAGE) -> ListPage[Row]:
    """Return the rows on the page that the query parameter ``page`` names; the last page if the number is too large.

    Args:
        request: The request.
        rows: All rows of the list.
        per_page: The number of rows on a page.

    Raises:
        UsageError: The query parameter is not a number.
    """
    last = max(1, -(-len(rows) // per_page))
    page = min(max(1, number_in(request, "page") or 1), last)
    start = (page - 1) * per_page
    return ListPage(
        rows[start : start + per_page],
        start + 1 if rows else 0,
        len(rows),
        _address(request, page - 1) if page > 1 else "",
        _address(request, page + 1) if page < last else "",
    )


def _address(request: Request, page: int) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in ("page", "done")]
    return f"{request.url.path}?{urlencode([*kept, ('page', page)])}"
