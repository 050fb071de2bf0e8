"""The ways to write one alias, each with the slips of the pen that it forgives.

Forgiveness is counted in edits per word and in total, never as a score: a ratio lets four edits through in a
long name and forbids one in a short name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from monitor.matching.spelling import Alias, AliasKind
from monitor.matching.text import folded_words

# Blue|Noroff, APT|38: where a name written solid may be parted
_SEAM = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)")
MIN_SOLID = 5  # letters of a name that may also be written solid or parted
MIN_JOINED = 6  # letters of a word that may also be parted anywhere
MAX_SOLID_WORDS = 3
_HISSES = ("s", "x", "z", "ch", "sh")


@dataclass(frozen=True, slots=True)
class Pattern:
    """An alias to look for, and how much to forgive."""

    alias: Alias
    edits: int | None = None  # at most; None: by length; 0: none
    parted: bool = True  # also in one word, or parted at its seams

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


def edits_of_word(length: int, *, alone: bool) -> int:
    """Return how many edits a word of *length* letters forgives, *alone* or within a phrase."""
    if alone:
        return 0 if length < 6 else 1 if length < 12 else 2
    return 0 if length < 4 else 1 if length < 10 else 2


def edits_of_name(length: int) -> int:
    """Return how many edits a name of *length* letters forgives in all its words together."""
    return 0 if length < 6 else 1 if length < 12 else 2 if length < 24 else 3


def forms(number: int, pattern: Pattern, *, slack: int = 0) -> Iterator[Form]:
    """Yield the forms of *pattern*, the alias's own words first.

    *slack* raises every budget that is above 0 or could be, up to two edits a word: what explains a near
    miss.
    """
    alias = pattern.alias
    if alias.kind is AliasKind.REGEX or alias.running:
        return
    words = alias.words
    total = _total(pattern, slack)
    yield _form(number, words, total, slack, ending=alias.kind is AliasKind.ENDING)
    letters = sum(map(len, words))
    if alias.kind is not AliasKind.PLAIN or not pattern.parted or letters < MIN_SOLID:
        return
    parted = folded_words(_SEAM.sub(" ", alias.core))
    if parted != words:
        yield _form(number, parted, total, slack, seamed=True)
    if 1 < len(words) <= MAX_SOLID_WORDS:
        yield Form(number, ("".join(words),), (0,), 0)


def is_plural(word: str, base: str) -> bool:
    """Return whether *word* is the plural of *base*; not for numbers or bases under four letters."""
    if len(base) < 4 or base[-1].isdigit():
        return False
    return word == base + "s" or (word == base + "es" and base.endswith(_HISSES))


def has_digit(word: str) -> bool:
    """Return whether *word* holds a digit: then it must be met exactly, for APT37 is not APT38."""
    return any(map(str.isdigit, word))


def _total(pattern: Pattern, slack: int) -> int:
    if pattern.alias.kind is not AliasKind.PLAIN:
        return 0
    by_length = edits_of_name(sum(map(len, pattern.alias.words)))
    return slack + (by_length if pattern.edits is None else min(by_length, pattern.edits))


def _form(
    number: int, words: tuple[str, ...], total: int, slack: int, *, ending: bool = False, seamed: bool = False
) -> Form:
    alone = len(words) == 1
    budgets = tuple(
        0 if has_digit(word) or len(word) < 4 else min(total, 2, edits_of_word(len(word), alone=alone) + slack)
        for word in words
    )
    return Form(number, words, budgets, total, ending, seamed)
