"""Find in one text the other names that it gives tracked actors, as in "Lazarus Group, also known as Night Heron".

A name may be new to the watchlist, or the watchlist may already have it as an alias of another actor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from monitor.learning.names_in_text.link_sides import KnownName
from monitor.learning.names_in_text.links import Link, LinkKind, find_links, may_have_links
from monitor.learning.names_in_text.name_words import COMMON_WORDS, GROUP_WORDS, PLACES, THING_WORDS
from monitor.learning.names_in_text.phrases import Relation
from monitor.matching import ExplainedMatch, Rejection, folded_words
from monitor.model import Actor, Mention, Text
from monitor.watchlist import Watchlist

MAX_NAME = 48  # characters
MAX_QUOTE = 300  # characters of a sentence that is quoted

# still the actor's name, though it does not count as a mention
_NAMING = frozenset({None, Rejection.NO_CONTEXT, Rejection.YIELDS})
_NO_NAME = re.compile(
    r"""CVE-\d|https?:|www\.|@|\$|[€£]|^\W*$|^\d[\d.,%-]*$|\.(?:com|net|org|io|gov|xyz)\b
    |^[\w-]+-(?:based|linked|backed|aligned|affiliated|nexus|sponsored|speaking|related|led|owned|controlled)$
    |^(?:Q[1-4]|H[12]|Web3|Web2|COVID|GMT|UTC|EST|PDT)\b|^\d{1,2}[A-Z]?$|^AA\d\d-|^(?:TSX|NYSE|NASDAQ|OTC)\b""",
    re.IGNORECASE | re.VERBOSE,
)


_NO_NAMES = PLACES | COMMON_WORDS | GROUP_WORDS | THING_WORDS


@dataclass(frozen=True, slots=True)
class LinkedName:
    """Another name that a text gives a tracked actor, with the sentence that says so."""

    actor: str  # its id
    name: str  # as written
    kind: LinkKind
    relation: Relation
    phrase: str
    is_certain: bool  # one outlet is enough
    sentence: str  # that says so
    others: tuple[str, ...] = ()  # ids of other actors that the watchlist has under this name


class NameReader:
    """Finds the other names that texts give the actors of a watchlist.

    Args:
        watchlist: The compiled watchlist.
    """

    def __init__(self, watchlist: Watchlist) -> None:
        self._watchlist = watchlist
        self._programs = {actor.id: _is_program(actor) for actor in watchlist.actors.values()}
        self._owners = lru_cache(maxsize=10_000)(self._owners_of)

    def read(
        self, text: Text, mentions: tuple[Mention, ...], explained: list[ExplainedMatch] | None = None
    ) -> list[LinkedName]:
        """Return the other names that *text* gives tracked actors, without duplicates.

        Args:
            text: The title, summary and content of an entry.
            mentions: The mentions of tracked actors that the watchlist finds in *text*.
            explained: All matches in *text*, including rejected ones; None: the method computes them if it needs them.
        """
        found: dict[tuple[str, tuple[str, ...]], LinkedName] = {}
        for field, value in text.fields():
            phrases = may_have_links(value)
            if phrases and explained is None:
                explained = self._watchlist.matcher.explain(text, near_misses=False)
            naming = mentions if not phrases else (m.mention for m in explained or () if _names(m))
            known = [*self._known(field, naming)]
            if not known:
                continue
            for link in find_links(value, known, is_title=field == "title", phrases=phrases):
                for one in self._linked(link, value, known):
                    key = (one.actor, folded_words(one.name))
                    if key not in found or (one.is_certain and not found[key].is_certain):
                        found[key] = one
        return [*found.values()]

    def _known(self, field: str, mentions: Iterator[Mention] | tuple[Mention, ...]) -> Iterator[KnownName]:
        for mention in mentions:
            actor = self._watchlist.actors.get(mention.actor or "")
            # a description ("hackers tied to Pyongyang") is no name
            if actor is None or mention.field != field or not _is_specific(mention.text):
                continue
            if mention.alias in actor.aliases or mention.alias in actor.weak:
                yield KnownName(mention.start, mention.end, actor.id, self._programs[actor.id])

    def _linked(self, link: Link, field: str, known: list[KnownName]) -> Iterator[LinkedName]:
        if len(link.actors) > 1:
            yield from self._about_two(link, field, known)
            return
        (actor,) = link.actors
        is_general = bool(self._watchlist.actors[actor].yields_to)
        for name in link.names:
            if not is_possible_name(name.text):
                continue
            owners = self._owners(name.text)
            if owners is None or actor in owners:
                continue
            certain = link.is_certain and not is_general
            sentence = quote(field, name.start, name.end)
            yield LinkedName(actor, name.text, link.kind, link.relation, link.phrase, certain, sentence, owners)

    def _about_two(self, link: Link, field: str, known: list[KnownName]) -> Iterator[LinkedName]:
        first, second = link.actors[:2]
        other = next(one for one in known if one.actor == second)
        if other.actor in self._watchlist.actors[first].yields_to or first in self._watchlist.actors[second].yields_to:
            return
        sentence = quote(field, other.start, other.end)
        name = field[other.start : other.end]
        yield LinkedName(first, name, link.kind, link.relation, link.phrase, link.is_certain, sentence, (second,))

    def _owners_of(self, name: str) -> tuple[str, ...] | None:
        """Return the ids of the actors that have the alias *name*.

        None if *name* consists of an alias and other words.
        """
        owners: list[str] = []
        for match in self._watchlist.matcher.explain(Text(name), near_misses=False):
            mention = match.mention
            if mention.actor is None or match.rejection not in _NAMING:
                continue
            rest = f"{name[: mention.start]} {name[mention.end :]}"
            if any(word not in GROUP_WORDS for word in folded_words(rest)):
                return None
            owners.append(mention.actor)
        return tuple(dict.fromkeys(owners))


def _names(match: ExplainedMatch) -> bool:
    """Return whether a match is the name of its actor, including matches that do not count as mentions.

    An example is a weak alias without a context word nearby.
    """
    mention = match.mention
    if match.counts:
        return True
    written_as_name = any(c.isupper() or c.lower() == c.upper() for c in mention.text)
    return match.rejection in _NAMING and not mention.edits and written_as_name


def _is_specific(name: str) -> bool:
    return not all(word in _NO_NAMES - COMMON_WORDS for word in folded_words(name))


def _is_program(actor: Actor) -> bool:
    """Return whether the actor is a ransomware group, whose name is also the name of its malware.

    For such an actor "the LockBit malware" means the actor, while "the Lazarus malware" is a thing that Lazarus uses.
    """
    return any(word.startswith("ransom") for alias in actor.aliases for word in folded_words(alias))


def is_possible_name(name: str) -> bool:
    """Return whether *name* can be the name of an actor.

    Places, dates, CVE ids, addresses and words such as "group" cannot.
    """
    words = folded_words(name)
    if not words or len(name) > MAX_NAME or _NO_NAME.search(name):
        return False
    if sum(map(len, words)) < 2 or all(word.isdigit() for word in words):
        return False
    return not all(word in _NO_NAMES for word in words)


_STOP = re.compile(r"(?<!\b[A-Za-z])[.!?。！？](?=\s|$)|\n")  # not after an initial: "A.K.A."


def quote(text: str, start: int, end: int) -> str:
    """Return the sentence around a span of *text*, shortened to about ``MAX_QUOTE`` characters.

    Args:
        text: The text.
        start: The position at which the span begins.
        end: The position after the last character of the span.
    """
    first = max((m.end() for m in _STOP.finditer(text, 0, start)), default=0)
    last = next((m.end() for m in _STOP.finditer(text, end)), len(text))
    first, last = max(first, start - MAX_QUOTE // 2), min(last, end + MAX_QUOTE // 2)
    cut = text[first:last].strip()
    return " ".join(f"{'... ' if first and not text[:first].rstrip().endswith(('.', '!', '?')) else ''}{cut}".split())
