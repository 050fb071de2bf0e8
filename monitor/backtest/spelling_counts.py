"""Count how many past entries each spelling of an actor would match, before the actor is added to the watchlist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.facts import find_indicators, parse_address
from monitor.matching import Matcher, load_vocabulary
from monitor.model import Actor, SeenText, Text


@dataclass(frozen=True, slots=True)
class SpellingCount:
    """How many past entries mention an actor by one of its spellings."""

    actor: str  # its id
    spelling: str  # as written in the watchlist
    entries: int
    examples: tuple[str, ...] = ()  # titles of the first of these entries


def count_spellings(
    texts: Iterable[SeenText | Text],
    actors: Iterable[Actor],
    *,
    learned: frozenset[str] = frozenset(),
    most_examples: int = 3,
) -> list[SpellingCount]:
    """Return for each spelling of *actors* how many of *texts* mention it, the most frequent first.

    Spellings that are not mentioned are included with 0, addresses are left out then. An entry with several texts
    (after edits) counts once.

    Args:
        texts: The texts, for example ``stored_texts(db)``; they are read once, in order.
        actors: The actors as the watchlist would contain them.
        learned: Words learned from the feeds, which are not taken for misspelled names.
        most_examples: How many titles to keep for each spelling.
    """
    actors = tuple(actors)
    matcher = Matcher(actors, (), vocabulary=load_vocabulary(), learned=learned)
    entries: dict[tuple[str, str], set[int]] = {
        (actor.id, spelling): set() for actor in actors for spelling in (*actor.aliases, *actor.weak)
    }
    addresses = {a.value: a.chain for actor in actors for a in map(parse_address, actor.addresses)}
    titles: dict[tuple[str, str], list[str]] = defaultdict(list)
    for position, text in enumerate(texts):
        number, plain = (text.number, text.entry.text) if isinstance(text, SeenText) else (-position, text)
        mentions = matcher.find(plain, find_indicators(plain, addresses) if addresses else ()).mentions
        for key in {(mention.subject, mention.alias) for mention in mentions}:
            found = entries.setdefault(key, set())
            if number not in found and len(titles[key]) < most_examples:
                titles[key].append(plain.title)
            found.add(number)
    counts = [SpellingCount(*key, len(found), tuple(titles[key])) for key, found in entries.items()]
    return sorted(counts, key=lambda one: (-one.entries, one.actor, one.spelling))
