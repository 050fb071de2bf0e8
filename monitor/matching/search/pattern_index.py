"""The index of all spellings to search for: finds the rarest word of a name in a text, then compares its neighbours.

Each way to write a name is stored under its rarest word, the anchor. A text is looked up word by word; only where a
word may be an anchor are the words around it compared. The result of looking up a word is cached, so that the search
for misspellings runs once for each distinct word of all feeds, not once for each text. (The design follows Lucene's
TermFilteredPresearcher; misspelled anchors are found by a deletion neighbourhood.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import compress
from operator import itemgetter

from monitor.matching.candidate import Candidate, candidate_at, exact_span, for_distances, is_contiguous, within_name
from monitor.matching.folding import has_cjk
from monitor.matching.forms import Form, Pattern, forms
from monitor.matching.search.alignment import Aligner, Fit, Placement
from monitor.matching.search.anchor_index import Anchor, AnchorIndex, MaybeAnchor, Part
from monitor.matching.search.unspaced_names import UnspacedNames
from monitor.matching.spelling import Alias, AliasKind
from monitor.matching.words import Words

MAX_CACHED = 400_000  # distinct words and pairs of words; then the cache is cleared

# start, end and pattern of a candidate, and its span in characters if it does not consist of whole words
_Place = tuple[float, float, int, tuple[int, ...]]

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class _AnchorCache(dict[str, MaybeAnchor]):
    """A cache from a word to the names whose rarest word it may be; each word is looked up on first use.

    Args:
        anchors: The index that looks up a word.
        alternatives: Filled by the lookups: for a word, the words of names for which it may stand, if there are any.
    """

    def __init__(self, anchors: AnchorIndex, alternatives: dict[str, tuple[str, ...]]) -> None:
        super().__init__()
        self._anchors = anchors
        self._alternatives = alternatives

    def __missing__(self, word: str) -> MaybeAnchor:
        if not self._anchors.is_searchable(word):
            return False
        anchor, alternatives = self._anchors.lookup(word)
        self[word] = anchor
        if alternatives:
            self._alternatives[word] = alternatives
        return anchor


class PatternIndex:
    """Finds all spellings of names, keywords and phrases in a text at once.

    Args:
        patterns: The spellings; the position of a spelling in this sequence is its number.
        vocabulary: Ordinary words, which are never taken for typos.
        learned: More words that are never taken for typos; they may still be part of a joined or split name.
        slack: How many edits to allow beyond the usual limits; used to find near misses.
        secondary: How many spellings at the end (such as context words) matter only if one of the others occurs.
    """

    def __init__(
        self,
        patterns: Sequence[Pattern],
        vocabulary: frozenset[str] = frozenset(),
        *,
        learned: frozenset[str] = frozenset(),
        slack: int = 0,
        secondary: int = 0,
    ) -> None:
        self._patterns = patterns
        self._primary = len(patterns) - secondary
        self._vocabulary = vocabulary
        every = [form for n, pattern in enumerate(patterns) for form in forms(n, pattern, vocabulary, slack=slack)]
        strict = frozenset(n for n, p in enumerate(patterns) if p.alias.kind is AliasKind.EXACT)
        self._anchors = AnchorIndex(every, vocabulary, strict, learned)
        self._aligner = Aligner(vocabulary, learned)
        self._unspaced = UnspacedNames({n: p.alias.words for n, p in enumerate(patterns) if p.alias.unspaced})
        regexes = [(n, p.alias) for n, p in enumerate(patterns) if p.alias.kind is AliasKind.REGEX]
        self._primary_regexes = [(n, alias) for n, alias in regexes if n < self._primary]
        self._secondary_regexes = regexes[len(self._primary_regexes) :]
        self._clear_cache()

    def find(self, words: Words) -> list[Candidate]:
        """Return every place in a text where a spelling occurs, in reading order; the places may overlap.

        There is at most one for each spelling and span. The result is empty if only secondary spellings (see the class)
        occur.
        """
        fits = self._fits(words.folded)
        other: list[Candidate] = []
        if not words.latin and self._unspaced:
            other += self._unspaced_candidates(words)
        if self._primary_regexes:
            other += self._regex_candidates(words, self._primary_regexes)
        if not self._is_any_primary(fits, other):
            return []
        if self._secondary_regexes:
            other += self._regex_candidates(words, self._secondary_regexes)
        best: dict[_Place, Candidate] = {(c.start, c.end, c.pattern, c.span(words)): c for c in other}
        for form, (first, after, edits) in fits:
            place: _Place = first, after, form.pattern, ()
            if place not in best or edits < best[place].edits:
                candidate = self._candidate(words, form, first, after, edits)
                if candidate:
                    best[place] = candidate
        found = [best[place] for place in sorted(best)]
        return (
            found
            if words.latin or words.distance_offsets is None
            else [for_distances(words, candidate) for candidate in found]
        )

    def _is_any_primary(self, fits: Sequence[tuple[Form, Fit]], other: Sequence[Candidate]) -> bool:
        primary = self._primary
        for form, _ in fits:
            if form.pattern < primary:
                return True
        return bool(other) and any(candidate.pattern < primary for candidate in other)

    def _unspaced_candidates(self, words: Words) -> Iterator[Candidate]:
        if has_cjk(words.joined):
            for n, start, end in self._unspaced.find(words):
                yield candidate_at(words, n, self._patterns[n].alias, (start, end))

    # ---------------------------------------------------------------- where a form fits

    def _fits(self, folded: list[str]) -> list[tuple[Form, Fit]]:
        """Return every name that matches words of a text, with its position; *folded* are the words in lower case."""
        anchors = self._anchors_of(folded)
        fits: list[tuple[Form, Fit]] = []
        padded = [*folded, ""]  # so that the words after the last and before the first are empty
        alternatives, splittable = self._alternatives, self._anchors.splittable
        # one word in five is the anchor of some name: this loop takes most of the time of the search
        for at, anchor in compress(enumerate(anchors), anchors):
            if not anchor:
                continue
            before, after = padded[at - 1], padded[at + 1]
            if anchor.alone:
                fits += [(form, Fit(at, at + 1, 0)) for form, _, _ in anchor.alone]
            if (
                after in anchor.after
                or before in anchor.before
                or (
                    (anchor.corrections or after in alternatives or before in alternatives)
                    and self._may_fit(anchor, before, after)
                )
            ):
                fits += self._fits_around(anchor, folded, at)
            if anchor.half and (before + folded[at] in splittable or folded[at] + after in splittable):
                fits += self._fits_of_split(folded, anchors, at - 1)
                fits += self._fits_of_split(folded, anchors, at)
        return fits

    def _may_fit(self, anchor: Anchor, before: str, after: str) -> bool:
        """Return whether a longer name may match, given its rarest word and the words next to it in the text."""
        befores = (before, *self._alternatives.get(before, ()))
        afters = (after, *self._alternatives.get(after, ()))
        return any(
            (edits and meant.alone)
            or (meant.after and not meant.after.keys().isdisjoint(afters))
            or (meant.before and not meant.before.keys().isdisjoint(befores))
            for meant, edits in ((anchor, 0), *anchor.corrections)
        )

    def _fits_around(self, anchor: Anchor, folded: list[str], at: int) -> Iterator[tuple[Form, Fit]]:
        """Yield the names that match around word *at* of a text, which is (or misspells) the rarest word of a name."""
        before, after = self._readings(folded, at - 1), self._readings(folded, at + 1)
        yield from self._extended(anchor, folded, (at, at + 1), before, after)

    def _fits_of_split(self, folded: list[str], anchors: Sequence[MaybeAnchor], at: int) -> Iterator[tuple[Form, Fit]]:
        """Yield the names of which the text splits a word into the words *at* and *at* + 1: "Kim suky"."""
        for pair in self._pair(folded, at):
            if anchor := self._anchors.exact(pair):
                before = (*self._readings(folded, at - 1), *self._pair(folded, at - 2))
                after = (*self._readings(folded, at + 2), *self._pair(folded, at + 2))
                for form, fit in (
                    *((form, Fit(at, at + 2, 0)) for form, _, _ in anchor.alone),
                    *self._extended(anchor, folded, (at, at + 2), before, after),
                ):
                    if form.loose:
                        yield form, fit
            if at and (previous := anchors[at - 1]):
                yield from self._extended(previous, folded, (at - 1, at), (), (pair,))
            if at + 2 < len(folded) and (following := anchors[at + 2]):
                yield from self._extended(following, folded, (at + 2, at + 3), (pair,), ())

    def _readings(self, folded: list[str], at: int) -> tuple[str, ...]:
        """Return word *at* of a text and the words of names for which it may stand, such as corrected spellings.

        The result is empty if *at* is outside the text.
        """
        return (folded[at], *self._alternatives.get(folded[at], ())) if 0 <= at < len(folded) else ()

    def _pair(self, folded: list[str], at: int) -> tuple[str, ...]:
        """Return the word of a name that the text splits into the words *at* and *at* + 1; an empty tuple if none."""
        if not 0 <= at < len(folded) - 1:
            return ()
        pair = folded[at] + folded[at + 1]
        split = pair in self._anchors.splittable and self._aligner.is_split(folded[at], folded[at + 1], pair)
        return (pair,) if split else ()

    def _extended(
        self,
        anchor: Anchor,
        folded: list[str],
        span: tuple[int, int],
        before: tuple[str, ...],
        after: tuple[str, ...],
    ) -> Iterator[tuple[Form, Fit]]:
        """Yield the names of several words whose rarest word was found at *span*, with the words before and after it.

        Names that consist only of this word, written without edits, are not yielded: the caller adds them.

        Args:
            anchor: The names that have this rarest word.
            folded: The words of the text in lower case.
            span: The number of the first word of the match, and of the word after it.
            before: The possible readings of the word before.
            after: The possible readings of the word after.
        """
        at, end = span
        corrections = anchor.corrections if end - at == 1 else ()
        for meant, edits in ((anchor, 0), *corrections):
            for form, first, last in meant.alone if edits else ():
                if first < last or edits <= form.budgets[first]:
                    yield form, Fit(at, end, edits)
            parts: list[Part] = []
            for word in before:
                parts += meant.before.get(word, ())
            for word in after:
                parts += meant.after.get(word, ())
            for form, first, last in parts:
                if first < last or edits <= form.budgets[first]:
                    for fit in self._aligner.fits(Placement(form, first, last, at, end, edits), folded):
                        yield form, fit

    # ---------------------------------------------------------------- the cache

    def _anchors_of(self, folded: list[str]) -> Sequence[MaybeAnchor]:
        """Return, for each word of a text, the names whose rarest word it may be; False if there are none."""
        if len(self._cached) > MAX_CACHED:
            self._clear_cache()  # before, not while, the words of this text are looked up
        if len(folded) < 2:
            return [self._cached[word] for word in folded]
        anchors: tuple[MaybeAnchor, ...] = itemgetter(*folded)(self._cached)  # the fastest way to look up many keys
        return anchors

    def _clear_cache(self) -> None:
        self._alternatives: dict[
            str, tuple[str, ...]
        ] = {}  # for a word of a text, the words of names for which it may stand
        self._cached = _AnchorCache(self._anchors, self._alternatives)

    # ---------------------------------------------------------------- verification

    def _candidate(self, words: Words, form: Form, first: int, after: int, edits: int) -> Candidate | None:
        alias = self._patterns[form.pattern].alias
        if "_" in words.joined and within_name(words, first, after):
            return None
        if after - first > 1 and not is_contiguous(words, first, after, alias):
            return None
        if form.seamed and self._is_coincidence(words, first, after):
            return None
        chars = None
        if alias.kind is AliasKind.EXACT:
            chars = exact_span(words, first, after, alias)
            if chars is None:
                return None
        return Candidate(form.pattern, first, after, edits, alias, chars)

    def _is_coincidence(self, words: Words, first: int, after: int) -> bool:
        """Return whether ordinary words happen to spell a name that is one word: "a dark river" for DarkRiver.

        Hyphens or capitals show that a name is meant: "a dark-river", "Dark River".
        """
        if any(word not in self._vocabulary for word in words.folded[first:after]):
            return False
        start, end = words.span(first, after)
        if words.joined.count("-", start, end) == after - first - 1:
            return False
        return not all(words.joined[words.span(n, n + 1)[0]].isupper() for n in range(first, after))

    def _regex_candidates(self, words: Words, regexes: Sequence[tuple[int, Alias]]) -> Iterator[Candidate]:
        if not regexes or not words.low:
            return
        for base, text in words.parts():
            readable = text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)
            for number, alias in regexes:
                for match in alias.pattern.finditer(readable):
                    start, end = match.span()
                    if start < end:
                        yield candidate_at(words, number, alias, (base + start, base + end))
