"""Decide how strictly each imported spelling must match: in any case, with its capitals, or near a context word."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from monitor.exchange.describing_words import KNOWN_NAMES
from monitor.exchange.group_strictness import classify_group, compound_cuts, exact_group_spellings
from monitor.exchange.legal_forms import is_legal_form
from monitor.exchange.names import ListedName, NameKind, Strictness, capitalised
from monitor.matching import folded_words, load_vocabulary
from monitor.matching.folding import has_cjk
from monitor.matching.spelling import is_acronym

MIN_LETTERS = 4  # of a name of one word that counts without context
MIN_PERSON_LETTERS = 6  # of a name of several words that counts in any case: "Xu Bin"
MAX_ORDINARY_WORDS = 2  # that a name may consist of and still be ordinary text: "Will Young", "Total Look"
_GROUPS = (NameKind.GROUP, NameKind.MALWARE)
_WEAK = (Strictness.WEAK, Strictness.BESIDE)
words_of = lru_cache(maxsize=131_072)(folded_words)  # each spelling of a large list is asked for several times
_EDGE_APOSTROPHE = re.compile(r"(?<!\w)['‘’ʻʼ`]|['‘’ʻʼ`](?!\w)")


@dataclass(frozen=True, slots=True)
class Spellings:
    """The spellings of one imported actor in the syntax of the watchlist, and why some must match strictly."""

    aliases: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    doubts: tuple[tuple[str, Strictness, str], ...] = ()  # name, how it is used, why
    origins: Mapping[str, str] = field(default_factory=dict)  # of each spelling: where it comes from
    beside: bool = False  # whether a weak spelling needs its context word as its neighbour

    def all(self) -> tuple[str, ...]:
        """Return all spellings; the weak ones come last."""
        return (*self.aliases, *self.weak)


def spellings(names: Sequence[tuple[str, ListedName]], shared: Container[tuple[str, ...]] = frozenset()) -> Spellings:
    """Turn the names of one actor into spellings for the watchlist; ``classify`` decides how strictly each must match.

    Args:
        names: Each spelling, with the name in the list that it comes from.
        shared: Spellings that other actors have too, as words: typos of them do not match, and a short form of a
            person's name needs a context word.
    """
    aliases: list[str] = []
    weak: list[str] = []
    doubts: list[tuple[str, Strictness, str]] = []
    origins: dict[str, str] = {}
    beside = False
    for name, listed in names:
        if not words_of(name):
            continue
        strictness, why = classify(name, listed.kind)
        if strictness is Strictness.PLAIN and words_of(name) in shared and not has_cjk(name):
            is_made = listed.kind is NameKind.PERSON and name in listed.short
            strictness = Strictness.WEAK if is_made else Strictness.EXACT
        # of "Donald Trump Ransomware" and "Global Energy LLC", what is left without the last word is an ordinary
        # phrase; of "PUTIN, Vladimir Vladimirovich" it is what the news write
        elif name in listed.short and (
            (strictness is Strictness.EXACT and listed.kind is not NameKind.PERSON)
            or is_acronym(name)
            or (strictness is Strictness.WEAK and len(words_of(name)) > 1)
        ):
            strictness = Strictness.BESIDE
        written = _written(name, listed.kind, strictness)
        (weak if listed.weak or strictness in _WEAK else aliases).extend(written)
        beside |= strictness is Strictness.BESIDE
        if why and not listed.weak:
            doubts.append((plain_spelling(name), strictness, why))
        for spelling in written:
            origins.setdefault(spelling, listed.origin)
    return Spellings(_distinct(aliases), _distinct(weak), tuple(doubts), origins, beside)


def _written(name: str, kind: NameKind, strictness: Strictness) -> list[str]:
    """Return *name* as spellings in the syntax of the watchlist that match with the given strictness.

    Args:
        name: The name.
        kind: What kind of thing the name belongs to.
        strictness: How strictly the spellings must match.
    """
    if strictness is Strictness.NONE:
        return []
    if strictness in (Strictness.PLAIN, Strictness.WEAK) and kind not in _GROUPS:
        return [plain_spelling(name)]
    if strictness is Strictness.PLAIN or has_cjk(name):
        return [plain_spelling(name)]
    return [*(exact_group_spellings(name) if kind in _GROUPS else exact_spellings(name))]


def classify(name: str, kind: NameKind = NameKind.UNKNOWN) -> tuple[Strictness, str]:
    """Return how strictly *name* must match, and the reason in words if it is not a plain spelling.

    Args:
        name: The name.
        kind: What kind of thing the name belongs to.
    """
    if kind in _GROUPS:
        return classify_group(name, kind)
    words = words_of(name)
    letters = sum(map(len, words))
    if not any(map(str.isalpha, name)):
        return Strictness.NONE, "a number"
    if is_legal_form(name):
        return Strictness.BESIDE, "a legal form"
    if has_cjk(name):
        return (Strictness.WEAK, "a single character") if letters < 2 else (Strictness.PLAIN, "")
    if _EDGE_APOSTROPHE.search(name):
        return Strictness.PLAIN, ""
    if len(words) == 1:
        return _classify_word(name, words[0])
    if letters < MIN_PERSON_LETTERS:
        return Strictness.EXACT, "short"
    if len(words) <= MAX_ORDINARY_WORDS and all(word in load_vocabulary() for word in words):
        return Strictness.EXACT, "made of ordinary words"
    return Strictness.PLAIN, ""


def _classify_word(name: str, word: str) -> tuple[Strictness, str]:
    if is_acronym(plain_spelling(name)):
        return Strictness.PLAIN, ""
    if len(word) < MIN_LETTERS:
        return Strictness.BESIDE, "short"
    if word in load_vocabulary() or word in KNOWN_NAMES:
        return Strictness.BESIDE, "an ordinary word"
    return (Strictness.EXACT, "made of ordinary words") if any(compound_cuts(word)) else (Strictness.PLAIN, "")


def plain_spelling(name: str) -> str:
    """Return *name* without ``=``, ``*`` and ``/`` at its ends, which have a meaning in the syntax of spellings."""
    name = name.strip().lstrip("=").rstrip("*").strip()
    return name.strip("/") if len(name) > 1 and name[0] == name[-1] == "/" else name


def exact_spellings(name: str) -> Iterator[str]:
    """Yield spellings that match *name* exactly, in the capitals that news items use.

    They are: each word with a capital, the last name in capitals, and all in capitals. An exact spelling also compares
    punctuation, so a name with a comma gives a spelling without it too.
    """
    plain = plain_spelling(name)
    written = [capitalised(plain.upper() if plain.islower() else plain)]
    before, comma, after = written[0].partition(", ")
    words = written[0].split()
    if comma:
        written.append(f"{before.upper()}, {after}")
    elif len(words) > 1:
        written.append(" ".join((*words[:-1], words[-1].upper())))
    written.append(written[0].upper())
    for one in dict.fromkeys(written):
        yield f"={one}"
        if comma:
            yield f"={one.replace(', ', ' ')}"


def _distinct(written: list[str]) -> tuple[str, ...]:
    """Return *written* without spellings that match the same texts as another one.

    Of two plain spellings with the same words, the one with a comma is kept, because it also matches without the comma.
    """
    kept: dict[object, str] = {}
    for spelling in written:
        key = spelling if spelling.startswith("=") or is_acronym(spelling) else words_of(spelling)
        if key not in kept or ("," in spelling and "," not in kept[key]):
            kept[key] = spelling
    return tuple(kept.values())
