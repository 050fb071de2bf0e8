"""The two sides of a link: which known or new name stands before a phrase, and which names of a list are known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.learning.name_shapes import WrittenName, has_code, is_distinctive, tightened
from monitor.learning.name_words import GROUP_WORDS, THING_WORDS
from monitor.learning.phrases import PHRASES, Relation
from monitor.learning.written_names import name_before


@dataclass(frozen=True, slots=True)
class KnownName:
    """A place where a field of a text names a tracked actor."""

    start: int
    end: int
    actor: str  # its id
    is_program: bool = False  # the actor is named like its program: a ransomware group


# "a unit of Lazarus known as", "hackers linked to Lazarus, known as"
_PART_BEFORE = re.compile(
    rf"(?:{PHRASES[Relation.PART].pattern}|\b(?:linked|tied|connected|affiliated|associated|related|attributed|belonging|"
    r"loyal|subordinate|reporting)\s+(?:to|with)|\bpart\s+of|\bworking\s+(?:for|with)|\bmembers?\s+of)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
# "the Lazarus unit known as"
_PART_AFTER = re.compile(
    r"^['’]?s?\s+(?:[\w-]+\s+)?(?:sub-?group|sub-?set|sub-?cluster|unit|arm|wing|branch|division|offshoot|spin-?off|faction"
    r"|cell|affiliate|member|associate|operative|leader|founder|developer|administrator|front)s?\b",
    re.IGNORECASE,
)


def part_or(relation: Relation, field: str, left: WrittenName | KnownName | None, at: int) -> Relation:
    """Return *relation*, or PART if the phrase is about a part of the actor before it, or about others of its kind.

    Args:
        relation: What the phrase says of the name before it.
        field: The text of the field.
        left: The name before the phrase.
        at: Where the phrase begins.
    """
    if not isinstance(left, KnownName):
        return relation
    before = field[max(0, left.start - 80) : left.start]
    is_part = _PART_BEFORE.search(before) or _PART_AFTER.search(field[left.end : at])
    return Relation.PART if is_part else relation


def left_side(field: str, at: int, known: Sequence[KnownName]) -> tuple[WrittenName | KnownName | None, bool]:
    """Return the name before a phrase, and whether "the group" stands there for the only actor that is named before.

    Args:
        field: The text of the field.
        at: Where the phrase begins.
        known: Where the field names tracked actors, in reading order.
    """
    for one in reversed(known):
        if one.end <= at and is_filler(field[one.end : at]):
            return one, False
    name = name_before(field, at)
    if name is not None:
        return name, False
    before = {one.actor for one in known if one.end <= at}
    if len(before) == 1 and _THE_GROUP.search(field[max(0, at - 80) : at]):
        return next(one for one in reversed(known) if one.end <= at), True
    return None, False


def in_front(field: str, at: int, name: WrittenName, known: Sequence[KnownName]) -> KnownName | None:
    """Return the actor that follows in "Also known as X, Night Heron has"; None unless a phrase begins a sentence.

    Args:
        field: The text of the field.
        at: Where the phrase begins.
        name: The name behind the phrase.
        known: Where the field names tracked actors, in reading order.
    """
    if field[:at].rstrip(" \"“'‘")[-1:] not in ("", ".", "!", "?", ":", "\n"):
        return None
    comma = re.compile(r"[\"”'’]?\s?,\s+(?:the\s+)?").match(field, name.end)
    return next((one for one in known if comma and one.start == comma.end()), None)


KIND_WORDS = "|".join(sorted(map(re.escape, GROUP_WORDS | THING_WORDS), key=len, reverse=True))
_THING = "|".join(sorted(map(re.escape, THING_WORDS), key=len, reverse=True))
_LINK_WORDS = (
    "is|are|was|were|be|been|has|have|had|who|which|that|also|being|et|est|es|ist|son|sono|sind|qui|que|die|der|das|che"
)
# may stand between a name and the phrase: words for the kind, a bracket, "which is"
_FILLER = re.compile(
    rf"""['’"”“»›」』]?s?(?:[\s,;:(（\[—–\-|"“”'’、，]|\b\d{{1,2}}(?:\.\d)?\b|\b(?:{KIND_WORDS}|{_LINK_WORDS})\b|[(（][^()（）]{{1,80}}[)）])*""",
    re.IGNORECASE,
)
_THE_GROUP = re.compile(
    rf"\b(?:the|this)\s+(?:(?:hacking|ransomware|cybercrime|cyber|threat|extortion|criminal|espionage)\s+)?"
    rf"(?:group|gang|crew|collective|syndicate|actor|hackers|cluster|operation|organi[sz]ation)\b"
    rf"(?:[\s,(—–-]|\b(?:{_LINK_WORDS})\b)*$",
    re.IGNORECASE,
)


# ", a cryptocurrency hedge fund"
_DESCRIPTION = re.compile(
    rf"\s?(?:[,–—]|\s-\s)\s?(?:an?|the)\s+(?:(?!(?:by|of|with|from|who|whose|which|that|the|and|used|to|in|on|at|for|as|behind|after|said|say)\b)[\w-]+\s+){{0,7}}?"
    rf"(?!(?:{_THING})\b)[\w-]+(?:[\s,(—–-]|\b(?:{_LINK_WORDS})\b)*",
    re.IGNORECASE,
)


def is_filler(between: str) -> bool:
    """Return whether the text between a name and a phrase only describes the name: " hacking group (", ", a fund"."""
    if len(between) > 160:
        return False
    return _FILLER.fullmatch(between) is not None or _DESCRIPTION.fullmatch(between) is not None


def names_of_link(
    field: str,
    known: Sequence[KnownName],
    left: WrittenName | KnownName | None,
    right: Sequence[WrittenName],
    *,
    is_heading: bool,
) -> tuple[tuple[str, ...], tuple[WrittenName, ...]] | None:
    """Return the known actors and the new names of a link; None if it links none, or says that a name is no actor.

    Args:
        field: The text of the field.
        known: Where it names tracked actors.
        left: The name before the phrase or the bracket; None: none is.
        right: The names behind it.
        is_heading: Whether any word of the field may have a capital.
    """
    if left is None or not right:
        return None
    if isinstance(left, KnownName) and not left.is_program and _thing_after(field, left.end):
        return None
    actors: dict[str, None] = {}
    names: list[WrittenName] = []
    for name in (left, *right):
        one = name if isinstance(name, KnownName) else covering(known, name)
        if one and not one.is_program and isinstance(name, WrittenName) and _is_of_actor(name):
            return None
        if one:
            actors.setdefault(one.actor)
        elif isinstance(name, WrittenName):
            names.append(name)
    if not actors:
        return None
    programs = any(one.is_program for one in known if one.actor in actors)
    kept = (
        _delimited(name, at_end=name is left, is_heading=is_heading)
        for name in names
        if (programs or name.kind not in THING_WORDS) and not name.possessive
    )
    return tuple(actors), tuple(name for name in kept if name)


def _is_of_actor(name: WrittenName) -> bool:
    """Return whether the actor's name stands for something of it: "Lazarus's victim", "the Lazarus RAT"."""
    return name.possessive or name.kind in THING_WORDS


def _delimited(name: WrittenName, *, at_end: bool, is_heading: bool) -> WrittenName | None:
    """Return a name without the words around it that have capitals too; None if it is not clear which these are."""
    words = len(name.text.split())
    if words == 1:
        return name
    if is_heading and at_end and is_distinctive(name.text.split()[-1]) and not is_distinctive(name.text.split()[0]):
        return tightened(name, at_end=True)  # "Orchestrating ALPHV"
    if name.bounded and not has_code(name.text):
        return name
    return tightened(name, at_end=at_end) or (name if words == 2 and not is_heading else None)


def _thing_after(field: str, at: int) -> bool:
    match = re.compile(r"['’]?s?\s+(?:(?:new|custom|own|latest)\s+)?([\w-]+)").match(field, at)
    return bool(match) and match[1].lower() in THING_WORDS if match else False


def covering(known: Iterable[KnownName], name: WrittenName) -> KnownName | None:
    """Return the known name that overlaps *name*; None if it is new."""
    return next((one for one in known if one.start < name.end and name.start < one.end), None)
