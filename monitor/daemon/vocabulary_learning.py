"""Learning the words of the feeds, slowly: once a day, aside, from the newest entries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from monitor.daemon.threads import in_thread
from monitor.logs import Log
from monitor.matching import WordCount, load_words
from monitor.store import open_reader, vocabulary
from monitor.store.committer import Committer
from monitor.store.vocabulary import Learned

EVERY = timedelta(days=1)
ENTRIES = 20_000  # the newest, which take a few seconds to read

log = Log(__name__)


class Learner:
    """Keeps the words learned from the feeds.

    Args:
        committer: Stores what was learned.
        path: Gives the database, which is read by a connection of our own, so that no poll waits.
    """

    def __init__(self, committer: Committer, *, path: Callable[[], Path]) -> None:
        self._committer = committer
        self._path = path

    async def known(self) -> Learned:
        """Return the words in force."""
        return await self._committer.do(vocabulary.newest)

    async def learn(self, now: datetime) -> Learned | None:
        """Return the words of a new version; None when they are the same, or were looked for less than a day ago."""
        known = await self.known()
        # a moment that is yet to come is from a clock that was wrong
        if known.checked_at is not None and timedelta(0) <= now - known.checked_at < EVERY:
            return None
        path = self._path()
        words, stories = await in_thread(lambda: counted(path), "vocabulary")
        learned = await self._committer.do(partial(vocabulary.keep, words=words, stories=stories, now=now))
        if learned.version == known.version:
            return None
        log.info("words learned", version=learned.version, words=len(words), stories=stories)
        return learned


def counted(path: Path) -> tuple[frozenset[str], int]:
    """Return the words that the database at *path* teaches, and the number of stories that they were learned from."""
    with open_reader(path) as db:
        count, meant = WordCount(load_words(), vocabulary.confirmed(db)), vocabulary.meant(db)
        for entry, story, text in vocabulary.texts(db, ENTRIES):
            count.add(story, text, besides=meant.get(entry, ()))
    return count.words(), count.stories
