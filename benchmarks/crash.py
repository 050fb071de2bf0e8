"""Whether a daemon that is killed loses an alert, or repeats one without need.

It is killed at each of its named points and at random moments, started again on what it left, and what its
destinations received in the end is held against what was published. The rig is that of the tests.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from benchmarks.result import Result
from monitor.failpoints import POINTS

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from support.crash_rig import Rig
from support.crash_verdict import Crash, Verdict, in_window

RIG_KILLS = len(POINTS) + 50  # of a rig with a database of its own: at every point once, and at random moments
KILLS = 20 * RIG_KILLS
AT_A_TIME = (os.cpu_count() or 1) + 1  # a rig waits now and then


@dataclass(frozen=True)
class Ended:
    """What came of one rig."""

    crashes: list[Crash]
    windows: Counter[str]  # by point: messages that had arrived and were not yet known to have
    promises: int  # to a destination, of an entry
    verdict: Verdict
    problems: list[str]


def measure(kills: int = KILLS, minutes: float = float("inf")) -> Result:
    """Return how many messages were lost, or repeated though no kill explains it.

    Args:
        kills: How often to kill the daemon, rounded up to whole rigs.
        minutes: After which no daemon is killed any more.
    """
    began, rigs = monotonic(), -(-kills // RIG_KILLS)
    until = began + minutes * 60
    with tempfile.TemporaryDirectory(prefix="monitor-benchmark-") as name, ThreadPoolExecutor(AT_A_TIME) as threads:
        ended = list(threads.map(lambda number: _killed(Path(name), number, until), range(rigs)))
    wrong = sum(one.verdict.lost + one.verdict.unexplained for one in ended)
    if problems := [problem for one in ended for problem in one.problems]:
        print(*problems, sep="\n", file=sys.stderr)
    return Result(
        name="crash",
        figure=wrong,
        unit="alerts lost, or repeated without need",
        goal=0,
        details=_details(ended) | {"problems": len(problems), "minutes": round((monotonic() - began) / 60, 1)},
    )


def _killed(folder: Path, number: int, until: float) -> Ended:
    own = folder / str(number)
    own.mkdir()
    points = [*POINTS, *[""] * (RIG_KILLS - len(POINTS))]
    random.Random(number).shuffle(points)
    with Rig(own, host=f"127.11.{number}.1", seed=number) as rig:
        for point in points:
            if monotonic() > until:
                break
            if point:
                rig.crash_at(point)
            else:
                rig.crash_at_random()
        verdict = rig.settle()
    windows: Counter[str] = Counter()
    for crash in rig.crashes:
        windows[crash.point] += in_window(rig.messages, crash)
    print(f"crash: rig {number}: {len(rig.crashes)} kills, {verdict.messages} messages", file=sys.stderr, flush=True)
    return Ended(rig.crashes, windows, sum(map(len, rig.promised.values())), verdict, rig.problems)


def _details(ended: list[Ended]) -> dict[str, Any]:
    kills = Counter(crash.point for one in ended for crash in one.crashes)
    repeats = Counter(point for one in ended for point, _ in one.verdict.repeats)
    windows = sum((one.windows for one in ended), Counter[str]())
    return {
        "kills": sum(kills.values()),
        "promises": sum(one.promises for one in ended),
        "messages": sum(one.verdict.messages for one in ended),
        "lost": sum(one.verdict.lost for one in ended),
        "repeated_without_need": sum(one.verdict.unexplained for one in ended),
        "repeated_and_marked": sum(repeats.values()),
        "marked_though_alone": sum(one.verdict.marked_alone for one in ended),
        "by_point": {
            point or "random moment": {
                "kills": kills[point],
                "accepted_and_not_committed": windows[point],
                "repeated": repeats[point],
            }
            for point in (*POINTS, "")
        },
    }
