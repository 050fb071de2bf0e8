"""Read from the database what a backtest needs: the stored entries of a period, and what operators did in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from monitor.backtest.replay import OperatorHistory
from monitor.backtest.run import SAMPLES, BacktestOptions
from monitor.model import SeenText
from monitor.store import Reader, learned_words
from monitor.store.scratch import past_triages
from monitor.store.stored_texts import count_texts, stored_texts
from monitor.store.triage_and_silences import list_silences
from monitor.stories import STORY_STAYS_OPEN

NOTE = "Messages count as accepted when they are due. Heartbeats, canaries and incidents are left out."


@dataclass(frozen=True, slots=True)
class StoredEntries:
    """The stored texts for a backtest, their number, and the options that go with them."""

    texts: Iterator[SeenText]
    total: int
    options: BacktestOptions


def stored_entries(
    db: Reader, since: datetime, until: datetime | None = None, *, samples: int = SAMPLES
) -> StoredEntries:
    """Return the stored entries of a period, preceded by those of ten more days, in which its first stories began.

    Args:
        db: A database reader; it must stay open until the last text has been read.
        since: The start of the period; earlier texts are replayed but not counted.
        until: The end of the period; texts seen at this time or later are left out. None leaves none out.
        samples: The maximum number of samples of each kind of change in the report.
    """
    begin = since - STORY_STAYS_OPEN
    silences = tuple(silence for silence, _ in list_silences(db))
    options = BacktestOptions(
        since=since,
        samples=samples,
        stored_stories=True,
        learned=learned_words.latest(db).words,
        history=OperatorHistory(silences, tuple(past_triages(db, begin))),
        notes=(NOTE,),
    )
    return StoredEntries(stored_texts(db, begin, until), count_texts(db, begin, until), options)
