"""Count how many past entries each spelling of an actor would match, before the actor is in the watchlist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.matching import Matcher, load_vocabulary
from monitor.model import Actor, SeenText, Text


@dataclass(frozen=True, slots=True)
class SpellingCount:
    """How many entries have a mention of an actor by one of its spellings."""

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
    """Return for each spelling of *actors* how many of *texts* have a mention that counts; the most frequent first.

    Spellings without a mention are included, with 0. An entry with several texts counts once.

    Args:
        texts: For example ``stored_texts(db)``; read once, in order.
        actors: What to look for, as the watchlist would have them.
        learned: Words that the daemon has learned from its feeds, which are no misspellings.
        most_examples: Titles to keep for each spelling.
    """
    actors = tuple(actors)
    matcher = Matcher(actors, (), vocabulary=load_vocabulary(), learned=learned)
    entries: dict[tuple[str, str], set[int]] = {
        (actor.id, spelling): set() for actor in actors for spelling in (*actor.aliases, *actor.weak)
    }
    titles: dict[tuple[str, str], list[str]] = defaultdict(list)
    for position, text in enumerate(texts):
        number, plain = (text.number, text.entry.text) if isinstance(text, SeenText) else (-position, text)
        for key in {(mention.subject, mention.alias) for mention in matcher.find(plain).mentions}:
            found = entries.setdefault(key, set())
            if number not in found and len(titles[key]) < most_examples:
                titles[key].append(plain.title)
            found.add(number)
    counts = [SpellingCount(*key, len(found), tuple(titles[key])) for key, found in entries.items()]
    return sorted(counts, key=lambda one: (-one.entries, one.actor, one.spelling))
