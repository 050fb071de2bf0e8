"""Decide how strictly each imported spelling must match: as it is, with capitals, or near context only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.exchange.group_strictness import classify_group, exact_group_spellings
from monitor.exchange.legal_forms import is_legal_form
from monitor.exchange.names import ListedName, NameKind, Strictness, capitalised
from monitor.matching import AliasKind, folded_words, load_vocabulary, parse_alias
from monitor.matching.folding import has_cjk

MIN_LETTERS = 4  # of a name of one word that counts without context
MIN_PERSON_LETTERS = 6  # of a name of several words that counts in any case: "Xu Bin"
MAX_ORDINARY_WORDS = 2  # that a name may consist of and still be ordinary text: "Will Young", "Total Look"
_GROUPS = (NameKind.GROUP, NameKind.MALWARE)
_EDGE_APOSTROPHE = re.compile(r"(?<!\w)['‘’ʻʼ`]|['‘’ʻʼ`](?!\w)")


@dataclass(frozen=True, slots=True)
class Spellings:
    """The spellings of one actor in the syntax of the watchlist, and why some of them are strict."""

    aliases: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    doubts: tuple[tuple[str, Strictness, str], ...] = ()  # name, how it is used, why
    origins: Mapping[str, str] = field(default_factory=dict)  # of each spelling: where it comes from
    beside: bool = False  # whether a weak spelling needs its context word as its neighbour


def spellings(names: Sequence[tuple[str, ListedName]]) -> Spellings:
    """Return *names* as spellings of one actor for the watchlist; ``classify`` says how strictly each must match."""
    aliases: list[str] = []
    weak: list[str] = []
    doubts: list[tuple[str, Strictness, str]] = []
    origins: dict[str, str] = {}
    for name, listed in names:
        if not folded_words(name):
            continue
        strictness, why = _strictness(name, listed)
        written = _written(name, listed.kind, strictness)
        (weak if strictness in (Strictness.WEAK, Strictness.BESIDE) else aliases).extend(written)
        if why:
            doubts.append((plain_spelling(name), strictness, why))
        for spelling in written:
            origins.setdefault(spelling, listed.origin)
    beside = any(strictness is Strictness.BESIDE for _, strictness, _ in doubts)
    return Spellings(_distinct(aliases), _distinct(weak), tuple(doubts), origins, beside)


def _strictness(name: str, listed: ListedName) -> tuple[Strictness, str]:
    strictness, why = classify(name, listed.kind)
    if listed.weak and strictness is Strictness.PLAIN:
        return Strictness.WEAK, "weak according to the list"
    # "Donald Trump Ransomware": the list does not call anything "Donald Trump"
    if listed.kind in _GROUPS and name in listed.short and strictness is Strictness.EXACT:
        return Strictness.BESIDE, why
    return strictness, why


def _written(name: str, kind: NameKind, strictness: Strictness) -> list[str]:
    """Return the spellings of *name* that match as strictly as that."""
    if strictness is Strictness.NONE:
        return []
    if kind in _GROUPS and strictness is not Strictness.PLAIN and not has_cjk(name):
        return [*exact_group_spellings(name)]
    return [*exact_spellings(name)] if strictness is Strictness.EXACT else [plain_spelling(name)]


def classify(name: str, kind: NameKind = NameKind.UNKNOWN) -> tuple[Strictness, str]:
    """Return how strictly *name* must be matched, and why it is not matched as a plain spelling.

    Args:
        name: The spelling.
        kind: What it belongs to.
    """
    if kind in _GROUPS:
        return classify_group(name, kind)
    words = folded_words(name)
    letters = sum(map(len, words))
    if is_legal_form(name):
        return Strictness.WEAK, "a legal form"
    if has_cjk(name):
        return (Strictness.WEAK, "a single character") if letters < 2 else (Strictness.PLAIN, "")
    if _EDGE_APOSTROPHE.search(name):
        return Strictness.PLAIN, ""
    if len(words) == 1:
        if parse_alias(plain_spelling(name)).kind is AliasKind.EXACT:
            return Strictness.PLAIN, ""
        if letters < MIN_LETTERS:
            return Strictness.WEAK, "short"
        return (Strictness.WEAK, "an ordinary word") if words[0] in load_vocabulary() else (Strictness.PLAIN, "")
    if letters < MIN_PERSON_LETTERS:
        return Strictness.EXACT, "short"
    if len(words) <= MAX_ORDINARY_WORDS and all(word in load_vocabulary() for word in words):
        return Strictness.EXACT, "made of ordinary words"
    return Strictness.PLAIN, ""


def plain_spelling(name: str) -> str:
    """Return *name* without the marks that the syntax of spellings gives a meaning to."""
    name = name.strip().lstrip("=").rstrip("*").strip()
    return name.strip("/") if len(name) > 1 and name[0] == name[-1] == "/" else name


def exact_spellings(name: str) -> Iterator[str]:
    """Yield the exact spellings of *name*: with capitals at the beginning of words, in its last name, and in all of it.

    An exact spelling compares punctuation too, so that the one with a comma is also written without it.
    """
    written = [capitalised(plain_spelling(name))]
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
    """Return *written* without spellings that match the same texts as another; one with a comma also matches without.

    Two plain spellings with the same words differ in their punctuation only.
    """
    kept: dict[object, str] = {}
    for spelling in written:
        alias = parse_alias(spelling)
        key = alias.core if alias.kind is AliasKind.EXACT else alias.words
        if key not in kept or ("," in spelling and "," not in kept[key]):
            kept[key] = spelling
    return tuple(kept.values())
