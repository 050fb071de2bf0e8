"""Names that a slip of the pen turns into one another."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.matching.forms import Pattern
from monitor.matching.index import Index
from monitor.matching.spelling import Alias
from monitor.matching.text import Words
from monitor.model import Text


class NameIndex:
    """Finds, among many names, those that are nearly the same.

    Args:
        names: Each with its actor's limit of edits; None: by length.
    """

    def __init__(self, names: Sequence[tuple[Alias, int | None]]) -> None:
        self._index = Index([Pattern(alias, edits) for alias, edits in names])

    def one_slip_away(self, alias: Alias) -> list[int]:
        """Return the positions of the names for which *alias* would be taken with one edit, in order."""
        words = Words(Text(alias.core))
        found = self._index.find(words)
        return sorted({s.pattern for s in found if s.edits == 1 and s.start == 0 and s.end == len(words.low)})
