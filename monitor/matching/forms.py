"""The forms in which a name may be written ("BlueNoroff", "Blue Noroff"), and how many edits each form allows.

An edit is one wrong letter. The limits are numbers of edits per word and per name, not a similarity ratio: a ratio of
0.8 would allow four edits in a long name and none in a short one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from monitor.matching.spelling import Alias, AliasKind
from monitor.matching.words import folded_words

# Blue|Noroff, APT|38: where a name written as one word may be split
_SEAM = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)")
MIN_LOOSE = 5  # letters of a name whose words may be joined or split
MAX_JOINED_WORDS = 3  # words that may be joined into one
MIN_SPLIT = 6  # letters of a word that may be split anywhere, unless into two ordinary words
MIN_ORDINARY_PAIR = 9  # letters of a name that may be split into two ordinary words: "care to" is not Careto
MIN_JOINED_FUZZY = 9  # letters of a name that allows an edit even if its words are joined
MAX_JOINED_FUZZY = 24  # longer words are not names whose words were joined
MIN_VERSIONED = 5  # letters of a name that may have a version number attached
_SIBILANTS = ("s", "x", "z", "ch", "sh")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A spelling to search for, how many wrong letters it allows, and whether its words may be joined or split."""

    alias: Alias
    max_edits: int | None = None  # None: the length decides; 0: none allowed
    regroup: bool = True  # whether its words may be joined or split

    def relaxed(self) -> Pattern:
        """Return the same spelling without regard to case; used to explain why "dai" does not match ``=DAI``."""
        if self.alias.kind is not AliasKind.EXACT:
            return self
        return replace(self, alias=replace(self.alias, kind=AliasKind.PLAIN), regroup=False)


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a name, as words in lower case without accents.

    An edit is one wrong letter; ``budgets`` says how many each word allows, ``total`` how many all words together.
    """

    pattern: int  # the number of the pattern in the index
    words: tuple[str, ...]
    budgets: tuple[int, ...]
    total: int
    ending: bool = False  # the last word of the text may be longer: "drain*"
    seamed: bool = False  # the form has two words where the alias has one
    loose: bool = False  # its words may be joined, and long ones split

    @property
    def joined(self) -> str:
        """Return the words of this name written as one: ``lazarusgroup``; empty if that is too short to allow edits."""
        if not (self.loose and self.total and len(self.words) > 1):
            return ""
        joined = "".join(self.words)
        return joined if MIN_JOINED_FUZZY <= len(joined) <= MAX_JOINED_FUZZY and not has_digit(joined) else ""


def edits_of_word(length: int, *, alone: bool) -> int:
    """Return how many edits (wrong letters) a word of a name may have.

    Args:
        length: The number of letters of the word.
        alone: Whether the word is the whole name; words of longer names may have more edits.
    """
    if alone:
        return 0 if length < 6 else 1 if length < 12 else 2
    return 0 if length < 4 else 1 if length < 10 else 2


def edits_of_name(length: int) -> int:
    """Return how many edits (wrong letters) a name of *length* letters may have in all its words together."""
    return 0 if length < 6 else 1 if length < 12 else 2 if length < 24 else 3


def forms(number: int, pattern: Pattern, vocabulary: frozenset[str], *, slack: int = 0) -> Iterator[Form]:
    """Yield the ways in which a name may be written, the usual one first: "BlueNoroff", "Blue Noroff".

    Args:
        number: The number of the name in the index of spellings.
        pattern: The name.
        vocabulary: Ordinary words, in lower case without accents; "darkriver" may be split into two of them.
        slack: How many edits to allow beyond the usual limits, at most two in a word; used to find near misses.
    """
    alias = pattern.alias
    if alias.kind is AliasKind.REGEX or alias.unspaced:
        return
    words = alias.words
    total = _total(pattern, slack)
    loose = alias.kind is AliasKind.PLAIN and pattern.regroup and sum(map(len, words)) >= MIN_LOOSE
    ending = alias.kind is AliasKind.ENDING
    yield Form(number, words, _budgets(words, total, slack), total, ending, loose=loose)
    if loose:
        apart = _SEAM.sub(" ", alias.core)
        split = words if apart == alias.core else folded_words(apart)
        if split != words:
            yield Form(number, split, _budgets(split, total, slack), total, seamed=True, loose=True)
        elif len(words) == 1 and len(words[0]) >= MIN_ORDINARY_PAIR and words[0] not in vocabulary:
            for pair in ordinary_pairs(words[0], vocabulary):
                yield Form(number, pair, (0, 0), 0, seamed=True)


def ordinary_pairs(word: str, vocabulary: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield every pair of words of *vocabulary* that *word* is composed of: ``dark`` and ``river`` for "darkriver"."""
    for n in range(2, len(word) - 1):
        if word[:n] in vocabulary and word[n:] in vocabulary:
            yield word[:n], word[n:]


def is_plural(word: str, base: str) -> bool:
    """Return whether *word* is the English plural of *base*: "drainers" of "drainer".

    A base that ends in a digit or has fewer than four letters has no plural.
    """
    if len(base) < 4 or base[-1].isdigit():
        return False
    return word == base + "s" or (word == base + "es" and base.endswith(_SIBILANTS))


def plurals(base: str) -> Iterator[str]:
    """Yield the English plurals that *base* may have: "drainers" for "drainer"."""
    for word in (base + "s", base + "es"):
        if is_plural(word, base):
            yield word


def singulars(word: str) -> Iterator[str]:
    """Yield the words of which *word* may be the English plural: "drainer" for "drainers"."""
    if not word.endswith("s"):
        return
    for base in (word[:-1], word[:-2]):
        if is_plural(word, base):
            yield base


def without_version(word: str) -> str:
    """Return *word* without the digit at its end: "lockbit" for "lockbit3"; empty if it has no such digit."""
    base = word[:-1]
    return base if len(base) >= MIN_VERSIONED and word[-1] in "123456789" and base.isalpha() else ""


def has_digit(word: str) -> bool:
    """Return whether *word* contains a digit. Such a word must match exactly, since APT37 is not APT38."""
    return not word.isalpha() and any(map(str.isdigit, word))


def _total(pattern: Pattern, slack: int) -> int:
    if pattern.alias.kind is not AliasKind.PLAIN:
        return 0
    by_length = edits_of_name(sum(map(len, pattern.alias.words)))
    return slack + (by_length if pattern.max_edits is None else min(by_length, pattern.max_edits))


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
    """Return the same object for equal tuples, to save memory: a hundred thousand names have few different ones.

    Args:
        budgets: The number of edits that each word of a name allows.
    """
    return budgets
