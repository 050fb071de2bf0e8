"""The ways to write one alias, each with the slips of the pen that it forgives.

Forgiveness is counted in edits per word and in total, never as a score: a ratio lets four edits through in a
long name and forbids one in a short name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from monitor.matching.spelling import Alias, AliasKind
from monitor.matching.text import folded_words

# Blue|Noroff, APT|38: where a name written solid may be parted
_SEAM = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)")
MIN_LOOSE = 5  # letters of a name whose words may be run together or parted
MAX_RUN_TOGETHER = 3  # words in one
MIN_PARTED = 6  # letters of a word that may be parted anywhere, unless into two ordinary words
MIN_ORDINARY_PAIR = 9  # letters of a name of one word that may be parted into those: "take care to" is not Careto
MIN_SOLID_SLIP = 9  # letters of a name that forgives a slip also when its words are run together
MAX_SOLID_SLIP = 24  # nobody runs more together
_HISSES = ("s", "x", "z", "ch", "sh")


@dataclass(frozen=True, slots=True)
class Pattern:
    """An alias to look for, and how much to forgive."""

    alias: Alias
    edits: int | None = None  # at most; None: by length; 0: none
    parted: bool = True  # also with its words run together, or parted

    def loosened(self) -> Pattern:
        """Return the pattern with capitals ignored where they are asked for."""
        if self.alias.kind is not AliasKind.EXACT:
            return self
        return replace(self, alias=replace(self.alias, kind=AliasKind.PLAIN), parted=False)


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a pattern: its words, folded, with the edits that each and all of them allow."""

    pattern: int  # its number in the index
    words: tuple[str, ...]
    budgets: tuple[int, ...]
    total: int
    ending: bool = False  # the last word may go on
    seamed: bool = False  # parted where the alias is written solid
    loose: bool = False  # its words may be run together, and long ones parted

    @property
    def solid(self) -> str:
        """Return the words run together, empty when a slip in them is not forgiven."""
        if not (self.loose and self.total and len(self.words) > 1):
            return ""
        solid = "".join(self.words)
        return solid if MIN_SOLID_SLIP <= len(solid) <= MAX_SOLID_SLIP and not has_digit(solid) else ""


def edits_of_word(length: int, *, alone: bool) -> int:
    """Return how many edits a word of *length* letters forgives, *alone* or within a phrase."""
    if alone:
        return 0 if length < 6 else 1 if length < 12 else 2
    return 0 if length < 4 else 1 if length < 10 else 2


def edits_of_name(length: int) -> int:
    """Return how many edits a name of *length* letters forgives in all its words together."""
    return 0 if length < 6 else 1 if length < 12 else 2 if length < 24 else 3


def forms(number: int, pattern: Pattern, vocabulary: frozenset[str], *, slack: int = 0) -> Iterator[Form]:
    """Yield the forms of *pattern*, the alias's own words first.

    *vocabulary* tells where two ordinary words meet in a name of one word. *slack* raises every budget that is
    above 0 or could be, up to two edits a word: what explains a near miss.
    """
    alias = pattern.alias
    if alias.kind is AliasKind.REGEX or alias.running:
        return
    words = alias.words
    total = _total(pattern, slack)
    loose = alias.kind is AliasKind.PLAIN and pattern.parted and sum(map(len, words)) >= MIN_LOOSE
    ending = alias.kind is AliasKind.ENDING
    yield Form(number, words, _budgets(words, total, slack), total, ending, loose=loose)
    if loose:
        apart = _SEAM.sub(" ", alias.core)
        parted = words if apart == alias.core else folded_words(apart)
        if parted != words:
            yield Form(number, parted, _budgets(parted, total, slack), total, seamed=True, loose=True)
        elif len(words) == 1 and len(words[0]) >= MIN_ORDINARY_PAIR and words[0] not in vocabulary:
            for pair in ordinary_pairs(words[0], vocabulary):
                yield Form(number, pair, (0, 0), 0, seamed=True)


def ordinary_pairs(word: str, vocabulary: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield the ordinary words that *word* is made of, two at a time."""
    for n in range(2, len(word) - 1):
        if word[:n] in vocabulary and word[n:] in vocabulary:
            yield word[:n], word[n:]


def is_plural(word: str, base: str) -> bool:
    """Return whether *word* is the plural of *base*; not for numbers or bases under four letters."""
    if len(base) < 4 or base[-1].isdigit():
        return False
    return word == base + "s" or (word == base + "es" and base.endswith(_HISSES))


def plurals(base: str) -> Iterator[str]:
    """Yield the plurals of *base*, if any."""
    for word in (base + "s", base + "es"):
        if is_plural(word, base):
            yield word


def singulars(word: str) -> Iterator[str]:
    """Yield what *word* may be the plural of."""
    if not word.endswith("s"):
        return
    for base in (word[:-1], word[:-2]):
        if is_plural(word, base):
            yield base


def has_digit(word: str) -> bool:
    """Return whether *word* holds a digit: then it must be met exactly, for APT37 is not APT38."""
    return not word.isalpha() and any(map(str.isdigit, word))


def _total(pattern: Pattern, slack: int) -> int:
    if pattern.alias.kind is not AliasKind.PLAIN:
        return 0
    by_length = edits_of_name(sum(map(len, pattern.alias.words)))
    return slack + (by_length if pattern.edits is None else min(by_length, pattern.edits))


def _budgets(words: tuple[str, ...], total: int, slack: int) -> tuple[int, ...]:
    alone = len(words) == 1
    return _shared(
        tuple(
            0
            if not total or len(word) < 4 or has_digit(word)
            else min(total, 2, edits_of_word(len(word), alone=alone) + slack)
            for word in words
        )
    )


@lru_cache(maxsize=10_000)
def _shared(budgets: tuple[int, ...]) -> tuple[int, ...]:
    """Return the same object for equal *budgets*: there are few, and each name has some."""
    return budgets
