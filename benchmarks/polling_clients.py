"""The three who poll, each run as a program of its own, so that what it uses can be counted.

    python -m benchmarks.polling_clients monitor|reader|bare PORT FEEDS FOLDER [PACK...]

It says what it measured as JSON on the last line of its output.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

CHANGING = 0.1
ALIASES = 1000
AT_ONCE = 32
# round -> part of the feeds that have changed; before a round after a pause no connection is left, as when polls are
# minutes apart
ROUNDS = {"cold": CHANGING, "warm-up": CHANGING, "warm": CHANGING, "after a pause": 0.0, "unchanged": 0.0}
PAUSE_S = 20.0

PACKS = sys.argv[5:]  # which the monitor watches besides the names
Measured = dict[str, Any]

CONFIG = """
[storage]
path = "monitor.db"
[http]
allow_private = ["127.0.0.0/8"]
[rules.any]
actors = ["*"]
send_to = ["nobody"]
[destinations.nobody]
url = "console://"
"""


def addresses(port: int, feeds: int) -> list[str]:
    """Return the address of each feed: a host of its own."""
    return [f"http://127.{20 + n // 62_500}.{n // 250 % 250}.{n % 250 + 1}:{port}/f/{n}" for n in range(feeds)]


def configuration(urls: list[str]) -> str:
    """Return a configuration with a feed for each address, and ALIASES names that none of them mentions."""
    dice = random.Random(3)
    names = ["".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=9)).title() for _ in range(2 * ALIASES)]
    actors = "".join(f'a{n} = ["{names[2 * n]} {names[2 * n + 1]}"]\n' for n in range(ALIASES))
    listed = "".join(f'f{n} = "{url}"\n' for n, url in enumerate(urls))
    return f"include = {json.dumps(PACKS)}\n{CONFIG}[actors]\n{actors}[feeds]\n{listed}"


def rounds(port: int) -> Iterator[str]:
    """Yield the name of each round when the server has been told what part of the feeds is to change in it."""
    for name, part in ROUNDS.items():
        urllib.request.urlopen(f"http://127.0.0.1:{port}/changing/{part}").read()
        sleep(PAUSE_S if name == "after a pause" else 0)
        yield name


def cpu_s() -> float:
    """Return the processor time of this process and its children that ended or were waited for."""
    mine, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime + children.ru_utime + children.ru_stime + _living_children_s()


def _living_children_s() -> float:
    """Return the processor time of the processes that descend from this one and still run."""
    ticks, total = os.sysconf("SC_CLK_TCK"), 0.0
    family = {os.getpid()}
    stats = [stat.read_text().rpartition(")") for stat in Path("/proc").glob("[0-9]*/stat") if _is_there(stat)]
    found = [(int(head.split()[0]), fields.split()) for head, _, fields in stats]
    for _ in range(2):
        family |= {pid for pid, fields in found if int(fields[1]) in family}
    for pid, fields in found:
        if pid in family and pid != os.getpid():
            total += (int(fields[11]) + int(fields[12])) / ticks
    return total


def _is_there(stat: Path) -> bool:
    try:
        stat.read_text()
    except OSError:
        return False
    return True


class Meter:
    """Measures rounds of polls."""

    def __init__(self) -> None:
        self.rounds: dict[str, Measured] = {}

    def note(self, name: str, polls: int, began_s: float, cpu_before_s: float) -> None:
        """Keep what a round of so many polls took."""
        seconds, cpu = perf_counter() - began_s, cpu_s() - cpu_before_s
        self.rounds[name] = {
            "polls": polls,
            "polls_per_s": round(polls / seconds, 1),
            "cpu_ms_per_poll": round(cpu * 1000 / polls, 3),
        }

    def say(self, **more: Any) -> None:
        """Print all that was measured."""
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"rounds": self.rounds, "peak_rss_mb": round(peak_mb, 1), **more}))


async def _monitor(port: int, feeds: int, folder: Path) -> None:
    from monitor.config import load
    from monitor.daemon.app import Daemon

    path = folder / "config.toml"
    path.write_text(configuration(addresses(port, feeds)), encoding="utf-8")
    config = load(path, environ={}).config
    assert config is not None
    meter = Meter()
    async with Daemon(config) as daemon:
        for name in rounds(port):
            began_s, before_s = perf_counter(), cpu_s()
            reports = await daemon.poll_now()
            meter.note(name, len(reports), began_s, before_s)
            bad = [str(report) for report in reports if report.state != "ok"]
            assert not bad, bad[:3]
        new = sum(report.new for report in reports)
    meter.say(new_in_the_last_round=new)


async def _bare(port: int, feeds: int, folder: Path) -> None:  # noqa: ARG001 - one signature for all
    import aiohttp

    urls = addresses(port, feeds)
    held: dict[str, dict[str, str]] = {}
    meter = Meter()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=15)) as session:

        async def worker(queue: list[str]) -> None:
            while queue:
                url = queue.pop()
                async with session.get(url, headers=held.get(url)) as response:
                    await response.read()
                    held[url] = {"If-None-Match": response.headers["ETag"]}

        for name in rounds(port):
            began_s, before_s, queue = perf_counter(), cpu_s(), urls.copy()
            await asyncio.gather(*(worker(queue) for _ in range(AT_ONCE)))
            meter.note(name, len(urls), began_s, before_s)
    meter.say()


def _reader(port: int, feeds: int, folder: Path) -> None:
    from reader import make_reader

    reader = make_reader(str(folder / "reader.db"))
    for url in addresses(port, feeds):
        reader.add_feed(url)
    meter = Meter()
    for name in rounds(port):
        began_s, before_s = perf_counter(), cpu_s()
        polled = 0
        for result in reader.update_feeds_iter(scheduled=False, workers=8):
            if isinstance(result.value, Exception):
                raise result.value
            polled += 1
        assert polled == feeds, f"{polled} of {feeds} were polled"
        meter.note(name, polled, began_s, before_s)
    meter.say()


CLIENTS: dict[str, Callable[[int, int, Path], Any]] = {"monitor": _monitor, "bare": _bare, "reader": _reader}


if __name__ == "__main__":
    done = CLIENTS[sys.argv[1]](int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    if done is not None:
        asyncio.run(done)
