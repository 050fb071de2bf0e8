"""Learn ordinary words from the newest entries once a day, in a separate thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from monitor.daemon.threads import in_thread
from monitor.logs import Log
from monitor.matching import WordCounter, load_vocabulary
from monitor.store import learned_words, open_reader
from monitor.store.committer import Committer
from monitor.store.learned_words import Learned

INTERVAL = timedelta(days=1)
ENTRIES = 20_000  # reading them takes a few seconds

log = Log(__name__)


class VocabularyLearner:
    """Learns ordinary words from the feeds, which the matcher then does not treat as misspelled names.

    Args:
        committer: Runs the transaction that stores the learned words.
        path: Returns the path of the database, which is read through a separate connection: no poll has to wait.
    """

    def __init__(self, committer: Committer, *, path: Callable[[], Path]) -> None:
        self._committer = committer
        self._path = path

    async def current(self) -> Learned:
        """Return the current version of the learned words from the database."""
        return await self._committer.do(learned_words.latest)

    async def learn(self, now: datetime) -> Learned | None:
        """Learn words from the newest entries, and return the new version of the learned words.

        Return None if the words have not changed, or if the last run was less than a day before *now*.
        """
        known = await self.current()
        # a time in the future comes from a clock that was wrong
        if known.checked_at is not None and timedelta(0) <= now - known.checked_at < INTERVAL:
            return None
        path = self._path()
        words, stories = await in_thread(lambda: learn_from(path), "vocabulary")
        learned = await self._committer.do(partial(learned_words.store_words, words=words, stories=stories, now=now))
        if learned.version == known.version:
            return None
        log.info("vocabulary learned", version=learned.version, words=len(words), stories=stories)
        return learned


def learn_from(path: Path) -> tuple[frozenset[str], int]:
    """Return the ordinary words in the database at *path*, and the number of stories that they were learned from."""
    with open_reader(path) as db:
        counter = WordCounter(load_vocabulary(), learned_words.confirmed_names(db))
        names = learned_words.probable_names(db)
        for entry, story, text in learned_words.newest_texts(db, ENTRIES):
            counter.add(story, text, except_for=names.get(entry, ()))
    return counter.words(), counter.stories
