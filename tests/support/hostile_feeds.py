"""A daemon with eleven hostile feeds among good ones: they cost memory and time of their own, nobody else's."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from time import monotonic, sleep

from support.config_lines import configured, rss
from support.hostile_documents import made
from support.servers import FeedServer, Reply, Request

from monitor.store import feeds, open_reader

ELEVEN = (
    "billion laughs",
    "539 kB of attributes",
    "author of dots",
    "style of one letter",
    "100,000 items",
    "html of 4 MB",
    "200,000 elements nested",
    "300,000 names",
    "ampersands",
    "attribute of 5 MB",
    "json of 300,000 items",
)
GOOD = 12
FOR_S = 90.0
FIRST_S = 60.0  # until each has been tried once: polls of new feeds are spread over half a minute
EVERY_S = 3.0
PEAK_MB = 400


class Wires(FeedServer):
    """Good feeds, with something new at every poll."""

    came: dict[bytes, list[float]]

    def _reply(self, request: Request) -> Reply:
        times = self.came[request.header("Host") or b""]
        times.append(monotonic())
        last = len(times)
        return Reply(body=rss([f"Report {n}" for n in range(last, max(last - 20, 0), -1)]))


class Family:
    """A process and its descendants, and the most memory that each of them ever held."""

    def __init__(self, root: int) -> None:
        self._root = root
        self.most_mb = 0.0  # of those that lived at one time

    def look(self) -> None:
        alive = {pid: found for pid in Path("/proc").glob("[0-9]*") if (found := _status(pid))}
        family = {self._root}
        for _ in range(4):
            family |= {int(pid.name) for pid, found in alive.items() if int(found["PPid"]) in family}
        now = {n: int(f["VmHWM"].split()[0]) / 1024 for p, f in alive.items() if (n := int(p.name)) in family}
        self.most_mb = max(self.most_mb, sum(now.values()))


def _status(process: Path) -> dict[str, str]:
    try:
        lines = (process / "status").read_text().splitlines()
    except OSError:
        return {}
    found = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return found if "VmHWM" in found else {}


@dataclass(frozen=True)
class Ran:
    """What a daemon with the hostile feeds left behind."""

    states: dict[str, str]  # of each feed
    waits_s: list[float]  # from poll to poll of good feeds, sorted
    lags_s: list[float]  # of the event loop, sorted
    most_mb: float


def lived(folder: Path) -> Ran:
    """Run a daemon on GOOD and hostile feeds for FOR_S."""
    good_hosts = [f"127.3.16.{n + 1}" for n in range(GOOD)]
    bad_hosts = [f"127.3.17.{n + 1}" for n in range(len(ELEVEN))]
    with (
        Wires(host=good_hosts[0], more_hosts=good_hosts[1:]) as good,
        FeedServer(host=bad_hosts[0], more_hosts=bad_hosts[1:]) as bad,
    ):
        good.came = defaultdict(list)
        for n, name in enumerate(ELEVEN):
            bad.route(f"/{n}", Reply(body=made(name)))
        listed = {f"good-{n}": good.url("/feed", host) for n, host in enumerate(good_hosts)}
        listed |= {f"bad-{n}": bad.url(f"/{n}", host) for n, host in enumerate(bad_hosts)}
        path = configured(folder, listed).path
        path.write_text(path.read_text().replace('"1h"', f'"{EVERY_S:g}s"').replace('"60s"', '"9s"'))
        began = monotonic()
        lags, most_mb = watched(path)
    with closing(open_reader(folder / "monitor.db")) as db:
        states = {record.key: record.state for record in feeds.load_feeds(db)}
    pairs = [pair for times in good.came.values() for pair in pairwise(times)]
    return Ran(states, sorted(b - a for a, b in pairs if a > began + FIRST_S), lags, most_mb)


def watched(config: Path) -> tuple[list[float], float]:
    """Return the lags of a daemon's event loop, sorted, and the most memory of all its processes."""
    command = [sys.executable, str(Path(__file__).with_name("observed_daemon.py")), str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        family, until = Family(daemon.pid), monotonic() + FOR_S
        while monotonic() < until and daemon.poll() is None:
            family.look()
            sleep(0.1)
        daemon.send_signal(signal.SIGTERM)
        said, _ = daemon.communicate(timeout=60)
    return sorted(json.loads(said)), family.most_mb
