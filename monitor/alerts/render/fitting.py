"""Documents in a service's own form, made of less and less until the service takes them. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from monitor.alerts.content.sheet import Sheet

Document = dict[str, Any]
Made = TypeVar("Made")

# cards, rows, facts, and characters of a line: as much as there can be, then less
_ATTEMPTS = (
    *((10, 200, 30, 400), (10, 40, 30, 400), (5, 40, 20, 400), (5, 10, 20, 300), (3, 10, 10, 300), (2, 5, 10, 300)),
    *((1, 5, 5, 300), (1, 0, 5, 200), (1, 0, 3, 100), (1, 0, 1, 60)),
)


def largest_that_fits(sheet: Sheet, make: Callable[[Sheet], Made], fits: Callable[[Made], bool]) -> Made:
    """Return what *make* makes of as much of *sheet* as *fits*; of very little, if even that does not."""
    for cards, rows, facts, longest in _ATTEMPTS:
        made = make(sheet.trimmed(cards=cards, rows=rows, facts=facts, longest=longest))
        if fits(made):
            break
    return made


def ascii_size(document: Document) -> int:
    """Return how many bytes *document* has as JSON in which all other letters than ASCII are escapes."""
    return len(json.dumps(document))
