"""What a word of a text may stand for: the words of names that it is, is the plural of, or a slip of."""

from __future__ import annotations

from array import array
from bisect import bisect, bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from monitor.matching.forms import MAX_RUN_TOGETHER, MIN_PARTED, Form, has_digit, plurals, singulars
from monitor.matching.slips import Slips, SolidSlips

MIN_SLIP = 3  # letters of a word that may be a slip
MAX_WORD = 64  # letters; a longer word matches as it stands, and must not fill the memory

Part = tuple[Form, int, int]  # a form, and the first and the last of its words that a text's word stands for


class Clue:
    """The names that a word may be the anchor of, by the word that must stand beside it."""

    __slots__ = ("after", "alone", "before", "half", "slips")

    def __init__(self, parts: Iterable[Part] = ()) -> None:
        self.alone: list[Part] = []
        self.after: dict[str, list[Part]] = {}
        self.before: dict[str, list[Part]] = {}
        self.slips: list[tuple[Clue, int]] = []  # of what the word may be a slip of, with the edits
        self.half = False  # whether the word may be a piece of one that the text writes in two
        for part in parts:
            form, first, last = part
            if last + 1 < len(form.words):
                self.after.setdefault(form.words[last + 1], []).append(part)
                if last + 2 == len(form.words):
                    for plural in plurals(form.words[-1]):
                        self.after.setdefault(plural, []).append(part)
            elif first:
                self.before.setdefault(form.words[first - 1], []).append(part)
            else:
                self.alone.append(part)


_HALF = Clue()  # of the many words that are no more than a piece of another
_HALF.half = True

MaybeClue = Clue | Literal[False]  # False: no anchor, which None could not tell from a word that is not known yet


class Clues:
    """Tells what a word may stand for.

    Each form hangs on its rarest word, the anchor: only a word that may be the anchor is a clue to it.

    Args:
        forms: Of all names.
        vocabulary: Folded words that are never taken for a slip of the pen, and never for a name run together.
        strict: The numbers of the patterns that do not forgive the plural.
        learned: More folded words that are never taken for a slip.
    """

    def __init__(
        self,
        forms: Sequence[Form],
        vocabulary: frozenset[str],
        strict: frozenset[int],
        learned: frozenset[str] = frozenset(),
    ) -> None:
        self._vocabulary = vocabulary
        self._learned = learned
        self._strict = strict
        self._anchors: dict[str, list[Part]] = {}
        self._beginnings: dict[str, list[Part]] = {}
        self._sorted: dict[str, Clue] = {}  # anchors that were met
        frequency = Counter(word for form in forms for word in form.words)
        for form in forms:
            n = self._anchor(form, frequency)
            open_ended = form.ending and n == len(form.words) - 1
            (self._beginnings if open_ended else self._anchors).setdefault(form.words[n], []).append((form, n, n))
        self._longest = frozenset(word for word in frequency if len(word) > MAX_WORD)
        self._solid_runs = _solid_runs(forms)
        self._stems = frozenset(form.words[-1] for form in forms if form.ending)
        self._stem_sizes = sorted({len(word) for word in self._stems})
        self._shortest_stem = self._stem_sizes[0] if self._stems else 0
        self._stem_heads = frozenset(stem[: self._shortest_stem] for stem in self._stems)
        self._pieces = frozenset(word for form in forms if form.loose and len(form.words) > 1 for word in form.words)
        self.long = frozenset(w for form in forms if form.loose for w in form.words if len(w) >= MIN_PARTED)
        self._by_beginning = sorted(self.long)
        self._by_end = sorted(word[::-1] for word in self.long)
        self._slips = Slips(_budgets(forms))
        self._solid_slips = SolidSlips(form for form in forms if form.solid)

    def _anchor(self, form: Form, frequency: Counter[str]) -> int:
        """Return which of the form's words to look for: the rarer and longer, the better."""
        words = form.words
        if len(words) == 1:
            return 0
        costs = []
        for word in words:
            common = (word in self._vocabulary) + (len(word) < 4) + (len(word) < 2)
            # of two ordinary words the shorter stands in more texts; each letter halves that, roughly
            costs.append((common, frequency[word] * 0.5 ** len(word)))
        if form.ending:
            costs[-1] = (4, 0.0)  # the beginning of a word is looked for last
        return costs.index(min(costs))

    def takes(self, word: str) -> bool:
        """Return whether *word* may stand for anything: long ones only for themselves."""
        return len(word) <= MAX_WORD or word in self._longest

    def exactly(self, word: str) -> Clue | None:
        """Return the names that *word*, as written, is the anchor of; None for none."""
        clue = self._sorted.get(word)
        if clue is None and word in self._anchors:
            clue = self._sorted[word] = Clue(self._anchors[word])
        return clue

    def of(self, word: str) -> tuple[MaybeClue, tuple[str, ...]]:
        """Return the names that *word* may be the anchor of, and the other words of names that it may stand for.

        But for plurals, which a clue expects beside it.
        """
        parts = [*self._plural_parts(word)] if word.endswith("s") else []
        words: list[str] = []
        slips: list[tuple[Clue, int]] = []
        half = False
        if word[: self._shortest_stem] in self._stem_heads:
            self._add_stems(word, parts, words)
        if word not in self._vocabulary:
            half = self._may_be_half(word)
            self._add_run_together(word, parts, words)
            if len(word) >= MIN_SLIP and word not in self._learned and not has_digit(word):
                self._add_slips(word, slips, words)
        clue = Clue((*self._anchors.get(word, ()), *parts)) if parts else self.exactly(word)
        if slips or (half and clue):
            clue = clue or Clue()
            clue.slips, clue.half = slips, half
        return clue or (half and _HALF), tuple(words)

    def _may_be_half(self, word: str) -> bool:
        """Return whether a longer word of a name begins or ends with *word*."""
        return _begins_another(word, self._by_beginning) or _begins_another(word[::-1], self._by_end)

    def _plural_parts(self, word: str) -> Iterator[Part]:
        for base in singulars(word):
            for part in self._anchors.get(base, ()):
                if part[2] == len(part[0].words) - 1 and part[0].pattern not in self._strict:
                    yield part

    # each adds to the parts or slips that a word may be, and to the words of names that it may stand for

    def _add_stems(self, word: str, parts: list[Part], words: list[str]) -> None:
        for stem in (word[:size] for size in self._stem_sizes if size <= len(word)):
            if stem in self._stems:
                words.append(stem)
                parts += self._beginnings.get(stem, ())

    def _add_run_together(self, word: str, parts: list[Part], words: list[str]) -> None:
        for solid in (word, *singulars(word)) if word[-1] == "s" else (word,):
            if not _holds(self._solid_runs, hash(solid)):
                continue
            for pieces in self._splits(solid):
                words += (pieces[0], pieces[-1])
                for form, first, last in self._side_by_side(pieces):
                    if solid is word or last == len(form.words) - 1:
                        parts.append((form, first, last))

    def _splits(self, word: str) -> Iterator[tuple[str, ...]]:
        """Yield every way to part *word* into two or three words of names."""
        sizes = range(1, len(word))
        if heads := [n for n in sizes if word[:n] in self._pieces]:
            for tail in [n for n in sizes if word[n:] in self._pieces]:
                for head in heads:
                    if head == tail:
                        yield word[:head], word[tail:]
                    elif head < tail and word[head:tail] in self._pieces:
                        yield word[:head], word[head:tail], word[tail:]

    def _side_by_side(self, pieces: tuple[str, ...]) -> Iterator[Part]:
        """Yield the names that have *pieces* side by side, the anchor among them."""
        for at, piece in enumerate(pieces):
            clue = self.exactly(piece)
            if clue is None:
                continue
            hung = clue.after.get(pieces[at + 1], []) if at + 1 < len(pieces) else self._anchors[piece]
            for form, n, _ in hung:
                first = n - at
                if form.loose and first >= 0 and form.words[first : first + len(pieces)] == pieces:
                    yield form, first, first + len(pieces) - 1

    def _add_slips(self, word: str, slips: list[tuple[Clue, int]], words: list[str]) -> None:
        for near, edits in self._slips.near(word):
            words.append(near)
            if clue := self.exactly(near):
                slips.append((clue, edits))
        if names := self._solid_slips.near(word):
            slips.append((Clue((form, 0, len(form.words) - 1) for form in names), 1))


def _begins_another(word: str, others: Sequence[str]) -> bool:
    """Return whether one of *others*, in order, is longer and begins with *word*."""
    n = bisect(others, word)
    return n < len(others) and others[n].startswith(word)


def _solid_runs(forms: Iterable[Form]) -> array[int]:
    """Return the hashes, in order, of all that two or three words of a name make when they are run together."""
    runs = {
        hash("".join(form.words[n : n + size]))
        for form in forms
        if form.loose
        for size in range(2, MAX_RUN_TOGETHER + 1)
        for n in range(len(form.words) - size + 1)
    }
    return array("q", sorted(runs))  # a tenth of the room of a set


def _holds(numbers: Sequence[int], number: int) -> bool:
    """Return whether *number* is among *numbers*, which are in order."""
    n = bisect_left(numbers, number)
    return n < len(numbers) and numbers[n] == number


def _budgets(forms: Sequence[Form]) -> dict[str, int]:
    """Return the edits that each word of a name forgives in the most forgiving."""
    budgets: dict[str, int] = {}
    for form in forms:
        for word, budget in zip(form.words, form.budgets, strict=True):
            if budget > budgets.get(word, 0):
                budgets[word] = budget
    return budgets
