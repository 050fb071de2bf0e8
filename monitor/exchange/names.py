"""Read names as published lists write them, and return the spellings that news items may use.

"AGHDA, Ali Alexey" becomes "Ali Alexey Aghda" and "Ali Aghda"; "ACME TRADING LLC" may also be written without "LLC".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from monitor.exchange.legal_forms import is_legal_form, without_legal_form
from monitor.matching import folded_words
from monitor.matching.folding import has_cjk
from monitor.matching.words import word_spans

MIN_CAPITALS = 4  # of a last name that capitals mark, if it may be an organisation: "VTB Bank"
MAX_GIVEN_NAMES = 7  # behind the comma of a person's name; more are the rest of a sentence or an address

_EMPTY = frozenset({"", "-", "--", "-0-", "n/a", "na", "none", "null", "nil", "unknown", "."})
_QUOTES = re.compile(r"""["«»“”„‟″]|''|``""")
_APOSTROPHES = re.compile(r"(?<!\w)['‘’ʻʼ`]|['‘’ʻʼ`](?!\w)")  # not inside a word
_BRACKETS = re.compile(r"\s*[(\[（]([^()\[\]（）]*)[)\]）]")
_ALSO_KNOWN_AS = re.compile(
    r"^(?:a\.?\s?k\.?\s?a\.?|f\.?\s?k\.?\s?a\.?|also known as|formerly|alias(?:es)?)\b[\s:.]*", re.I
)
_SUFFIX = re.compile(
    r"(?:jr|sr|ii|iii|iv|esq|ph\.?d|m\.?d|dr|mr|mrs|ms|gen|col|maj|capt|hajji|haji|sheikh|shaykh)\.?", re.I
)
_PARTICLES = frozenset(
    ("abd", "abdal", "abdul", "abu", "abou", "umm", "al", "el", "bin", "ben", "ibn", "de", "da", "mohd")
)
_BRANCH = frozenset(("ltd", "limited", "inc", "llc"))  # "Acme Co., Ltd. Nanchang Branch"
_SPACES = re.compile(r"\s+")


class NameKind(StrEnum):
    """What kind of thing a name in a list belongs to."""

    PERSON = "person"
    ORGANISATION = "organisation"
    GROUP = "group"  # a threat group or its campaign: a name that a report invented
    MALWARE = "malware"  # ransomware and tools; most of thousands are obscure, and many are named after other things
    UNKNOWN = "unknown"


class Strictness(StrEnum):
    """How strictly an imported spelling must match."""

    PLAIN = "plain"
    EXACT = "exact"  # only with the capitals of a name
    WEAK = "weak"  # only near a context word
    BESIDE = "beside"  # weak, with its capitals, and the context word must be its neighbour: "Play ransomware"
    NONE = "none"  # not at all


@dataclass(frozen=True, slots=True)
class ListedName:
    """A name in a published list, with the spellings that news items may use for it."""

    written: str  # as in the list
    name: str  # for people to read: the given names first
    kind: NameKind
    full: tuple[str, ...]  # spellings with every part of the name
    short: tuple[str, ...] = ()  # without middle names, or without the legal form
    others: tuple[str, ...] = ()  # other names that the cell holds: "(a.k.a. ...)"
    origin: str = ""  # where it comes from, for the comment beside its spellings; empty: the name of its record
    weak: bool = False  # whether the list itself says that the name alone identifies no one


def is_empty(cell: str) -> bool:
    """Return whether *cell* holds no value: it is empty, or a placeholder such as ``-0-`` or ``N/A``."""
    return cell.strip().casefold() in _EMPTY


def read_name(written: str, kind: NameKind = NameKind.UNKNOWN) -> ListedName:
    """Return the name in a cell of a list, with its spellings.

    A comma separates the last name of a person from the given names, unless a legal form follows it. Without a comma,
    capitals mark the last name ("AGHDA Ali", "Ali AGHDA"); otherwise the last word counts as the last name of a person.

    Args:
        written: The text of the cell.
        kind: The kind of name that the list states; if it is unknown, a comma, capitals or a legal form decide.
    """
    text, others = _without_brackets(_SPACES.sub(" ", written.replace("，", ",")).strip())
    marked = _QUOTES.sub("", text).strip(" ,;") or text
    bare = _APOSTROPHES.sub("", marked).strip(" ,;") or marked
    name = replace(_read(bare, kind), written=written, others=others)
    if marked == bare or name.kind is not NameKind.PERSON:
        return name
    # exact spellings compare the apostrophe of 'Abd too
    other = _read(marked, kind)
    return replace(name, full=name.full + other.full, short=name.short + other.short)


def read_person(last: str, given: str) -> ListedName:
    """Return the name of a person with its spellings, from the last name and the given names in their order."""
    while " " in last and _SUFFIX.fullmatch(last.rpartition(" ")[2].strip(".,")):
        last = last.rpartition(" ")[0]
    last, names = capitalised(last.strip(" ,")), [capitalised(name) for name in given.split()]
    if not names:
        return ListedName(last, last, NameKind.PERSON, (last,) if last else ())
    first = " ".join(_first_name(names))
    middle = names[len(first.split()) :]
    written = f"{last}, {given}"
    full = (f"{' '.join(names)} {last}", f"{last}, {' '.join(names)}")
    short = tuple(
        s for one in dict.fromkeys((first, names[0])) for s in (f"{one} {last}", f"{last}, {one}") if names[1:]
    )
    if middle:
        initials = [f"{name[0]}." for name in middle if name[0].isalpha() and len(name.strip(".")) > 1]
        if len(initials) == len(middle):
            short += (f"{first} {' '.join(initials)} {last}",)
            short += (f"{first} {initials[0]} {last}",) if len(initials) > 1 else ()
    return ListedName(written, full[0], NameKind.PERSON, full, short)


def identity(name: str) -> tuple[str, ...]:
    """Return a key that is equal for names that differ only in case, accents, punctuation or the order of words."""
    return tuple(sorted(folded_words(name)))


def _read(text: str, kind: NameKind) -> ListedName:
    if kind is NameKind.ORGANISATION or (kind is NameKind.UNKNOWN and _has_legal_form(text)):
        bare = without_legal_form(text)
        return ListedName(text, text, NameKind.ORGANISATION, (text,), () if bare == text else (bare,))
    last, given = _parts_of_person(text, kind)
    if not given:
        return ListedName(text, text, kind, (text,) if text else ())
    return read_person(last, given)


def _has_legal_form(text: str) -> bool:
    """Return whether *text* contains the legal form of an organisation.

    The "Se" in "PAK, Han Se" is part of a person's name and does not count, although SE is a legal form.
    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 1:
        return without_legal_form(text) != text
    first, *rest = parts
    return (" " in first and without_legal_form(first) != first) or any(
        is_legal_form(part) or part.split()[0].casefold().rstrip(".") in _BRANCH for part in rest if part
    )


def _without_brackets(text: str) -> tuple[str, tuple[str, ...]]:
    """Return *text* without its brackets, and the names in a bracket such as "(a.k.a. X; Y)"."""
    others: list[str] = []
    for inner in _BRACKETS.findall(text):
        if _ALSO_KNOWN_AS.match(inner):
            parts = (_ALSO_KNOWN_AS.sub("", part.strip()) for part in re.split(r"[;|]", inner))
            others += (part.strip(" \"'“”«»") for part in parts)
    bare = _BRACKETS.sub("", text).strip()
    return (bare if any(map(str.isalnum, bare)) else text), tuple(filter(None, others))


def _parts_of_person(text: str, kind: NameKind) -> tuple[str, str]:
    """Return the last name and the given names in *text*.

    The given names are empty if *text* is not a person's name.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    while len(parts) > 2 and (suffixes := [part for part in parts[1:] if _SUFFIX.fullmatch(part)]):
        parts.remove(suffixes[-1])
    if len(parts) == 2 and (kind is NameKind.PERSON or _are_given_names(parts[1])):
        return parts[0], parts[1]
    if len(parts) != 1:
        return text, ""
    words = parts[0].split()
    capitals = [word for word in words if word == word.upper()]
    size = len(capitals)
    shortest = 2 if kind is NameKind.PERSON else MIN_CAPITALS
    if 0 < size < len(words) and len(max(capitals, key=len).strip(".")) >= shortest:
        if words[:size] == capitals:
            return " ".join(capitals), " ".join(words[size:])
        if words[-size:] == capitals:
            return " ".join(capitals), " ".join(words[:-size])
    if kind is NameKind.PERSON and len(words) > 1 and not has_cjk(text):
        return words[-1], " ".join(words[:-1])
    return text, ""


def _are_given_names(text: str) -> bool:
    return len(text.split()) <= MAX_GIVEN_NAMES and not any(map(str.isdigit, text)) and bool(word_spans(text))


def _first_name(names: list[str]) -> list[str]:
    """Return the words of the first given name: of "Abd al-Rahman Omar" the words of "Abd al-Rahman"."""
    count = 1
    while count < len(names) and names[count - 1].casefold() in _PARTICLES:
        count += 1
    return names[:count]


def capitalised(name: str) -> str:
    """Return a *name* in capitals with only the first letter of each word in capitals; other names stay unchanged."""
    if not name.isupper() or len(name.strip(".")) < 2:
        return name
    return re.sub(r"[^\W\d_]+", lambda m: m[0][0] + m[0][1:].lower(), name)
