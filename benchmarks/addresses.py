"""What 10,000 watched addresses add to the time of judging an entry.

Two watchlists of the same names, one of them with addresses, take turns over the same entries; one entry in a hundred
names a watched address.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from time import process_time

from benchmarks.matching_data import background, missing
from benchmarks.result import Result
from monitor.matching import load_vocabulary
from monitor.model import Actor, Rule, Text
from monitor.watchlist import Watchlist, judge

ADDRESSES = 10_000
ACTORS = 500
ENTRIES = 3_000
ROUNDS = 5
NEEDED = ("corpus/background.jsonl",)


def measure() -> Result:
    """Return how many times as long an entry takes with the addresses."""
    if why := missing(*NEEDED):
        raise SystemExit(why)
    names = {f"a{n}": Actor(f"a{n}", f"Name {n}", (f"Velmarket {n}",)) for n in range(ACTORS)}
    share = ADDRESSES // ACTORS
    listed = {
        key: replace(actor, addresses=tuple(map(_address, range(n * share, (n + 1) * share))))
        for n, (key, actor) in enumerate(names.items())
    }
    texts = [
        replace(text, content=f"{text.content} {_address(n)}") if n % 100 == 0 else text
        for n, text in enumerate(background()[:ENTRIES])
    ]
    lists = [_watchlist(names), _watchlist(listed)]
    taken = [[_time(watchlist, texts) for watchlist in lists] for _ in range(ROUNDS)]
    without, with_them = (min(times) for times in zip(*taken, strict=True))
    return Result(
        name="addresses",
        figure=round(with_them / without, 3),
        unit="times as long with 10,000 addresses",
        goal=1.1,
        details={"entries": len(texts), "without_us": _us(without, texts), "with_us": _us(with_them, texts)},
    )


def _address(number: int) -> str:
    return "0x" + hashlib.sha256(str(number).encode()).hexdigest()[:40]


def _watchlist(actors: dict[str, Actor]) -> Watchlist:
    rule = Rule("any", ("desk",), actors=frozenset(actors))
    return Watchlist(actors, {}, {"any": rule}, vocabulary=load_vocabulary())


def _time(watchlist: Watchlist, texts: list[Text]) -> float:
    started = process_time()
    for text in texts:
        judge(watchlist, text)
    return process_time() - started


def _us(seconds: float, texts: list[Text]) -> float:
    return round(seconds / len(texts) * 1e6, 1)
