"""Find the blockchain addresses of actors in a text; an address must match exactly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from monitor.matching.candidate import Candidate, candidate_at
from monitor.matching.match import Owner
from monitor.matching.spelling import Alias, AliasKind
from monitor.matching.words import Words
from monitor.model import Actor, Indicator, IndicatorKind, comparable_address

MAX_DIFFERENT = 2  # characters in which a look-alike differs
_SHOWN_FIRST, _SHOWN_LAST = 6, 4  # characters that wallets show of an address, by which people compare it
_RUN = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{25,106}(?![0-9A-Za-z])")
_SHORTENED = re.compile(r"(?<![0-9A-Za-z])([0-9A-Za-z]{4,})(?:…|\.{2,6})([0-9A-Za-z]{3,})(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class _Watched:
    pattern: int
    alias: Alias


@dataclass(frozen=True, slots=True)
class NearAddress:
    """A part of a text that resembles an address of an actor, and why it is not that address."""

    candidate: Candidate
    reason: str


class AddressIndex:
    """Finds addresses of actors among the addresses in a text, in the same time however many there are.

    Args:
        actors: The actors of the watchlist.
        first_pattern: The number of the first address in the index of spellings; the other addresses follow.
    """

    def __init__(self, actors: Iterable[Actor], first_pattern: int) -> None:
        owners: dict[str, list[Owner]] = {}
        self._watched: dict[str, _Watched] = {}
        for actor in actors:
            owner = Owner(actor) if actor.addresses else None
            for written in actor.addresses:
                value = comparable_address(written)
                if value not in self._watched:
                    alias = Alias(written, AliasKind.ADDRESS, core=value)
                    self._watched[value] = _Watched(first_pattern + len(self._watched), alias)
                    owners[value] = []
                if owner and owner not in owners[value]:
                    owners[value].append(owner)
        self.owners = [*map(tuple, owners.values())]  # in the order of the patterns

    def __len__(self) -> int:
        return len(self._watched)

    def find(self, words: Words, indicators: Iterable[Indicator]) -> list[Candidate]:
        """Return a possible match for each address of an actor in a text, in the order of *indicators*.

        Args:
            words: The words of the text.
            indicators: The blockchain addresses found in the text.
        """
        found = []
        for indicator in indicators if self._watched else ():
            watched = self._watched.get(comparable_address(indicator.value))
            if watched and indicator.kind is IndicatorKind.ADDRESS:
                start = words.start_of(indicator.field)
                span = start + indicator.start, start + indicator.end
                found.append(candidate_at(words, watched.pattern, watched.alias, span))
        return found

    def near(self, words: Words) -> Iterator[NearAddress]:
        """Yield the parts of a text that resemble an address of an actor: look-alike and shortened addresses."""
        if not self._watched:
            return
        for run in _RUN.finditer(words.joined):
            value = comparable_address(run[0])
            if value not in self._watched and (near := _nearest(value, self._watched)):
                watched, reason = near
                yield NearAddress(candidate_at(words, watched.pattern, watched.alias, run.span()), reason)
        for short in _SHORTENED.finditer(words.joined):
            begin, end = (part.lower() for part in short.groups())
            same = [w for value, w in self._watched.items() if _shortens(value.lower(), begin, end)]
            if same:
                reason = f"a shortened address is no evidence: many begin and end like {same[0].alias.written}"
                yield NearAddress(candidate_at(words, same[0].pattern, same[0].alias, short.span()), reason)


def _nearest(value: str, watched: Mapping[str, _Watched]) -> tuple[_Watched, str] | None:
    """Return the address of an actor that *value* resembles most, and how the two differ; None if none is similar."""
    best: tuple[_Watched, str] | None = None
    fewest = MAX_DIFFERENT + 1
    for other, one in watched.items():
        different = Levenshtein.distance(value, other, score_cutoff=fewest)
        if different < fewest:
            fewest = different
            characters = "1 character" if different == 1 else f"{different} characters"
            best = one, f"not {one.alias.written}: it differs in {characters}; it may be a look-alike made to deceive"
        elif (
            best is None
            and value[:_SHOWN_FIRST] == other[:_SHOWN_FIRST]
            and value[-_SHOWN_LAST:] == other[-_SHOWN_LAST:]
        ):
            best = one, f"not {one.alias.written}: only beginning and end agree; it may be a look-alike made to deceive"
    return best


def _shortens(value: str, begin: str, end: str) -> bool:
    return len(begin) + len(end) < len(value) and value.startswith(begin) and value.endswith(end)
