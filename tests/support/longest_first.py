"""The order in which the tests begin when several processes share them."""

from __future__ import annotations

import pytest


def begin_with_the_longest(items: list[pytest.Item], processes: int) -> None:
    """Let the tests marked ``slow(minutes=N)`` begin first, so that none of them still runs when all others have ended.

    Args:
        items: All tests, which are put into their new order.
        processes: How many processes share them. pytest-xdist gives each of them an equal part in this order (``--dist
            worksteal``), so that each part begins with long tests.
    """
    long = sorted((item for item in items if _minutes(item)), key=_minutes, reverse=True)
    others = [item for item in items if not _minutes(item)]
    items.clear()
    left = len(long) + len(others)
    for number in range(processes):
        size = left // (processes - number)
        left -= size
        first = long[number::processes]
        items += first
        items += others[: max(size - len(first), 0)]
        del others[: max(size - len(first), 0)]
    items += others


def _minutes(item: pytest.Item) -> float:
    marker = item.get_closest_marker("slow")
    return float(marker.kwargs.get("minutes", 0)) if marker else 0.0
