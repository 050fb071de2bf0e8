"""Run all analyses of ``monitor learn`` on past entries, and combine their results into one report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.backtest.paired_judging import WatchlistParts
from monitor.backtest.workers import map_entries
from monitor.config import Config
from monitor.learning.alias_precision import AliasPrecision
from monitor.learning.near_misses import NearMiss, NearMissCollector
from monitor.learning.new_aliases import AliasCollector, NewAliases
from monitor.learning.scan import ScanTask
from monitor.learning.unmatched_thefts import TheftCollector, UnmatchedTheft
from monitor.model import SeenText
from monitor.watchlist import Watchlist, compile_watchlist

PROGRESS_EVERY = 50  # texts


@dataclass(frozen=True, slots=True)
class LearningReport:
    """The results of all analyses: what past entries and their triage suggest to change in the watchlist."""

    entries: int  # texts that were read
    first_at: datetime | None  # when the first of them was seen; None: there are none
    last_at: datetime | None
    aliases: tuple[AliasPrecision, ...]  # those with most noise first
    near_misses: tuple[NearMiss, ...]  # those of most outlets first
    unmatched: tuple[UnmatchedTheft, ...]
    new_aliases: NewAliases


@dataclass(frozen=True, slots=True)
class LearningOptions:
    """Options that say which actors are analysed and how entries are read."""

    actor: str | None = None  # only what concerns this actor; None: all
    learned: frozenset[str] = frozenset()  # words that the daemon learned from its feeds
    stored_stories: bool = False  # the texts have the stories that the daemon gave them
    processes: int | None = None  # beside this one; None: as many as there are other processors


def learn_from_texts(
    config: Config,
    texts: Iterable[SeenText],
    aliases: tuple[AliasPrecision, ...] = (),
    *,
    options: LearningOptions | None = None,
    progress: Callable[[int], None] | None = None,
) -> LearningReport:
    """Read past entries and return what they suggest to change in the watchlist of *config*.

    Args:
        config: The configuration with the watchlist.
        texts: The entries in the order in which they were first seen; the iterable is read once, a few at a time.
        aliases: The precision of the aliases, which becomes part of the report unchanged.
        options: How the entries are read; None: the defaults.
        progress: Called with the number of entries read since the last call. If it raises an exception, the run ends
            with that exception.

    Raises:
        ConfigError: A spelling in the watchlist is invalid.
    """
    options = options or LearningOptions()
    watchlist = compile_watchlist(config, options.learned)
    parts = WatchlistParts(config.actors, config.keywords, config.rules, options.learned)
    task = ScanTask(parts, with_profiles=not options.stored_stories)
    collected = _Collected(watchlist, options.actor)
    pending = 0
    for text, findings in map_entries(texts, task, processes=options.processes, spare=0):
        collected.count(text)
        collected.names.add(text.entry, [n for n in findings.names if options.actor in (None, n.actor)])
        collected.near.add(text.entry, [n for n in findings.near if options.actor in (None, n.actor)])
        collected.thefts.add(text, findings.theft, has_actor=findings.has_actor)
        pending += 1
        if progress and pending == PROGRESS_EVERY:
            progress(pending)
            pending = 0
    if progress and pending:
        progress(pending)
    return collected.report(aliases)


class _Collected:
    """The findings of all entries read so far."""

    def __init__(self, watchlist: Watchlist, actor: str | None) -> None:
        self.names = AliasCollector()
        self.near = NearMissCollector(watchlist)
        self.thefts = TheftCollector(watchlist.actor_relations)
        self._actor = actor
        self._texts = 0
        self._first_at: datetime | None = None
        self._last_at: datetime | None = None

    def count(self, text: SeenText) -> None:
        self._texts += 1
        self._first_at, self._last_at = self._first_at or text.seen_at, text.seen_at

    def report(self, aliases: tuple[AliasPrecision, ...]) -> LearningReport:
        return LearningReport(
            self._texts,
            self._first_at,
            self._last_at,
            aliases,
            self.near.result(),
            # a theft without an actor concerns none of them
            self.thefts.result() if self._actor is None else (),
            self.names.result(),
        )
