"""What it takes to read a changed feed with one new entry, beside feedparser's defaults on the whole of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from time import perf_counter

import feedparser

from benchmarks.polling_server import ITEMS, Feeds
from benchmarks.result import Result
from monitor.feeds.parse.document import parse_feed

FEEDS = 12
TIMES = 5  # each, the best counts
GOAL = 1 / 8
URL = "https://x.example/feed"


def measure() -> Result:
    """Return our time as a part of feedparser's, over feeds of 20 items in 50 KB of which 19 are known."""
    served = Feeds()
    ours = theirs = size = 0.0
    for number in range(FEEDS):
        path = f"/f/{number}"
        known = {entry.raw_hash for entry in parse_feed(served.document(path, ITEMS).encode(), "", URL).entries}
        body = served.document(path, ITEMS + 1).encode()
        assert len(parse_feed(body, "", URL, known).entries) == 1
        size += len(body)
        ours += _best(partial(parse_feed, body, "", URL, known))
        theirs += _best(partial(_feedparser, body))
    return Result(
        name="parsing",
        figure=round(ours / theirs, 4),
        unit="of feedparser's time",
        goal=GOAL,
        details={
            "times faster": round(theirs / ours, 1),
            "ours_ms": round(ours * 1000 / FEEDS, 2),
            "feedparser_ms": round(theirs * 1000 / FEEDS, 2),
            "kilobytes": round(size / FEEDS / 1000, 1),
        },
    )


def _feedparser(body: bytes) -> object:
    return feedparser.parse(io.BytesIO(body))


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(TIMES):
        began_s = perf_counter()
        work()
        times.append(perf_counter() - began_s)
    return min(times)
