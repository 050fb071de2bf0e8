"""What others offer for finding many names in a text, each made ready to be asked text by text.

They answer how many names they found. None of them knows context, exclude, look-alike letters or edits within words;
they stand beside ours for their speed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from monitor.matching import Matcher, load_vocabulary
from monitor.model import Actor, Text

SCORE = 88  # of 100: what those who match with ratios ask for
LONGEST = 3  # words in an n-gram
MISSING = "it is not installed: pip install numpy ahocorasick-rs flashtext2"

Search = Callable[[Text], int]


@dataclass(frozen=True, slots=True)
class Method:
    """A way to search, and how much of it a benchmark can afford: names times words in one round."""

    name: str
    ready: Callable[[Sequence[Actor]], Search]
    most: float


def ours(actors: Sequence[Actor]) -> Search:
    """Return our search, with context and exclude."""
    matcher = Matcher(actors, (), vocabulary=load_vocabulary())
    return lambda text: len(matcher.find(text).mentions)


def aho_corasick(actors: Sequence[Actor]) -> Search:
    """Return an exact search in lower case, whole words only."""
    automaton = _imported("ahocorasick_rs").AhoCorasick([name.lower() for name in _names(actors)])

    def search(text: Text) -> int:
        low = _joined(text).lower()
        found = automaton.find_matches_as_indexes(low, overlapping=True)
        return sum(_whole(low, start, end) for _, start, end in found)

    return search


def flashtext(actors: Sequence[Actor]) -> Search:
    """Return an exact search of whole words without regard to case."""
    keywords = _imported("flashtext2").KeywordProcessor(case_sensitive=False)
    keywords.add_keywords_from_iter(_names(actors))
    return lambda text: len(keywords.extract_keywords(_joined(text)))


def partial_ratio(actors: Sequence[Actor]) -> Search:
    """Return a fuzzy search by ``partial_ratio``, which finds a name anywhere, within words too."""
    _imported("numpy")
    names = [name.lower() for name in _names(actors)]

    def search(text: Text) -> int:
        scores = process.cdist([_joined(text).lower()], names, scorer=fuzz.partial_ratio, score_cutoff=SCORE)
        return int((scores > 0).sum())

    return search


def cdist(actors: Sequence[Actor]) -> Search:
    """Return a fuzzy search that compares every run of one to three words with every name."""
    _imported("numpy")
    names = [name.lower() for name in _names(actors)]

    def search(text: Text) -> int:
        words = re.findall(r"\w+", _joined(text).lower())
        grams = {" ".join(words[n : n + size]) for size in range(1, LONGEST + 1) for n in range(len(words))}
        scores = process.cdist([*grams], names, scorer=fuzz.ratio, score_cutoff=SCORE)
        return int((scores > 0).sum())

    return search


METHODS = (
    Method("ours", ours, float("inf")),
    Method("ahocorasick_rs, exact", aho_corasick, float("inf")),
    Method("flashtext2, exact", flashtext, float("inf")),
    Method("rapidfuzz cdist of word runs", cdist, 3e7),
    Method("rapidfuzz partial_ratio", partial_ratio, 3e7),
)


def _names(actors: Sequence[Actor]) -> list[str]:
    return [name for actor in actors for name in (*actor.aliases, *actor.weak)]


def _joined(text: Text) -> str:
    return "\n".join(value for _, value in text.fields())


def _whole(text: str, start: int, end: int) -> bool:
    before, behind = text[start - 1 : start], text[end : end + 1]
    return not before.isalnum() and not behind.isalnum()


def _imported(module: str) -> Any:
    try:
        return __import__(module)
    except ImportError as error:
        raise SystemExit(f"matching_speed: {module} is needed to compare with, and {MISSING}") from error
