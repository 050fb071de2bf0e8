"""Run a backtest: compare two configurations over past entries, for the command line and the web page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from monitor.backtest.comparison import Comparison
from monitor.backtest.file_stories import FileStories
from monitor.backtest.paired_judging import PairedJudgement, WatchlistParts
from monitor.backtest.reasons import reasons_for_change, reasons_for_gain, reasons_for_loss
from monitor.backtest.replay import OperatorHistory, Replay, ReplayedHit
from monitor.backtest.report import BacktestReport
from monitor.backtest.workers import JudgingTask, map_entries
from monitor.config import Config
from monitor.model import SeenText
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.watchlist import Watchlist, compile_watchlist

SAMPLES = 20
PROGRESS_EVERY = 50  # texts
_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class BacktestOptions:
    """The options of a backtest, such as the start of the period and the number of samples."""

    since: datetime | None = None  # earlier texts only prepare the stories and are not counted; None: all are counted
    samples: int = SAMPLES  # of each kind of change
    processes: int | None = None  # beside this one; None: as many as there are other processors
    stored_stories: bool = False  # the texts have the stories that the daemon gave them
    learned: frozenset[str] = frozenset()  # words that the daemon learned from its feeds
    history: OperatorHistory = field(default_factory=OperatorHistory)
    notes: tuple[str, ...] = ()  # to be part of the report

    def in_one_process(self) -> BacktestOptions:
        """Return the options for a run without other processes."""
        return replace(self, processes=0)


def backtest(
    base: Config,
    edited: Config,
    texts: Iterable[SeenText],
    *,
    options: BacktestOptions | None = None,
    progress: Callable[[int], None] | None = None,
) -> BacktestReport:
    """Return how hits and messages differ between two configurations over the same past entries.

    Args:
        base: The configuration to compare with, usually the active one.
        edited: The configuration to try.
        texts: The texts in the order in which they were seen; they are read once, a few at a time.
        options: The options; None uses the defaults.
        progress: Called with the number of texts compared since the last call; an exception that it raises ends the
            run.

    Raises:
        ConfigError: A spelling is invalid.
    """
    options = options or BacktestOptions()
    lists = [compile_watchlist(config, options.learned) for config in (base, edited)]
    parts = [WatchlistParts(c.actors, c.keywords, c.rules, options.learned) for c in (base, edited)]
    task = JudgingTask(parts[0], parts[1], with_profiles=not options.stored_stories)
    stories = FileStories(lists[1].actor_relations)
    comparison = Comparison(options.since, options.samples)
    with (
        Replay(_active(base, lists[0]), options.history) as before,
        Replay(_active(edited, lists[1]), options.history) as after,
    ):
        pending = 0
        for text, judged in map_entries(texts, task, processes=options.processes):
            story = stories.place(text, judged)
            hits = before.see(text, judged.base, story), after.see(text, judged.edited, story)
            comparison.add(text, *hits, why=_Reasons(text, judged, hits, lists))
            pending += 1
            if progress and pending == PROGRESS_EVERY:
                progress(pending)
                pending = 0
        if progress and pending:
            progress(pending)
        return comparison.report(before.finish(), after.finish(), options.notes)


@dataclass(frozen=True, slots=True)
class _Reasons:
    """Explains why a text is a hit under one configuration only; the work is done when the object is called."""

    text: SeenText
    judged: PairedJudgement
    hits: tuple[ReplayedHit | None, ReplayedHit | None]
    lists: list[Watchlist]

    def __call__(self) -> tuple[str, ...]:
        """Return in words why the two configurations find different hits in the text."""
        before, after = self.hits
        entry = self.text.entry
        if before is None and after is not None:
            return reasons_for_gain(after.judgement, self.judged.base.judgement)
        if after is None and before is not None:
            return reasons_for_loss(entry, before.judgement, self.lists[1])
        if before is not None and after is not None:
            return reasons_for_change(entry, before.judgement, after.judgement, self.lists[1])
        return ()


def _active(config: Config, watchlist: Watchlist) -> ActiveConfiguration:
    return ActiveConfiguration(config, watchlist, 1, loaded_at=_BEGINNING)
