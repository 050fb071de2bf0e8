"""The anchor index: finds the names that a word of a text may belong to.

The anchor of a name is its rarest word: "lazarus" for "Lazarus Group". A word leads to an anchor if it equals it, is
its plural, or may be a misspelling of it.
"""

from __future__ import annotations

from array import array
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from monitor.matching.forms import (
    MAX_JOINED_WORDS,
    MIN_SPLIT,
    Form,
    has_digit,
    plurals,
    singulars,
    without_version,
)
from monitor.matching.search.typos import FuzzyJoinedIndex, FuzzyWordIndex, contains, sorted_hashes

MIN_FUZZY = 3  # letters of a word that may be a misspelling
MAX_WORD = 64  # letters; a longer word matches only unchanged, so that it cannot fill the memory


class Part(NamedTuple):
    """The adjacent words ``first`` to ``last`` of a name that one word of a text may stand for.

    Usually this is one word; for "lazarusgroup" in the text it is two.
    """

    form: Form
    first: int
    last: int


class Anchor:
    """The names whose rarest word is a given word, grouped by the word that must stand next to it in the text."""

    __slots__ = ("after", "alone", "before", "corrections", "half")

    def __init__(self, parts: Iterable[Part] = ()) -> None:
        self.alone: list[Part] = []  # names that consist of the anchor alone
        self.after: dict[str, list[Part]] = {}  # other names, by the word after the anchor
        self.before: dict[str, list[Part]] = {}  # names that end with the anchor, by the word before it
        self.corrections: list[
            tuple[Anchor, int]
        ] = []  # the anchors that the word may misspell, with the number of edits
        self.half = False  # whether the word may be one half of a word that the text splits: "kim suky"
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


_HALF = Anchor()  # shared by all words that are only such a half
_HALF.half = True

MaybeAnchor = Anchor | Literal[False]  # False: the word is not an anchor (None: not looked up yet)


class AnchorIndex:
    """An index of all names by their rarest words, called anchors.

    Only words of a text that may be an anchor lead to a comparison with a whole name; other words cost nothing more.

    Args:
        forms: The ways in which all names may be written.
        vocabulary: Ordinary words, which are never taken for typos or for joined names.
        strict: The numbers of the spellings that do not match in the plural.
        learned: More words that are never taken for typos.
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
        self._parts: dict[str, list[Part]] = {}  # by anchor
        self._stem_parts: dict[
            str, list[Part]
        ] = {}  # by anchor, for names such as "drain*", whose anchor is only the beginning of a word
        self._anchors: dict[str, Anchor] = {}  # created on first use
        frequency = Counter(word for form in forms for word in form.words)
        for form in forms:
            n = self._choose_anchor(form, frequency)
            open_ended = form.ending and n == len(form.words) - 1
            (self._stem_parts if open_ended else self._parts).setdefault(form.words[n], []).append(Part(form, n, n))
        self._long_words = frozenset(word for word in frequency if len(word) > MAX_WORD)
        self._joined_hashes = _joined_hashes(forms)
        self._stems = frozenset(form.words[-1] for form in forms if form.ending)
        self._stem_sizes = sorted({len(word) for word in self._stems})
        self._shortest_stem = self._stem_sizes[0] if self._stems else 0
        self._stem_heads = frozenset(stem[: self._shortest_stem] for stem in self._stems)
        self._pieces = frozenset(word for form in forms if form.loose and len(form.words) > 1 for word in form.words)
        self.splittable = frozenset(w for form in forms if form.loose for w in form.words if len(w) >= MIN_SPLIT)
        self._by_beginning = sorted(self.splittable)
        self._by_end = sorted(word[::-1] for word in self.splittable)
        self._lacking_one_letter = sorted_hashes(hash(part) for w in self.splittable for part in (w[1:], w[:-1]))
        self._fuzzy_words = FuzzyWordIndex(_budgets(forms))
        self._fuzzy_joined = FuzzyJoinedIndex(form for form in forms if form.joined)

    def _choose_anchor(self, form: Form, frequency: Counter[str]) -> int:
        """Return the position of the word by which a name is indexed: a rare, long word, which few texts contain."""
        words = form.words
        if len(words) == 1:
            return 0
        costs = []
        for word in words:
            common = (word in self._vocabulary) + (len(word) < 4) + (len(word) < 2)
            # of two ordinary words the shorter one is more frequent: each letter halves the frequency, roughly
            costs.append((common, frequency[word] * 0.5 ** len(word)))
        if form.ending:
            costs[-1] = (4, 0.0)  # the beginning of a word is the last choice
        return costs.index(min(costs))

    def is_searchable(self, word: str) -> bool:
        """Return whether *word* can be part of a name: it has at most MAX_WORD letters, or a name contains it as is."""
        return len(word) <= MAX_WORD or word in self._long_words

    def exact(self, word: str) -> Anchor | None:
        """Return the names that are indexed by exactly *word*; None if there are none."""
        anchor = self._anchors.get(word)
        if anchor is None and word in self._parts:
            anchor = self._anchors[word] = Anchor(self._parts[word])
        return anchor

    def lookup(self, word: str) -> tuple[MaybeAnchor, tuple[str, ...]]:
        """Return the names that a *word* of a text may lead to, and the words of names for which it may stand.

        A word leads to names whose rarest word it equals, misspells, or is the plural of. The words for which it may
        stand are corrected spellings, parts of joined words, and beginnings such as "drain"; singulars are left out,
        because ``Anchor`` stores the plurals of neighbouring words itself.
        """
        parts = [*self._plural_parts(word)] if word.endswith("s") else []
        if base := without_version(word):
            parts += (p for p in self._parts.get(base, ()) if p.form.loose and len(p.form.words) == 1)
        words: list[str] = []
        corrections: list[tuple[Anchor, int]] = []
        half = False
        if word[: self._shortest_stem] in self._stem_heads:
            self._add_stems(word, parts, words)
        if word in self._vocabulary:
            half = self._lacks_one_letter(word)
        else:
            half = self._may_be_half(word)
            self._add_joined(word, parts, words)
            if len(word) >= MIN_FUZZY and word not in self._learned:
                self._add_corrections(word, corrections, words)
        anchor = Anchor((*self._parts.get(word, ()), *parts)) if parts else self.exact(word)
        if corrections or (half and anchor):
            anchor = anchor or Anchor()
            anchor.corrections, anchor.half = corrections, half
        return anchor or (half and _HALF), tuple(words)

    def _may_be_half(self, word: str) -> bool:
        """Return whether *word* may be one half of a word of a name that the text splits: "kim" of "kimsuky".

        False for a single letter, which occurs in every text; the other half of the word leads to the name then.
        """
        if len(word) == 1:
            return False
        return _is_prefix(word, self._by_beginning) or _is_prefix(word[::-1], self._by_end)

    def _lacks_one_letter(self, word: str) -> bool:
        """Return whether *word* may be a word of a name without its first or last letter: "azarus"."""
        return len(word) >= MIN_SPLIT - 1 and contains(self._lacking_one_letter, hash(word))

    def _plural_parts(self, word: str) -> Iterator[Part]:
        for base in singulars(word):
            for part in self._parts.get(base, ()):
                if part.last == len(part.form.words) - 1 and part.form.pattern not in self._strict:
                    yield part

    # the following methods add to the parts or corrections of a word, and to the words for which it may stand

    def _add_stems(self, word: str, parts: list[Part], words: list[str]) -> None:
        for stem in (word[:size] for size in self._stem_sizes if size <= len(word)):
            if stem in self._stems:
                words.append(stem)
                parts += self._stem_parts.get(stem, ())

    def _add_joined(self, word: str, parts: list[Part], words: list[str]) -> None:
        for joined in (word, *singulars(word)) if word[-1] == "s" else (word,):
            if not contains(self._joined_hashes, hash(joined)):
                continue
            for pieces in self._splits(joined):
                words += (pieces[0], pieces[-1])
                parts += (p for p in self._adjacent(pieces) if joined is word or p.last == len(p.form.words) - 1)

    def _splits(self, word: str) -> Iterator[tuple[str, ...]]:
        """Yield every way to split *word* into two or three words of names: "lazarusgroup" into "lazarus", "group"."""
        sizes = range(1, len(word))
        if heads := [n for n in sizes if word[:n] in self._pieces]:
            for tail in [n for n in sizes if word[n:] in self._pieces]:
                for head in heads:
                    if head == tail:
                        yield word[:head], word[tail:]
                    elif head < tail and word[head:tail] in self._pieces:
                        yield word[:head], word[head:tail], word[tail:]

    def _adjacent(self, pieces: tuple[str, ...]) -> Iterator[Part]:
        """Yield each name that contains the given words in a row, and where in the name: "lazarus", "group".

        Only names indexed by one of these words are found.

        Args:
            pieces: Two or three words of names, into which a word of the text was split.
        """
        for at, piece in enumerate(pieces):
            anchor = self.exact(piece)
            if anchor is None:
                continue
            stored = anchor.after.get(pieces[at + 1], []) if at + 1 < len(pieces) else self._parts[piece]
            for form, n, _ in stored:
                first = n - at
                if form.loose and first >= 0 and form.words[first : first + len(pieces)] == pieces:
                    yield Part(form, first, first + len(pieces) - 1)

    def _add_corrections(self, word: str, corrections: list[tuple[Anchor, int]], words: list[str]) -> None:
        digits = has_digit(word)
        for near, edits in self._fuzzy_words.near_with_digits(word) if digits else self._fuzzy_words.near(word):
            words.append(near)
            if anchor := self.exact(near):
                corrections.append((anchor, edits))
        if digits:
            return
        if names := self._fuzzy_joined.near(word):
            corrections.append((Anchor(Part(form, 0, len(form.words) - 1) for form in names), 1))


def _is_prefix(word: str, others: Sequence[str]) -> bool:
    """Return whether *word* is the beginning of a longer word in *others*, which must be sorted."""
    n = bisect(others, word)
    return n < len(others) and others[n].startswith(word)


def _joined_hashes(forms: Iterable[Form]) -> array[int]:
    """Return the sorted hashes of every two or three adjacent words of a name, written as one word.

    Args:
        forms: The ways in which names may be written.
    """
    hashes = {
        hash("".join(form.words[n : n + size]))
        for form in forms
        if form.loose
        for size in range(2, MAX_JOINED_WORDS + 1)
        for n in range(len(form.words) - size + 1)
    }
    return sorted_hashes(hashes)


def _budgets(forms: Sequence[Form]) -> dict[str, int]:
    """Return, for each word that occurs in names, the largest number of wrong letters that any name allows in it."""
    budgets: dict[str, int] = {}
    for form in forms:
        for word, budget in zip(form.words, form.budgets, strict=True):
            if budget > budgets.get(word, 0):
                budgets[word] = budget
    return budgets
