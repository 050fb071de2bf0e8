"""Find the names on both sides of a phrase such as "also known as", and tell names of tracked actors from new names.

In "Lazarus Group, also known as Night Heron", "Lazarus Group" stands on the left side and "Night Heron" on the right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.learning.names_in_text.name_shapes import WrittenName, has_code, is_distinctive, tightened
from monitor.learning.names_in_text.name_words import GROUP_WORDS, THING_WORDS
from monitor.learning.names_in_text.phrases import PHRASES, Relation
from monitor.learning.names_in_text.written_names import name_before


@dataclass(frozen=True, slots=True)
class KnownName:
    """A span of a field (title, summary or content of an entry) that names a tracked actor."""

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
    """Return PART if the sentence is about a part or an associate of the actor on the left side, else *relation*.

    In "a unit of Lazarus known as Night Heron", Night Heron is not another name of Lazarus.

    Args:
        relation: What the phrase alone says about the names on its two sides.
        field: The text of the field.
        left: The name on the left side of the phrase.
        at: The position in *field* at which the phrase begins.
    """
    if not isinstance(left, KnownName):
        return relation
    before = field[max(0, left.start - 80) : left.start]
    is_part = _PART_BEFORE.search(before) or _PART_AFTER.search(field[left.end : at])
    return Relation.PART if is_part else relation


def left_side(field: str, at: int, known: Sequence[KnownName]) -> tuple[WrittenName | KnownName | None, bool]:
    """Return the name on the left side of a phrase, and whether it was found through words such as "the group".

    In "Lazarus stole $2 million. The group, also known as Night Heron", "the group" stands for Lazarus, because the
    text names no other tracked actor before it.

    Args:
        field: The text of the field.
        at: The position in *field* at which the phrase begins.
        known: The spans of *field* that name tracked actors, in reading order.

    Returns:
        The name, or None if no name stands there; and whether "the group" stands for it.
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
    """Return the tracked actor that follows the new name in "Also known as Night Heron, Lazarus has ...".

    Args:
        field: The text of the field.
        at: The position in *field* at which the phrase ("Also known as") begins.
        name: The name after the phrase.
        known: The spans of *field* that name tracked actors, in reading order.

    Returns:
        The span of the actor; None if the phrase does not begin a sentence or if no tracked actor follows the comma.
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
    """Return whether the text between a name and a phrase only describes the name, as " hacking group ("."""
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
    """Return the tracked actors and the new names that a phrase or a bracket links.

    Args:
        field: The text of the field.
        known: The spans of *field* that name tracked actors.
        left: The name before the phrase or the bracket; None if there is none.
        right: The names after the phrase or in the bracket.
        is_heading: Whether most words of the field have capitals, so that capitals do not mark names.

    Returns:
        The ids of the actors, and the new names; None if no tracked actor is among the names, or if one side is a
        possession or a program of the actor ("Lazarus's victim", "the Lazarus RAT").
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
    """Return whether the name stands for something that the actor has: "Lazarus's victim", "the Lazarus RAT"."""
    return name.possessive or name.kind in THING_WORDS


def _delimited(name: WrittenName, *, at_end: bool, is_heading: bool) -> WrittenName | None:
    """Return *name* without neighbouring words that only have capitals because they stand in a heading.

    "Orchestrating ALPHV" becomes "ALPHV". The result is None if it is unclear which of the words are the name.

    Args:
        name: A name that may include such words.
        at_end: Whether the name proper is at the end of the words; False: at their beginning.
        is_heading: Whether most words of the field have capitals.
    """
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
    """Return the name of a tracked actor whose span overlaps *name*; None if *name* is a new name."""
    return next((one for one in known if one.start < name.end and name.start < one.end), None)
