"""Read past entries in several processes, each entry once for all analyses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from monitor.backtest.paired_judging import WatchlistParts
from monitor.facts import find_indicators
from monitor.learning.names_in_text.linked_names import LinkedName, NameReader
from monitor.learning.names_in_text.name_words import crime_word, theft_word
from monitor.learning.near_misses import NearName, near_names
from monitor.learning.unmatched_thefts import Theft, read_theft
from monitor.model import Entry


@dataclass(frozen=True, slots=True)
class TextFindings:
    """What the analyses found in one text."""

    names: tuple[LinkedName, ...] = ()
    near: tuple[NearName, ...] = ()
    theft: Theft | None = None
    has_actor: bool = False  # it mentions a tracked actor


NOTHING = TextFindings()


@dataclass(frozen=True, slots=True)
class ScanTask:
    """The task of each worker process: the watchlist, and whether entries still have to be assigned to stories."""

    watchlist: WatchlistParts
    with_profiles: bool  # the entries have no stored story

    def start(self) -> Callable[[Entry], TextFindings]:
        """Compile the watchlist and return the function that analyses one entry.

        Each worker process calls this once.
        """
        watchlist = self.watchlist.compile()
        reader = NameReader(watchlist)

        def read(entry: Entry) -> TextFindings:
            occurrences = find_indicators(entry.text, watchlist.addresses)
            word = crime_word(entry.text)
            explained = watchlist.matcher.explain(entry.text, occurrences) if word else None
            if explained is None:
                mentions = watchlist.matcher.find(entry.text, occurrences).mentions
            else:
                mentions = tuple(match.mention for match in explained if match.counts)
            names = tuple(reader.read(entry.text, mentions, explained))
            near = tuple(near_names(watchlist, entry.text, explained, word)) if explained else ()
            steals = bool(word) and bool(theft_word(entry.text))
            theft = read_theft(entry, mentions, with_profile=self.with_profiles) if steals else None
            has_actor = any(mention.actor for mention in mentions)
            return TextFindings(names, near, theft, has_actor) if names or near or theft or has_actor else NOTHING

        return read
