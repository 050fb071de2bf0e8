"""Recognise names of actors by their form: numbers ("APT38"), vendors' naming schemes ("Jade Sleet"), unusual words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.learning.names_in_text.name_words import FIRST_WORDS, LAST_WORDS
from monitor.matching import folded_words, load_vocabulary

_CODE = re.compile(
    r"(?:APT|UNC|TA|FIN|UAC|UAT|DEV|Storm|TAG|ATK|ITG|CL-[A-Z]{2,4}|CTG|TEMP|SectorA|G|UTA|LARVA|LUCR|GTG|UNK|CIS|NSO|"
    r"Unit|Group|TG|T-APT|APT-C|APT-K|REF|STAC|JINX|MUT|PUA|DarkHydrus|GOLD|IRON|BRONZE|COBALT|NICKEL|TIN|ALUMINUM)"
    r"(?:[-‑ ._]?[A-Z]{0,6}[-‑ ._]?\d{1,5}|[-.][A-Z][A-Za-z]+)\b"
)


@dataclass(frozen=True, slots=True)
class WrittenName:
    """A name as it stands in a text; ``start`` and ``end`` are its span in that text."""

    text: str
    start: int
    end: int
    kind: str = ""  # the word for its kind that stands beside it, in lower case: "group", "malware"
    possessive: bool = False  # "Lazarus's": something of the actor is meant
    bounded: bool = True  # whether quotes, small letters or punctuation show where it begins and ends


def is_code(name: str) -> bool:
    """Return whether *name* is a designation with a number, as security vendors assign: APT38, UNC4899, Storm-2603."""
    return _CODE.fullmatch(name) is not None


def has_code(name: str) -> bool:
    """Return whether one of the words of *name* is a designation with a number: "Analysis of APT-C-56"."""
    return any(map(is_code, name.split()))


def follows_a_scheme(name: str) -> bool:
    """Return whether *name* follows the naming scheme of a security vendor, as Microsoft's "Jade Sleet" does."""
    words = name.lower().split()
    return len(words) in (2, 3) and (words[-1] in LAST_WORDS or words[0] in FIRST_WORDS)


def has_number(name: str) -> bool:
    """Return whether *name* contains a digit."""
    return any(map(str.isdigit, name))


def is_distinctive(name: str) -> bool:
    """Return whether *name* contains a word that is neither an ordinary word nor a place nor a common personal name."""
    return any(word not in load_vocabulary() and len(word) > 3 for word in folded_words(name))


def tightened(name: WrittenName, *, at_end: bool) -> WrittenName | None:
    """Return *name* without other words of a heading in which all words have capitals.

    "Unveiling Earth Kapre" becomes "Earth Kapre" because of the naming scheme, and "Tracking ScarCruft" becomes
    "ScarCruft" because that is no ordinary word. The result is None if it is unclear which of the words are the name.

    Args:
        name: A name that may include other words of the heading.
        at_end: Whether the name proper is at the end of the words; False: at their beginning.
    """
    words = [(m[0], m.start(), m.end()) for m in re.finditer(r"\S+", name.text)]
    if len(words) == 1:
        return name
    for count in (2, 1, 3):
        part = words[-count:] if at_end else words[:count]
        text = name.text[part[0][1] : part[-1][2]]
        fits = (is_code(text) or follows_a_scheme(text)) if count > 1 else (is_code(text) or is_distinctive(text))
        if len(part) == count and fits:
            return WrittenName(text, name.start + part[0][1], name.start + part[-1][2], name.kind)
    return None
