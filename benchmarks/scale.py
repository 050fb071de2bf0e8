"""What poll, match, store and page cost at 10 to 10,000 feeds and 10,000 to 1,000,000 stored entries.

Costs are processor time, because the machine may be busy otherwise. 10 million entries are extrapolated from the last
two measured sizes, and marked so in the plots, which are written to docs/img.
"""

from __future__ import annotations

import json
import math
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.page import fill
from benchmarks.plot import Line, Plot, write_svg
from benchmarks.polling import served
from benchmarks.result import Result
from monitor.matching import load_vocabulary
from monitor.model import Actor, Rule, Text
from monitor.watchlist import Watchlist, judge

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from support.page_client import page_client

HOME = Path(__file__).parents[1]
IMAGES = HOME / "docs" / "img"
FEEDS = (10, 100, 1_000, 10_000)
ENTRIES = (10_000, 100_000, 1_000_000)
EXTRAPOLATED = 10_000_000
NAMES = (10, 100, 1_000, 10_000)
FEEDS_ON_ENTRIES = 100  # that are polled on a filled database
ITEMS, WORDS = 2, 60  # of a document, and of an item
TEXTS = 400
ROUNDS = 5  # requests of each page
PAGES = {
    "list of hits": "/?since=all",
    "story": "/stories/{story}",
    "search, rare word": "/?since=all&q=zeppelin",
    "search, word in every entry": "/?since=all&q=lazarus",
    "API, 100 hits": "/api/v1/hits?limit=100",
}
GOAL_MS = 2.0  # of processor time for a poll without a new document

Sizes = dict[int, dict[str, Any]]


def measure() -> Result:
    """Return the processor time of a poll of one of 10,000 feeds that has not changed."""
    by_feeds = {feeds: _polled(feeds) for feeds in FEEDS}
    by_names = {names: _matched(names) for names in NAMES}
    by_entries = {entries: _stored(entries) for entries in ENTRIES}
    estimated = _extrapolated(by_entries)
    _draw(by_feeds, by_names, by_entries, estimated)
    return Result(
        name="scale",
        figure=by_feeds[FEEDS[-1]]["quiet"]["cpu_ms_per_poll"],
        unit=f"ms of processor time for a quiet poll of one of {FEEDS[-1]:,} feeds",
        goal=GOAL_MS,
        details={
            "by number of feeds": by_feeds,
            "match, by number of names": by_names,
            "by number of stored entries": by_entries,
            f"extrapolated to {EXTRAPOLATED:,} entries, not measured": estimated,
        },
    )


def _polled(feeds: int, folder: Path | None = None) -> dict[str, Any]:
    """Return what a daemon with so many feeds used; its database is in *folder*, or new."""
    with tempfile.TemporaryDirectory(prefix="monitor-benchmark-") as name, served(3600, ITEMS, WORDS) as port:
        command = [sys.executable, "-m", "benchmarks.scale_client", str(port), str(feeds), str(folder or name)]
        run = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(f"scale: {feeds} feeds failed\n{run.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    print(f"  {feeds:,} feeds: quiet {found['quiet']}, changed {found['changed']}", file=sys.stderr, flush=True)
    return found


def _matched(names: int) -> dict[str, Any]:
    """Return the processor time of matching a text of 60 words against so many actors."""
    dice = random.Random(5)

    def word() -> str:
        return "".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=9))

    actors = {f"a{n}": Actor(f"a{n}", f"Name {n}", (f"{word().title()} {word().title()}",)) for n in range(names)}
    watchlist = Watchlist(
        actors, {}, {"any": Rule("any", ("desk",), actors=frozenset(actors))}, vocabulary=load_vocabulary()
    )
    words = [word() for _ in range(2000)]
    texts = [Text(" ".join(dice.choices(words, k=10)), " ".join(dice.choices(words, k=WORDS))) for _ in range(TEXTS)]
    for text in texts:
        judge(watchlist, text)
    began_s = time.process_time()
    for text in texts:
        judge(watchlist, text)
    return {"cpu_us_per_entry": round((time.process_time() - began_s) / TEXTS * 1e6, 1)}


def _stored(entries: int) -> dict[str, Any]:
    """Return what polls and pages cost with so many stored entries, and how large the database is."""
    with tempfile.TemporaryDirectory(prefix="monitor-benchmark-") as name:
        database = Path(name, "monitor.db")
        fill(database, entries)
        with closing(sqlite3.connect(database)) as db, db:
            # all have the same words, which no open stories have
            db.execute("UPDATE stories SET opened_at = '2000-01-01T00:00:00.000000+00:00'")
        found: dict[str, Any] = {
            "bytes_per_entry": round(database.stat().st_size / entries),
            "page_cpu_ms": _pages(database, entries),
        }
        found["polls"] = _polled(FEEDS_ON_ENTRIES, Path(name))
    print(f"  {entries:,} entries: {found}", file=sys.stderr, flush=True)
    return found


def _pages(database: Path, entries: int) -> dict[str, float]:
    found = {}
    with page_client(database) as client:
        for name, path in PAGES.items():
            times = []
            for _ in range(ROUNDS + 1):
                began_s = time.process_time()
                answer = client.get(path.format(story=10 + entries * 3 // 4 // 5 * 5))
                times.append((time.process_time() - began_s) * 1000)
                if answer.status_code != 200:
                    raise SystemExit(f"scale: {path} answers {answer.status_code}")
            found[name] = round(median(times[1:]), 2)  # the first fills caches
    return found


def _extrapolated(measured: Sizes) -> dict[str, float]:
    """Return what 10 million entries would cost if the trend of the last two sizes goes on, as a power of the size."""
    before, last = (measured[size] for size in ENTRIES[-2:])
    rows = {f"page: {name}, ms": (before["page_cpu_ms"][name], last["page_cpu_ms"][name]) for name in PAGES}
    for name in ("changed", "quiet"):
        costs = [size["polls"][name]["cpu_ms_per_poll"] for size in (before, last)]
        rows[f"{name} poll, ms"] = costs[0], costs[1]
    rows["start, s"] = before["polls"]["start_cpu_s"], last["polls"]["start_cpu_s"]
    found = {name: round(_power(costs, ENTRIES[-2:], EXTRAPOLATED), 2) for name, costs in rows.items()}
    found["database, GB"] = round(last["bytes_per_entry"] * EXTRAPOLATED / 1e9, 1)
    return found


def _power(costs: tuple[float, float], sizes: Sequence[int], size: int) -> float:
    exponent = math.log(max(costs[1], 1e-9) / max(costs[0], 1e-9)) / math.log(sizes[1] / sizes[0])
    return costs[1] * (size / sizes[1]) ** max(exponent, 0.0)


def _draw(by_feeds: Sizes, by_names: Sizes, by_entries: Sizes, estimated: Mapping[str, float]) -> None:
    polls = [
        Line("quiet poll", [(n, found["quiet"]["cpu_ms_per_poll"]) for n, found in by_feeds.items()], markers=True)
    ]
    write_svg(
        IMAGES / "scale-polls.svg",
        Plot("Processor time of a poll", "feeds", "ms", polls, log_x=True),
    )
    match = Line("match", [(n, found["cpu_us_per_entry"]) for n, found in by_names.items()], markers=True)
    write_svg(
        IMAGES / "scale-match.svg",
        Plot("Processor time of matching an entry of 70 words", "names", "µs", [match], log_x=True),
    )
    store = [
        Line(
            f"{name} poll",
            [
                *((n, found["polls"][name]["cpu_ms_per_poll"]) for n, found in by_entries.items()),
                (EXTRAPOLATED, estimated[f"{name} poll, ms"]),
            ],
            estimated=1,
            markers=True,
        )
        for name in ("changed", "quiet")
    ]
    title = "Processor time of a poll; 10 M is extrapolated"
    write_svg(IMAGES / "scale-store.svg", Plot(title, "stored entries", "ms", store, log_x=True))
    pages = [
        Line(
            name,
            [
                *((n, found["page_cpu_ms"][name]) for n, found in by_entries.items()),
                (EXTRAPOLATED, estimated[f"page: {name}, ms"]),
            ],
            estimated=1,
            markers=True,
        )
        for name in PAGES
    ]
    title = "Processor time of a page; 10 M is extrapolated"
    write_svg(IMAGES / "scale-pages.svg", Plot(title, "stored entries", "ms", pages, log_x=True, log_y=True))
