"""Find the places where a text gives another name of an actor: "X, also known as Y", "X (Y, Z)", "X/Y", "APT44: X"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from monitor.learning.names_in_text.link_sides import (
    KnownName,
    covering,
    in_front,
    is_filler,
    left_side,
    names_of_link,
    part_or,
)
from monitor.learning.names_in_text.name_shapes import (
    WrittenName,
    follows_a_scheme,
    has_number,
    is_code,
    is_distinctive,
    tightened,
)
from monitor.learning.names_in_text.phrases import BETWEEN_COMMAS, HINTS, IN_BRACKETS, PHRASES, Relation
from monitor.learning.names_in_text.written_names import names_after

MAX_BRACKET = 120  # characters inside brackets that may be a list of names


class LinkKind(StrEnum):
    """How a text links two names of an actor."""

    PHRASE = "phrase"  # "also known as"
    BRACKET = "bracket"  # the other name in brackets
    SLASH = "slash"  # "ALPHV/BlackCat"
    HEADING = "heading"  # "APT44: Sandworm ..."
    PRONOUN = "pronoun"  # "the group, also known as": the actor is named elsewhere in the text


@dataclass(frozen=True, slots=True)
class Link:
    """A place in a text that gives several names of one actor: names of tracked actors, and new names."""

    kind: LinkKind
    relation: Relation
    actors: tuple[str, ...]  # ids of those that are known, in reading order
    names: tuple[WrittenName, ...]  # the names that are not known
    phrase: str  # by which the text links them; empty for brackets
    is_certain: bool  # one outlet is enough


def may_have_links(text: str) -> bool:
    """Return whether *text* contains a word of a phrase such as "also known as"; this check rules out most texts."""
    low = text.lower()
    return any(hint in low for hint in HINTS)


def find_links(field: str, known: Sequence[KnownName], *, is_title: bool, phrases: bool = True) -> Iterator[Link]:
    """Yield each place of a field that links a name of a tracked actor with another name.

    Args:
        field: The text of a title, summary or content.
        known: The spans of *field* that name tracked actors, in reading order.
        is_title: Whether the field is a title, in which all words may have capitals.
        phrases: Whether to look for phrases such as "also known as"; False if ``may_have_links`` ruled them out.
    """
    is_heading = is_title and _is_heading(field)
    if phrases:
        yield from _by_phrases(field, known, is_heading=is_heading)
    yield from _by_brackets(field, known, is_heading=is_heading)
    if "/" in field:
        yield from _by_slashes(field, known)
    if is_title:
        yield from _by_heading(field, known)


# ---------------------------------------------------------------- phrases


def _by_phrases(field: str, known: Sequence[KnownName], *, is_heading: bool) -> Iterator[Link]:
    for relation, pattern in PHRASES.items():
        for match in pattern.finditer(field):
            closing = _closing(field, match.start())
            right = names_after(field, match.end(), to=closing)
            if _OF_ALIAS.match(match[0]):  # "X aka Lazarus's tactics" gives X the name, "known as Lazarus's victim" not
                right = [replace(name, possessive=False) for name in right]
            left, pronoun = left_side(field, match.start(), known)
            if left is None and right:
                right, left = right[:1], in_front(field, match.start(), right[0], known)
            link = names_of_link(field, known, left, right, is_heading=is_heading)
            if link is None:
                continue
            actors, names = link
            kind = LinkKind.PRONOUN if pronoun else LinkKind.PHRASE
            said = part_or(relation, field, left, match.start())
            certain = said is Relation.SAME and not pronoun
            if names or said is Relation.SAME:
                yield Link(kind, said, actors, names, match[0].strip(), is_certain=certain)
    yield from _between_commas(field, known, is_heading=is_heading)
    yield from _given_by_vendors(field, known, is_heading=is_heading)


# "Mandiant tracks <actor> as APT44"
_TRACKS = re.compile(r"\b(?:tracks?|ha(?:s|ve)\s+tracked|refers?\s+to|dubs)\s+(?:the\s+)?$", re.IGNORECASE)
_AS = re.compile(r"\s+(?:(?:group|gang|crew|hackers|actors?)\s+)?(?:as|under\s+the\s+names?)\s+", re.IGNORECASE)


def _given_by_vendors(field: str, known: Sequence[KnownName], *, is_heading: bool) -> Iterator[Link]:
    """Yield the links to names that a vendor uses for an actor: "Mandiant, which tracks Sandworm as APT44"."""
    for one in known:
        if not _TRACKS.search(field[max(0, one.start - 24) : one.start]) or not (said := _AS.match(field, one.end)):
            continue
        if link := names_of_link(field, known, one, names_after(field, said.end()), is_heading=is_heading):
            yield Link(LinkKind.PHRASE, Relation.SAME, *link, "tracks as", is_certain=True)


_OF_ALIAS = re.compile(r"[afn][./]?\s?k[./]?\s?a\b|alias", re.IGNORECASE)


def _between_commas(field: str, known: Sequence[KnownName], *, is_heading: bool) -> Iterator[Link]:
    """Yield the links of names between commas, as in "HTX, formerly Huobi, said"."""
    for match in BETWEEN_COMMAS.finditer(field):
        right = names_after(field, match.end())[:1]
        if not right or not re.compile(r"\s?(?:[,.;)]|$)").match(field, right[0].end):
            continue
        left, _ = left_side(field, match.start(), known)
        if link := names_of_link(field, known, left, right, is_heading=is_heading):
            yield Link(LinkKind.PHRASE, Relation.SAME, *link, match[0].strip(" ,"), is_certain=False)


def _closing(field: str, at: int) -> int | None:
    """Return the position of the closing bracket if an opening bracket stands right before position *at*, else None."""
    before = field[:at].rstrip()
    if not before.endswith(("(", "（", "[")):
        return None
    found = re.compile(r"[)）\]]").search(field, at, at + 2 * MAX_BRACKET + 1)
    return found.start() if found else None


# ---------------------------------------------------------------- brackets and headings

_BRACKET = re.compile(rf"[(（]([^()（）\n]{{2,{MAX_BRACKET}}})[)）]")


def _by_brackets(field: str, known: Sequence[KnownName], *, is_heading: bool) -> Iterator[Link]:
    if "(" not in field and "（" not in field:
        return
    for match in _BRACKET.finditer(field):
        start, end = match.span(1)
        if not any(
            (one.end <= match.start() + 1 and one.end > match.start() - 60) or start <= one.start < end for one in known
        ):
            continue
        if PHRASES[Relation.SAME].match(field, start):
            continue
        opening = IN_BRACKETS.match(field, start, end)
        right = names_after(field, opening.end() if opening else start, to=end)
        if not right or not is_filler(field[right[-1].end : end].rstrip(".")):
            continue
        left, _ = left_side(field, match.start(), known)
        link = names_of_link(field, known, left, right, is_heading=is_heading)
        if link is None:
            continue
        actors, names = link
        if opening is None:
            names = tuple(name for name in names if not _is_ticker(name.text))
        certain = opening is not None or _is_certain(field, actors, names, left, right)
        yield Link(LinkKind.BRACKET, Relation.SAME, actors, names, opening[0].strip() if opening else "", certain)


def _is_certain(
    field: str,
    actors: Sequence[str],
    names: Sequence[WrittenName],
    left: WrittenName | KnownName | None,
    right: Sequence[WrittenName],
) -> bool:
    """Return whether the names in a bracket are certainly other names of the actor before the bracket.

    They are if a name has a form that only names of actors have ("APT38", "Jade Sleet"), or if the bracket also holds a
    known name of the same actor.

    Args:
        field: The text of the field.
        actors: The ids of the tracked actors that the names before and in the bracket belong to.
        names: The new names.
        left: The name before the bracket; None if there is none.
        right: All names in the bracket.
    """
    if left is None:
        return False
    texts = [field[left.start : left.end], *(name.text for name in right)]
    shaped = {text for text in texts if is_code(text) or follows_a_scheme(text)}
    # a second known name of the same actor in the list tells that it is one of names
    many = len(actors) == 1 and len(right) > len(names) > 0 and len(texts) - len(names) > 1
    return many or (bool(shaped) and all(name.text in shaped or not has_number(name.text) for name in names))


def _is_ticker(name: str) -> bool:
    return len(name) <= 5 and name.isalpha() and name.isupper()


_SLASH = re.compile(r"(?<![\w/.])([A-Z][\w-]{3,})/([A-Z][\w-]{3,})(?![\w/])")


def _by_slashes(field: str, known: Sequence[KnownName]) -> Iterator[Link]:
    """Yield the links of names joined by a slash, as in "ALPHV/BlackCat".

    No such link is certain, because a slash also means "or": a suggestion needs a second outlet.
    """
    for match in _SLASH.finditer(field):
        sides = [WrittenName(match[n], *match.span(n)) for n in (1, 2)]
        found = [covering(known, side) for side in sides]
        for one, other in zip(found, reversed(sides), strict=True):
            if one and None in found:
                yield Link(LinkKind.SLASH, Relation.SAME, (one.actor,), (other,), "/", is_certain=False)


_HEADING = re.compile(r"^(?:[A-Z][a-z]+ )?([A-Z][\w.-]*\d[\w.-]*)\s?[:–—]\s")


def _by_heading(field: str, known: Sequence[KnownName]) -> Iterator[Link]:
    match = _HEADING.match(field)
    if match is None or not is_code(match[1]):
        return
    if one := next((one for one in known if one.start <= match.start(1) and match.end(1) <= one.end), None):
        name = _in_apposition(field, match.end())
        if name and covering(known, name) is None:
            yield Link(LinkKind.HEADING, Relation.SAME, (one.actor,), (name,), ":", is_certain=True)
        return
    one = next((one for one in known if one.start >= match.end()), None)
    if one is None:
        return
    between = field[match.end() : one.start]
    if between and not _APPOSITION.fullmatch(between):
        return
    if not any(other.start < match.end() for other in known):
        name = WrittenName(match[1], match.start(1), match.end(1))
        yield Link(LinkKind.HEADING, Relation.SAME, (one.actor,), (name,), ":", is_certain=True)


def _in_apposition(field: str, at: int) -> WrittenName | None:
    """Return the name that follows an actor number and a colon at the beginning of a title: "APT44: Sandworm Team".

    Args:
        field: The title.
        at: The position after the colon.

    Returns:
        The name if it has the form of a vendor's naming scheme or follows words such as "Russia's cyber unit"; else
            None.
    """
    if described := _APPOSITION.match(field, at):
        names = names_after(field, described.end())
        whole = names and names[0].end == len(field.rstrip(" .")) and is_distinctive(names[0].text)
        return names[0] if whole else None
    names = names_after(field, at)
    shorter = tightened(names[0], at_end=False) if names else None
    return shorter if shorter and (is_code(shorter.text) or follows_a_scheme(shorter.text)) else None


# "Russia's Notorious Cyber Sabotage Unit"
_APPOSITION = re.compile(
    r"(?:the\s+)?(?:[A-Z]\w+['’]s\s+)?(?:[A-Z][\w-]+\s+){0,3}(?:group|gang|unit|team|actor|crew|collective|apt)\s+",
    re.IGNORECASE,
)


def _is_heading(title: str) -> bool:
    """Return whether most words of *title* have capitals, so that capitals do not mark names."""
    words: list[str] = re.findall(r"[^\W\d_][\w'’-]{3,}", title)
    return len(words) > 2 and sum(word[0].isupper() for word in words) > 0.7 * len(words)
