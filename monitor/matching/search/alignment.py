"""Compare the words of a name with the words of a text: one by one, joined into one word, or split into two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from monitor.matching.forms import MAX_JOINED_WORDS, MIN_SPLIT, Form, is_plural
from monitor.matching.search.typos import edits_between


class Fit(NamedTuple):
    """Where a name matches a text: the words from ``first`` up to before ``after``, with ``edits`` wrong letters."""

    first: int
    after: int
    edits: int


class Placement(NamedTuple):
    """A part of a name that is known to match a part of a text.

    The words ``first`` to ``last`` of the name match the words of the text from ``at`` up to before ``after``, with
    ``edits`` wrong letters.
    """

    form: Form
    first: int
    last: int
    at: int
    after: int
    edits: int


class Aligner:
    """Decides whether a whole name matches a text, once one of its words does.

    Args:
        vocabulary: Ordinary words, which are never taken for typos or for joined names.
        learned: More words that are never taken for typos.
    """

    def __init__(self, vocabulary: frozenset[str], learned: frozenset[str] = frozenset()) -> None:
        self._vocabulary = vocabulary
        self._learned = learned

    def fits(self, placement: Placement, folded: Sequence[str]) -> Iterator[Fit]:
        """Yield every way in which a whole name matches a text, given that a part of it matches.

        Args:
            placement: The part of the name that matches, usually its rarest word.
            folded: The words of the text in lower case without accents.
        """
        form, edits = placement.form, placement.edits
        left_over = form.total - edits
        for after, right in self._extend(form, placement.last + 1, 1, folded, placement.after, left_over):
            for before, left in self._extend(
                form, placement.first - 1, -1, folded, placement.at - 1, left_over - right
            ):
                yield Fit(before + 1, after, edits + right + left)

    def _extend(
        self, form: Form, n: int, step: int, folded: Sequence[str], at: int, max_edits: int
    ) -> Iterator[tuple[int, int]]:
        """Yield every way to match the remaining words of a name: the position reached in the text, and the edits used.

        The words of the name from *n* on are compared with the words of the text from *at* on, forwards if *step* is 1,
        backwards if it is -1.
        """
        if not 0 <= n < len(form.words):
            yield at, 0
            return
        if not 0 <= at < len(folded):
            return
        edits = self._edits(folded[at], form, n)
        if edits is not None and edits <= max_edits:
            for end, more in self._extend(form, n + step, step, folded, at + step, max_edits - edits):
                yield end, edits + more
        if form.loose and folded[at] != form.words[n]:
            for words, wanted in self._regroupings(form, n, step, folded, at):
                yield from self._extend(form, n + wanted * step, step, folded, at + words * step, max_edits)

    def _edits(self, word: str, form: Form, n: int) -> int | None:
        """Return the number of wrong letters of *word* compared with word *n* of a name; None if too many."""
        wanted = form.words[n]
        if word == wanted:
            return 0
        if n == len(form.words) - 1 and (word.startswith(wanted) if form.ending else is_plural(word, wanted)):
            return 0
        budget = form.budgets[n]
        if not budget or word in self._vocabulary or word in self._learned:
            return None
        return edits_between(word, wanted, budget)

    def _regroupings(self, form: Form, n: int, step: int, folded: Sequence[str], at: int) -> Iterator[tuple[int, int]]:
        """Yield how many words of the text equal how many words of a name where the numbers differ.

        For example (2, 1) for "kim suky" in the text and the name "kimsuky".
        """
        word, wanted = folded[at], form.words[n]
        if len(word) < len(wanted):
            beside = folded[at + step] if 0 <= at + step < len(folded) else ""
            if self.is_split(*((word, beside) if step > 0 else (beside, word)), wanted):
                yield 2, 1
        elif word not in self._vocabulary:
            joined, k = wanted, n + step
            while 0 <= k < len(form.words) and len(joined) < len(word) and abs(k - n) < MAX_JOINED_WORDS:
                joined = joined + form.words[k] if step > 0 else form.words[k] + joined
                k += step
                if joined == word or (k == len(form.words) and is_plural(word, joined)):
                    yield 1, abs(k - n)

    def is_split(self, one: str, other: str, wanted: str) -> bool:
        """Return whether two words of a text are one word of a name that was split: "kim" and "suky" for "kimsuky".

        Args:
            one: The first word of the text, in lower case without accents; may be empty.
            other: The word after it.
            wanted: The word of the name. The result is False if it is short, or if both other words are ordinary.
        """
        if len(wanted) < MIN_SPLIT or not one or not other or one + other != wanted:
            return False
        return one not in self._vocabulary or other not in self._vocabulary
