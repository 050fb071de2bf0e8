"""The index over all aliases: anchor, then verify.

Each form of an alias hangs on its rarest word, the anchor. A text is looked up word by word; only where a
word may be an anchor are the words around it compared. What a word may stand for is learned once and
remembered, so that the search for slips of the pen is paid once per distinct word of all feeds, not once per
text. (The design of Lucene's TermFilteredPresearcher, with a deletion neighbourhood in front.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import compress, repeat
from operator import is_

from monitor.matching.clues import Clue, Clues, MaybeClue, Part
from monitor.matching.fitting import Fit, Fitter
from monitor.matching.forms import Form, Pattern, forms
from monitor.matching.running import RunningText
from monitor.matching.sighting import Sighting, as_written, by_letters, holds_together
from monitor.matching.spelling import AliasKind
from monitor.matching.text import Words, has_cjk

MAX_REMEMBERED = 400_000  # distinct words and pairs of words; then the memory starts anew

# start, end and pattern of a sighting, and where it stands by the letter when it is not made of whole words
_Place = tuple[float, float, int, tuple[int, ...]]

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Index:
    """Finds all patterns at once.

    Args:
        patterns: What to look for; sightings name them by their position here.
        vocabulary: Folded words that are never taken for a slip of the pen.
        learned: More of those: they may still be a name that is run together or parted.
        slack: Edits allowed beyond the budget; see ``forms``.
        bystanders: How many of the last patterns matter only beside others.
    """

    def __init__(
        self,
        patterns: Sequence[Pattern],
        vocabulary: frozenset[str] = frozenset(),
        *,
        learned: frozenset[str] = frozenset(),
        slack: int = 0,
        bystanders: int = 0,
    ) -> None:
        self._patterns = patterns
        self._asked_for = len(patterns) - bystanders
        self._vocabulary = vocabulary
        every = [form for n, pattern in enumerate(patterns) for form in forms(n, pattern, vocabulary, slack=slack)]
        strict = frozenset(n for n, p in enumerate(patterns) if p.alias.kind is AliasKind.EXACT)
        self._clues = Clues(every, vocabulary, strict, learned)
        self._fitter = Fitter(vocabulary, learned)
        self._running = RunningText({n: p.alias.words for n, p in enumerate(patterns) if p.alias.running})
        self._regexes = [(n, p.alias) for n, p in enumerate(patterns) if p.alias.kind is AliasKind.REGEX]
        self._forget()

    def find(self, words: Words) -> list[Sighting]:
        """Return every sighting, in reading order, overlapping ones included; one per pattern and span.

        None at all where only bystanders are.
        """
        beyond = [*self._sightings_beyond_words(words)]
        fits = [*self._fits(words.folded)]
        if not beyond and all(form.pattern >= self._asked_for for form, _ in fits):
            return []
        best: dict[_Place, Sighting] = {(s.start, s.end, s.pattern, s.span(words)): s for s in beyond}
        for form, (first, after, edits) in fits:
            place: _Place = first, after, form.pattern, ()
            if place not in best or edits < best[place].edits:
                sighting = self._sighting(words, form, first, after, edits)
                if sighting:
                    best[place] = sighting
        return [best[place] for place in sorted(best)]

    def _sightings_beyond_words(self, words: Words) -> Iterator[Sighting]:
        """Yield what is not made of words: names in running text, and regular expressions."""
        if self._running and not words.latin and has_cjk(words.joined):
            for n, start, end in self._running.find(words):
                yield by_letters(words, n, self._patterns[n].alias, start, end)
        if self._regexes:
            yield from self._regex_sightings(words)

    # ---------------------------------------------------------------- where a form fits

    def _fits(self, folded: list[str]) -> Iterator[tuple[Form, Fit]]:
        """Yield every form that lies on the words of a text, and where."""
        clues = self._clues_to(folded)
        beside = [*folded, ""]  # so that nothing stands behind the last word and before the first
        readings, long = self._readings, self._clues.long
        for at, clue in compress(enumerate(clues), clues):
            if not clue:
                continue
            before, behind = beside[at - 1], beside[at + 1]
            for form, _, _ in clue.alone:
                yield form, (at, at + 1, 0)
            if (
                behind in clue.after
                or before in clue.before
                or ((clue.slips or behind in readings or before in readings) and self._is_met(clue, before, behind))
            ):
                yield from self._around(clue, folded, at)
            if clue.half and (before + folded[at] in long or folded[at] + behind in long):
                yield from self._parted(folded, clues, at - 1)
                yield from self._parted(folded, clues, at)

    def _is_met(self, clue: Clue, before: str, behind: str) -> bool:
        """Return whether the words beside a clue do not rule out all of its longer names: what most words stop at."""
        befores = (before, *self._readings.get(before, ()))
        behinds = (behind, *self._readings.get(behind, ()))
        return any(
            (edits and meant.alone)
            or (meant.after and not meant.after.keys().isdisjoint(behinds))
            or (meant.before and not meant.before.keys().isdisjoint(befores))
            for meant, edits in ((clue, 0), *clue.slips)
        )

    def _around(self, clue: Clue, folded: list[str], at: int) -> Iterator[tuple[Form, Fit]]:
        """Yield the forms that lie on a text, given that the word *at* is a slip of the clue, or a part of them."""
        yield from self._laid(clue, folded, at, at + 1, self._read(folded, at - 1), self._read(folded, at + 1))

    def _parted(self, folded: list[str], clues: Sequence[MaybeClue | None], at: int) -> Iterator[tuple[Form, Fit]]:
        """Yield the forms of which the text writes a word in two, *at* and behind: "Kim suky"."""
        for pair in self._pair(folded, at):
            if clue := self._clues.exactly(pair):
                before = (*self._read(folded, at - 1), *self._pair(folded, at - 2))
                behind = (*self._read(folded, at + 2), *self._pair(folded, at + 2))
                for form, fit in (
                    *((form, (at, at + 2, 0)) for form, _, _ in clue.alone),
                    *self._laid(clue, folded, at, at + 2, before, behind),
                ):
                    if form.loose:
                        yield form, fit
            if at and (clue := clues[at - 1] or None):
                yield from self._laid(clue, folded, at - 1, at, (), (pair,))
            if at + 2 < len(folded) and (clue := clues[at + 2] or None):
                yield from self._laid(clue, folded, at + 2, at + 3, (pair,), ())

    def _read(self, folded: list[str], at: int) -> tuple[str, ...]:
        """Return the words of names that the word *at* may stand for, itself first; none outside the text."""
        return (folded[at], *self._readings.get(folded[at], ())) if 0 <= at < len(folded) else ()

    def _pair(self, folded: list[str], at: int) -> tuple[str, ...]:
        """Return the word of a name that the text writes in two, *at* and behind, if any."""
        if not 0 <= at < len(folded) - 1:
            return ()
        pair = folded[at] + folded[at + 1]
        parted = pair in self._clues.long and self._fitter.is_parted(folded[at], folded[at + 1], pair)
        return (pair,) if parted else ()

    def _laid(
        self, clue: Clue, folded: list[str], at: int, after: int, before: tuple[str, ...], behind: tuple[str, ...]
    ) -> Iterator[tuple[Form, Fit]]:
        """Yield the forms that lie on a text, given that *at* to before *after* stands the clue, and what is beside.

        But for those that the clue, as written, is all of.
        """
        slips = clue.slips if after - at == 1 else ()
        for meant, edits in ((clue, 0), *slips):
            for form, first, last in meant.alone if edits else ():
                if first < last or edits <= form.budgets[first]:
                    yield form, (at, after, edits)
            parts: list[Part] = []
            for word in before:
                parts += meant.before.get(word, ())
            for word in behind:
                parts += meant.after.get(word, ())
            for form, first, last in parts:
                if first < last or edits <= form.budgets[first]:
                    for fit in self._fitter.fits(form, first, last, edits, folded, at, after):
                        yield form, fit

    # ---------------------------------------------------------------- what is remembered

    def _clues_to(self, folded: list[str]) -> list[MaybeClue | None]:
        """Return for each word the names that it may be the anchor of; False or None where there are none."""
        clues = [*map(self._known.get, folded)]
        if None in clues:
            if len(self._known) > MAX_REMEMBERED:
                self._forget()  # here, and not within a text: its words ask for each other
            for word in {*compress(folded, map(is_, clues, repeat(None)))}:
                self._learn(word)
            clues = [*map(self._known.get, folded)]
        return clues

    def _learn(self, word: str) -> None:
        """Remember which names *word* may be the anchor of, and which words of names it may stand for."""
        if not self._clues.takes(word):
            return
        self._known[word], readings = self._clues.of(word)
        if readings:
            self._readings[word] = readings

    def _forget(self) -> None:
        self._known: dict[str, MaybeClue] = {}  # what each word may be the anchor of
        self._readings: dict[str, tuple[str, ...]] = {}  # the other words of names that it may stand for, if any

    # ---------------------------------------------------------------- what is kept

    def _sighting(self, words: Words, form: Form, first: int, after: int, edits: int) -> Sighting | None:
        alias = self._patterns[form.pattern].alias
        if after - first > 1 and not holds_together(words, first, after, alias):
            return None
        if form.seamed and self._is_chance(words, first, after):
            return None
        letters = None
        if alias.kind is AliasKind.EXACT:
            letters = as_written(words, first, after, alias)
            if letters is None:
                return None
        return Sighting(form.pattern, first, after, edits, alias, letters)

    def _is_chance(self, words: Words, first: int, after: int) -> bool:
        """Return whether ordinary words only happen to spell a name that is written otherwise: "a dark river"."""
        if any(word not in self._vocabulary for word in words.folded[first:after]):
            return False
        return not all(words.joined[words.span(n, n + 1)[0]].isupper() for n in range(first, after))

    def _regex_sightings(self, words: Words) -> Iterator[Sighting]:
        if not self._regexes or not words.low:
            return
        for base, text in words.parts():
            readable = text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)
            for number, alias in self._regexes:
                for match in alias.pattern.finditer(readable):
                    start, end = match.span()
                    if start < end:
                        yield by_letters(words, number, alias, base + start, base + end)
