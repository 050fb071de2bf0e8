"""Ways in which a text writes a name otherwise: what feeds, keyboards and those who hide do to it.

Each takes a name and dice, and returns the name as written, or None where it has nothing to change.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Variant = Callable[[str, random.Random], str | None]

_MARKED = str.maketrans("aeioucnsyzAEIOUCNSYZ", "áéíöúçñšýžÁÈÍÖÜÇÑŠÝŽ")
_ALIKE = str.maketrans("aceopxyijsABCEHKMOPTXy", "асеорхуіјѕАВСЕНКМОРТХу")
_WIDE = {n: n + 0xFEE0 for n in range(0x21, 0x7F)}
_SEAM = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)")
_LONG = re.compile(r"[A-Za-z]{6,}")  # the words in which one edit is to be forgiven
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _changed(new: str, name: str) -> str | None:
    return None if new == name else new


def _fixed(change: Callable[[str], str]) -> Variant:
    """Return the variant that needs no dice."""
    return lambda name, _: _changed(change(name), name)


def possessive(name: str, dice: random.Random) -> str | None:
    """Return the name with an apostrophe, of either kind, and an s."""
    return name + dice.choice(["'s", "’s"])


def _plural(name: str) -> str:
    if not re.search(r"[A-Za-z]{4,}$", name) or name[-1] in "sSyY":
        return name
    return name + ("es" if name.lower().endswith(("x", "z", "ch", "sh")) else "s")


def zero_width(name: str, dice: random.Random) -> str | None:
    """Return the name with an invisible character within a word."""
    return _within(name, dice.choice("\u200b\u200c\u200d\u2060\ufeff"), dice)


def soft_hyphen(name: str, dice: random.Random) -> str | None:
    """Return the name with a soft hyphen within a word."""
    return _within(name, "\u00ad", dice)


def hyphen(name: str, dice: random.Random) -> str | None:
    """Return the name with a hyphen, of some kind, or an underscore for its blanks."""
    return _changed(name.replace(" ", dice.choice("-‑–_")), name)


def parted(name: str, dice: random.Random) -> str | None:
    """Return the name with one of its long words cut in two, by a blank or a hyphen."""
    word = _some_long_word(name, dice)
    if not word:
        return None
    at = dice.randint(word.start() + 2, word.end() - 2)
    return name[:at] + dice.choice(" -") + name[at:]


def entity(name: str, dice: random.Random) -> str | None:
    """Return the name with an entity that the feed escaped twice for a blank, or behind it."""
    space = dice.choice(["&nbsp;", "&#160;", "&#xa0;"])
    return name.replace(" ", space) if " " in name else name + dice.choice(["&#8217;s", "&rsquo;s", "&quot;", "&amp;"])


def replaced(name: str, dice: random.Random) -> str | None:
    """Return the name with a letter of a long word replaced."""
    return _edited(name, dice, lambda word, at: word[:at] + _other(word[at], dice) + word[at + 1 :])


def dropped(name: str, dice: random.Random) -> str | None:
    """Return the name without a letter of a long word."""
    return _edited(name, dice, lambda word, at: word[:at] + word[at + 1 :])


def added(name: str, dice: random.Random) -> str | None:
    """Return the name with a letter put into a long word."""
    return _edited(name, dice, lambda word, at: word[:at] + dice.choice(LETTERS) + word[at:])


def swapped(name: str, dice: random.Random) -> str | None:
    """Return the name with two neighbouring letters of a long word in the wrong order."""

    def swap(word: str, at: int) -> str:
        at = min(at, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    return _edited(name, dice, swap)


SURE: dict[str, Variant] = {  # all of them are to be found
    "small letters": _fixed(str.lower),
    "capitals": _fixed(str.upper),
    "possessive": possessive,
    "plural": _fixed(_plural),
    "marks": _fixed(lambda name: name.translate(_MARKED)),
    "look-alike letters": _fixed(lambda name: name.translate(_ALIKE)),
    "zero width": zero_width,
    "full width": _fixed(lambda name: name.translate(_WIDE)),
    "soft hyphen": soft_hyphen,
}
SEPARATORS: dict[str, Variant] = {
    "hyphen for blank": hyphen,
    "blank for hyphen or seam": _fixed(lambda name: _SEAM.sub(" ", name.replace("-", " "))),
    "run together": _fixed(lambda name: re.sub(r"[ -]", "", name)),
    "long word parted": parted,
    "entity left over": entity,
}
EDITS: dict[str, Variant] = {
    "letter replaced": replaced,
    "letter dropped": dropped,
    "letter added": added,
    "letters swapped": swapped,
}


def _within(name: str, character: str, dice: random.Random) -> str | None:
    places = [m.start() for m in re.finditer(r"(?<=[A-Za-z])(?=[A-Za-z])", name)]
    if not places:
        return None
    at = dice.choice(places)
    return name[:at] + character + name[at:]


def _some_long_word(name: str, dice: random.Random) -> re.Match[str] | None:
    # a word with a digit beside it is a number, which is never taken for another
    words = [m for m in _LONG.finditer(name) if not re.search(r"\d", name[max(0, m.start() - 1) : m.end() + 1])]
    return dice.choice(words) if words else None


def _edited(name: str, dice: random.Random, edit: Callable[[str, int], str]) -> str | None:
    found = _some_long_word(name, dice)
    if not found:
        return None
    word = edit(found.group(), dice.randrange(len(found.group())))
    return _changed(name[: found.start()] + word + name[found.end() :], name)


def _other(letter: str, dice: random.Random) -> str:
    return dice.choice([c for c in LETTERS if c != letter.lower()])
