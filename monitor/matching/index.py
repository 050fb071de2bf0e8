"""The index over all aliases: anchor, then verify.

Each form of an alias hangs on its rarest word, the anchor. A text is looked up word by word; only where a
word may be an anchor are the words around it compared. What a word may stand for is learned once and
remembered, so that the search for slips of the pen is paid once per distinct word of all feeds, not once per
text. (The design of Lucene's TermFilteredPresearcher, with a deletion neighbourhood in front.)
"""

from __future__ import annotations

import operator
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import OSA

from monitor.matching.forms import MIN_JOINED, Form, Pattern, forms, has_digit, is_plural
from monitor.matching.running import RunningText
from monitor.matching.sighting import Sighting, as_written, holds_together, located
from monitor.matching.slips import Slips
from monitor.matching.spelling import Alias, AliasKind
from monitor.matching.text import Words, has_cjk
from monitor.model import MatchKind

MAX_REMEMBERED = 400_000  # distinct words; then the memory starts anew
MAX_WORD = 64  # letters; a longer word matches as it stands, and must not fill the memory
SHORT_PAIR = 9  # letters; two ordinary words that make less are not a name in two pieces

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_Clue = tuple[Form, int, int]  # a form, which of its words this may be, with how many edits


class Index:
    """Finds all patterns at once.

    Args:
        patterns: What to look for; sightings name them by their position here.
        vocabulary: Folded words that are never taken for a slip of the pen.
        slack: Edits allowed beyond the budget; see ``forms``.
    """

    def __init__(
        self, patterns: Sequence[Pattern], vocabulary: frozenset[str] = frozenset(), *, slack: int = 0
    ) -> None:
        self._patterns = patterns
        self._vocabulary = vocabulary
        every = [form for n, pattern in enumerate(patterns) for form in forms(n, pattern, slack=slack)]
        self._anchors, self._beginnings = self._hang(every)
        self._slips = Slips(_anchor_budgets(self._anchors))
        self._joined: dict[str, list[int]] = defaultdict(list)
        for form in every:
            if _may_be_parted(form, patterns[form.pattern]):
                self._joined[form.words[0]].append(form.pattern)
        self._joins = frozenset(self._joined)
        self._running = RunningText({n: p.alias.words for n, p in enumerate(patterns) if p.alias.running})
        self._regexes = [(n, p.alias) for n, p in enumerate(patterns) if p.alias.kind is AliasKind.REGEX]
        self._memory: dict[str, tuple[_Clue, ...]] = {}
        self._misses: set[str] = set()

    def _hang(self, every: list[Form]) -> tuple[dict[str, list[tuple[Form, int]]], dict[str, list[tuple[Form, int]]]]:
        """Return the forms by their anchor: a whole word, or the beginning of one."""
        frequency = Counter(word for form in every for word in set(form.words))
        anchors: dict[str, list[tuple[Form, int]]] = {}
        beginnings: dict[str, list[tuple[Form, int]]] = {}
        for form in every:
            costs = [self._cost(form, n, frequency) for n in range(len(form.words))]
            n = costs.index(min(costs))
            open_ended = form.ending and n == len(form.words) - 1
            (beginnings if open_ended else anchors).setdefault(form.words[n], []).append((form, n))
        return anchors, beginnings

    def _cost(self, form: Form, n: int, frequency: Counter[str]) -> tuple[bool, int, int, int]:
        """Return how bad an anchor the form's word *n* is: the rarer and longer, the better."""
        word = form.words[n]
        common = (word in self._vocabulary) + (len(word) < 4)
        return form.ending and n == len(form.words) - 1, common, frequency[word], -len(word)

    def find(self, words: Words) -> list[Sighting]:
        """Return every sighting, in reading order, overlapping ones included; one per pattern and span."""
        found = dict.fromkeys(self._windows(words))
        sightings = [s for window in found if (s := self._sighting(words, *window)) is not None]
        # every word in these scripts sorts behind this letter, so most texts are spared the closer look
        if self._running and max(words.low, default="") >= "\u1100" and has_cjk(words.joined):
            for n, start, end in self._running.find(words):
                sightings.append(located(words, n, start, end, 0, MatchKind.FOLDED, self._alias(n)))
        sightings += self._regex_sightings(words)
        best: dict[tuple[int, int, int], Sighting] = {}
        for s in sightings:
            key = (s.pattern, s.start, s.end)
            if key not in best or s.edits < best[key].edits:
                best[key] = s
        return sorted(best.values(), key=lambda s: (s.start, s.end, s.pattern))

    def _alias(self, pattern: int) -> Alias:
        return self._patterns[pattern].alias

    # ---------------------------------------------------------------- where a form fits

    def _windows(self, words: Words) -> Iterator[tuple[int, int, int, int, bool]]:
        """Yield pattern, first word, word after the last, edits, and whether capitals are asked for."""
        folded, vocabulary = words.folded, self._vocabulary
        clues = {word: clue for word in set(folded) - self._misses if (clue := self._clues(word))}
        if clues:
            for at, word in enumerate(folded):
                for form, n, edits in clues.get(word, ()):
                    first, after = at - n, at - n + len(form.words)
                    if first < 0 or after > len(folded):
                        continue
                    if after - first > 1:
                        # an ordinary word beside the anchor is what most false starts fail at
                        beside = n - 1 if n else 1
                        seen, wanted = folded[first + beside], form.words[beside]
                        if seen != wanted and seen in vocabulary and not seen.startswith(wanted):
                            continue
                    window = folded[first:after]
                    total = self._edits(form, window, n, edits)
                    if total is not None:
                        yield form.pattern, first, after, total, form.seamed and self._ordinary(window)
        if self._joins and not self._joins.isdisjoint(map(operator.add, folded, folded[1:])):
            yield from self._parted(folded)

    def _parted(self, folded: list[str]) -> Iterator[tuple[int, int, int, int, bool]]:
        """Yield names of one word that the text writes in two: "Kim suky"."""
        for at, pair in enumerate(map(operator.add, folded, folded[1:])):
            if pair in self._joins:
                ordinary = self._ordinary(folded[at : at + 2])
                if not (ordinary and len(pair) < SHORT_PAIR):
                    for pattern in self._joined[pair]:
                        yield pattern, at, at + 2, 0, ordinary

    def _ordinary(self, words: list[str]) -> bool:
        return all(word in self._vocabulary for word in words)

    def _edits(self, form: Form, window: list[str], anchor: int, edits: int) -> int | None:
        """Return the edits between *form* and the words of *window*, None when it forgives fewer."""
        last = len(window) - 1
        for n, (seen, wanted) in enumerate(zip(window, form.words, strict=True)):
            if n == anchor or seen == wanted:
                continue
            here = self._edits_of(seen, wanted, form, n, last)
            if here is None:
                return None
            edits += here
            if edits > form.total:
                return None
        return edits

    def _edits_of(self, seen: str, wanted: str, form: Form, n: int, last: int) -> int | None:
        if n == last and (seen.startswith(wanted) if form.ending else is_plural(seen, wanted)):
            return 0
        budget = form.budgets[n]
        if not budget or seen in self._vocabulary or has_digit(seen):
            return None
        edits = int(OSA.distance(seen, wanted, score_cutoff=budget))
        return edits if edits <= budget else None

    # ---------------------------------------------------------------- what a word may stand for

    def _clues(self, word: str) -> tuple[_Clue, ...]:
        known = self._memory.get(word)
        if known is not None:
            return known
        if len(word) > MAX_WORD:
            return tuple((form, n, 0) for form, n in self._anchors.get(word, ()))
        if len(self._memory) + len(self._misses) > MAX_REMEMBERED:
            self._memory.clear()
            self._misses.clear()
        clues = tuple(self._learned(word))
        if clues:
            self._memory[word] = clues
        else:
            self._misses.add(word)
        return clues

    def _learned(self, word: str) -> Iterator[_Clue]:
        for form, n in self._anchors.get(word, ()):
            yield form, n, 0
        for cut in (1, 2):
            base = word[:-cut]
            for form, n in self._anchors.get(base, ()):
                if n == len(form.words) - 1 and is_plural(word, base) and not self._exact(form):
                    yield form, n, 0
        for cut in range(1, len(word) + 1):
            for form, n in self._beginnings.get(word[:cut], ()):
                yield form, n, 0
        if len(word) < 3 or word in self._vocabulary or has_digit(word):
            return
        for anchor, edits in self._slips.near(word):
            for form, n in self._anchors[anchor]:
                if edits <= form.budgets[n] and not (n == len(form.words) - 1 and is_plural(word, anchor)):
                    yield form, n, edits

    def _exact(self, form: Form) -> bool:
        return self._alias(form.pattern).kind is AliasKind.EXACT

    # ---------------------------------------------------------------- what is kept

    def _sighting(
        self, words: Words, pattern: int, first: int, after: int, edits: int, capitals: bool
    ) -> Sighting | None:
        alias = self._alias(pattern)
        spans = words.spans[first:after]
        start, end = spans[0][0], spans[-1][1]
        if len(spans) > 1 and not holds_together(words, spans, alias):
            return None
        if capitals and not all(words.joined[at].isupper() for at, _ in spans):
            return None
        if alias.kind is AliasKind.EXACT:
            start, end = as_written(words.joined, start, end, alias)
            if start < 0:
                return None
        kind = MatchKind.ENDING if alias.kind is AliasKind.ENDING else MatchKind.FUZZY if edits else MatchKind.FOLDED
        return located(words, pattern, start, end, edits, kind, alias)

    def _regex_sightings(self, words: Words) -> Iterator[Sighting]:
        if not self._regexes or not words.low:
            return
        for base, text in words.parts():
            readable = text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)
            for number, alias in self._regexes:
                for match in alias.pattern.finditer(readable):
                    start, end = match.span()
                    if start < end:
                        yield located(words, number, base + start, base + end, 0, MatchKind.REGEX, alias)


def _anchor_budgets(anchors: dict[str, list[tuple[Form, int]]]) -> dict[str, int]:
    budgets = {word: max(form.budgets[n] for form, n in hung) for word, hung in anchors.items()}
    return {word: budget for word, budget in budgets.items() if budget}


def _may_be_parted(form: Form, pattern: Pattern) -> bool:
    if pattern.alias.kind is not AliasKind.PLAIN or not pattern.parted or len(form.words) > 1:
        return False
    return len(form.words[0]) >= MIN_JOINED and form.words == pattern.alias.words
