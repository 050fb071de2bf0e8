"""How the words of a name lie on the words of a text: one by one, run together, or parted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz.distance import OSA

from monitor.matching.forms import MAX_RUN_TOGETHER, MIN_PARTED, Form, has_digit, is_plural

Fit = tuple[int, int, int]  # first word, word after the last, edits


class Fitter:
    """Lays names on texts.

    Args:
        vocabulary: Folded words that are never taken for a slip of the pen, and never for a name run together.
        learned: More that are never taken for a slip.
    """

    def __init__(self, vocabulary: frozenset[str], learned: frozenset[str] = frozenset()) -> None:
        self._vocabulary = vocabulary
        self._learned = learned

    def fits(
        self, form: Form, first: int, last: int, edits: int, folded: Sequence[str], at: int, after: int
    ) -> Iterator[Fit]:
        """Yield every way to lay *form*, given that its words *first* to *last* stand at *at* to before *after*."""
        for end, right in self._walk(form, last + 1, 1, folded, after, form.total - edits):
            for start, left in self._walk(form, first - 1, -1, folded, at - 1, form.total - edits - right):
                yield start + 1, end, edits + right + left

    def _walk(
        self, form: Form, n: int, step: int, folded: Sequence[str], at: int, room: int
    ) -> Iterator[tuple[int, int]]:
        """Yield where it ends, and the edits, at most *room*.

        From the form's word *n* and the text's word *at* on, towards the end (*step* is 1) or the beginning (-1).
        """
        if not 0 <= n < len(form.words):
            yield at, 0
            return
        if not 0 <= at < len(folded):
            return
        edits = self._edits(folded[at], form, n)
        if edits is not None and edits <= room:
            for end, more in self._walk(form, n + step, step, folded, at + step, room - edits):
                yield end, edits + more
        if form.loose and folded[at] != form.words[n]:
            for words, wanted in self._bends(form, n, step, folded, at):
                yield from self._walk(form, n + wanted * step, step, folded, at + words * step, room)

    def _edits(self, seen: str, form: Form, n: int) -> int | None:
        """Return the edits between a word of a text and the form's word *n*, None when it forgives fewer."""
        wanted = form.words[n]
        if seen == wanted:
            return 0
        if n == len(form.words) - 1 and (seen.startswith(wanted) if form.ending else is_plural(seen, wanted)):
            return 0
        budget = form.budgets[n]
        if not budget or seen in self._vocabulary or seen in self._learned or has_digit(seen):
            return None
        edits = int(OSA.distance(seen, wanted, score_cutoff=budget))
        return edits if edits <= budget else None

    def _bends(self, form: Form, n: int, step: int, folded: Sequence[str], at: int) -> Iterator[tuple[int, int]]:
        """Yield how many words of the text stand for how many of the form, where those numbers differ."""
        seen, wanted = folded[at], form.words[n]
        if len(seen) < len(wanted):
            beside = folded[at + step] if 0 <= at + step < len(folded) else ""
            if self.is_parted(*((seen, beside) if step > 0 else (beside, seen)), wanted):
                yield 2, 1
        elif seen not in self._vocabulary:
            joined, k = wanted, n + step
            while 0 <= k < len(form.words) and len(joined) < len(seen) and abs(k - n) < MAX_RUN_TOGETHER:
                joined = joined + form.words[k] if step > 0 else form.words[k] + joined
                k += step
                if joined == seen or (k == len(form.words) and is_plural(seen, joined)):
                    yield 1, abs(k - n)

    def is_parted(self, one: str, other: str, wanted: str) -> bool:
        """Return whether the two are *wanted*, written in two words: not both of them ordinary."""
        if len(wanted) < MIN_PARTED or not one or not other or one + other != wanted:
            return False
        return one not in self._vocabulary or other not in self._vocabulary
