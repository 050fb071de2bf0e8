"""Spans in order, asked for neighbours: so that a text of a million words costs no more per word than a short one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Generic, TypeVar

T = TypeVar("T")


class Row(Generic[T]):
    """Things with a span, each span from its start to before its end.

    Args:
        items: In any order; they may overlap.
        span: Returns start and end of an item.
    """

    def __init__(self, items: Iterable[T], span: Callable[[T], tuple[float, float]]) -> None:
        spans = [(*span(item), item) for item in items]
        self._by_start = sorted(spans, key=itemgetter(0, 1))
        self._by_end = sorted(spans, key=itemgetter(1, 0))
        self._starts = [start for start, _, _ in self._by_start]
        self._ends = [end for _, end, _ in self._by_end]
        self._furthest: list[int] = []  # of the items up to each: where the one that ends last stands
        for n, (_, end, _) in enumerate(self._by_start):
            last = self._furthest[-1] if n else 0
            self._furthest.append(n if end > self._by_start[last][1] else last)

    def __bool__(self) -> bool:
        return bool(self._starts)

    def overlapping(self, start: float, end: float) -> T | None:
        """Return an item that shares a position with the span, None when there is none."""
        before_end = bisect_left(self._starts, end)
        if not before_end:
            return None
        _, its_end, item = self._by_start[self._furthest[before_end - 1]]
        return item if its_end > start else None

    def before(self, start: float) -> T | None:
        """Return the last item that ends at or before *start*, None when there is none."""
        n = bisect_right(self._ends, start)
        return self._by_end[n - 1][2] if n else None

    def after(self, end: float) -> T | None:
        """Return the first item that starts at or behind *end*, None when there is none."""
        n = bisect_left(self._starts, end)
        return self._by_start[n][2] if n < len(self._starts) else None
