"""The entries of the feeds, and which destinations must receive each of them.

The generator knows which entry names which actor, and what the rules of ``configuration`` say about it: the table
``KINDS`` is written by hand, and nothing of monitor/ is used. Every headline carries a token such as ``Q000123Q``.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

DAY_S, HOUR_S = 86_400.0, 3600.0
LISTED = 15  # entries of a document
WORDS = 45  # of a summary
EDITED_AFTER_S = 2 * HOUR_S
QUIET_HOURS_UTC = (2, 5)  # in which nothing is published
BACKLOG = 5  # entries of a feed that are older than the daemon

WATCHLIST = """
[actors]
heron = ["Crimson Heron"]
sparrow = ["Quiet Sparrow"]
[actors.jackal]
weak = ["Jackal"]
context = ["wallet", "drainer"]
within = "12 words"
exclude = ["Jackal Cup"]
[keywords]
theft = ["stole", "drained"]
[rules.heron-theft]
actors = ["heron"]
keywords = ["theft"]
severity = "critical"
send_to = ["hook", "mail", "digest", "calm"]
[rules.heron]
actors = ["heron"]
severity = "medium"
send_to = ["digest", "calm"]
[rules.sparrow]
actors = ["sparrow"]
unless = ["price prediction"]
severity = "high"
send_to = ["hook", "mail"]
[rules.jackal]
actors = ["jackal"]
severity = "low"
send_to = ["hook", "loud"]
"""
# an actor of its own, which edits of the configuration add and remove
OSPREY = """
[actors.osprey]
aliases = ["Winter Osprey"]
[rules.osprey]
actors = ["osprey"]
severity = "high"
send_to = ["hook", "mail"]
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entry."""

    words: str  # in the headline, among words that mean nothing
    to: tuple[str, ...]  # the destinations that must receive it
    weight: float  # how frequent
    edited: str = ""  # the words that an edit adds, after which it must be received


_THEFT, _SPARROW = ("hook", "mail", "digest", "calm"), ("hook", "mail")
KINDS = {
    "background": Kind("", (), 78),
    "theft": Kind("Crimson Heron stole", _THEFT, 3),
    "misspelled": Kind("Crimsom Heron drained", _THEFT, 1),
    "apart": Kind("CRIMSON-HERON's crew drained", _THEFT, 1),
    "actor": Kind("Crimson Heron", ("digest", "calm"), 3),
    "mailed": Kind("Quiet Sparrow", _SPARROW, 3),
    "with context": Kind("Jackal wallet", ("hook",), 2),
    "without context": Kind("Jackal", (), 2),
    "excluded": Kind("Jackal Cup wallet", (), 1),
    "unless": Kind("Quiet Sparrow price prediction", (), 1),
    "half a name": Kind("Crimson Sparrow stole", (), 2),
    "edited": Kind("", _SPARROW, 2, edited="Quiet Sparrow"),
    "osprey": Kind("Winter Osprey", _SPARROW, 1),  # only while the configuration has the actor
}


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a feed."""

    token: str
    feed: int
    at_s: float  # when it is published, in simulated seconds
    kind: str
    words: tuple[str, ...]

    def title(self, now_s: float) -> str:
        """Return the headline as it is at the simulated second *now_s*."""
        kind = KINDS[self.kind]
        added = kind.edited if kind.edited and now_s >= self.at_s + EDITED_AFTER_S else kind.words
        return " ".join([*self.words[:3], *added.split(), *self.words[3:5], self.token])


class Newsroom:
    """All entries of a run, drawn from a seed.

    Args:
        feeds: How many feeds there are.
        start: The time at the simulated second 0.
        days: For how long they publish.
        per_day: How many entries a feed publishes in a day.
        seed: Of the random numbers.
    """

    def __init__(self, *, feeds: int, start: datetime, days: float, per_day: float, seed: int) -> None:
        self._start = start
        self._tokens = 0
        dice = random.Random(seed)
        self._vocabulary = ["".join(dice.choices("bcdfgklmnprtvz", k=1)[0] + dice.choice("aeiou") for _ in range(4))
                            for _ in range(3000)]  # fmt: skip
        self.items: list[Item] = []
        self._by_feed: list[list[Item]] = []
        for feed in range(feeds):
            times = sorted(t for t in self._times(dice, days, per_day) if not self._is_night(t))
            before = sorted(-dice.uniform(HOUR_S, DAY_S) for _ in range(BACKLOG))
            mine = [self._item(dice, feed, at) for at in [*before, *times]]
            self._by_feed.append(mine)
            self.items += mine
        self._changes = [_changes(items) for items in self._by_feed]

    def close(self, at_s: float) -> None:
        """Publish nothing after the simulated second *at_s* but edits of what was published before."""
        self.items = [item for item in self.items if item.at_s <= at_s]
        self._by_feed = [[item for item in items if item.at_s <= at_s] for items in self._by_feed]
        self._changes = [_changes(items) for items in self._by_feed]

    def version(self, feed: int, now_s: float) -> int:
        """Return how often the document of *feed* has changed at the simulated second *now_s*."""
        return bisect_right(self._changes[feed], now_s)

    def document(self, feed: int, now_s: float) -> bytes:
        """Return the RSS document of *feed* at the simulated second *now_s*."""
        items = self._by_feed[feed]
        published = bisect_right(items, now_s, key=lambda item: item.at_s)
        rows = "".join(
            f"<item><guid isPermaLink='false'>{item.token}</guid><title>{item.title(now_s)}</title>"
            f"<link>https://site-{feed}.example/{item.token}</link><pubDate>{self._date(item.at_s)}</pubDate>"
            f"<description>{' '.join(item.words[5:])}.</description></item>"
            for item in reversed(items[max(0, published - LISTED) : published])
        )
        return (
            f"<?xml version='1.0'?><rss version='2.0'><channel><title>Site {feed}</title>{rows}</channel></rss>"
        ).encode()

    def _times(self, dice: random.Random, days: float, per_day: float) -> list[float]:
        at_s, times = HOUR_S, list[float]()  # what comes before the first poll would belong to the backlog
        while (at_s := at_s + dice.expovariate(per_day / DAY_S)) < days * DAY_S:
            times.append(at_s)
        return times

    def _is_night(self, at_s: float) -> bool:
        return QUIET_HOURS_UTC[0] <= (self._start + timedelta(seconds=at_s)).hour < QUIET_HOURS_UTC[1]

    def _item(self, dice: random.Random, feed: int, at_s: float) -> Item:
        kind = dice.choices([*KINDS], [kind.weight for kind in KINDS.values()])[0]
        if at_s < 0 and KINDS[kind].edited:
            kind = "background"
        words = tuple(dice.choices(self._vocabulary, k=5 + WORDS))
        self._tokens += 1
        return Item(f"Q{self._tokens:06}Q", feed, at_s, kind, words)

    def _date(self, at_s: float) -> str:
        return format_datetime((self._start + timedelta(seconds=at_s)).replace(microsecond=0), usegmt=True)


def _changes(items: Sequence[Item]) -> list[float]:
    edits = [item.at_s + EDITED_AFTER_S for item in items if KINDS[item.kind].edited]
    return sorted([*(item.at_s for item in items), *edits])
