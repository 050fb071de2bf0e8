"""What a poll costs, beside lemon24/reader and beside a bare GET, on one server of up to 5,000 distinct feeds.

Every feed lies at a loopback address of its own, has 20 items in 50 KB, and one in ten has got a new one when it is
asked for. What is counted is fetching, parsing, matching 1,000 names, and storing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.result import Result

FEEDS = {"monitor": 2000, "bare": 5000, "reader": 500}  # reader takes a second for 40
GOAL = 1 / 8  # of reader's processor time per poll
HOME = Path(__file__).parents[1]


def measure() -> Result:
    """Return our processor time per poll, when one feed in ten has changed, as a part of reader's."""
    found = {name: _polled(name, feeds) for name, feeds in FEEDS.items()}
    ours, theirs, bare = (found[name]["rounds"] for name in ("monitor", "reader", "bare"))
    return Result(
        name="polling",
        figure=round(ours["warm"]["cpu_ms_per_poll"] / theirs["warm"]["cpu_ms_per_poll"], 3),
        unit="of reader's CPU per poll",
        goal=GOAL,
        details={
            "times reader's rate (goal: 10)": _ratio(ours, theirs, "warm"),
            "of the bare rate when nothing changed (goal: 0.5)": _ratio(ours, bare, "after a pause"),
            "the same with connections that were kept": _ratio(ours, bare, "unchanged"),
            **found,
        },
    )


def _ratio(ours: dict[str, Any], others: dict[str, Any], which: str) -> float:
    return float(round(ours[which]["polls_per_s"] / others[which]["polls_per_s"], 2))


def _polled(name: str, feeds: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="monitor-benchmark-") as folder, served() as port:
        command = [sys.executable, "-m", "benchmarks.polling_clients", name, str(port), str(feeds), folder]
        run = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=False)
    if run.returncode:
        hint = "; it is not installed: pip install reader sgmllib3k" if "No module named 'reader'" in run.stderr else ""
        raise SystemExit(f"polling: {name} failed{hint}\n{run.stderr[-2000:]}")
    measured: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return measured


@contextmanager
def served(*arguments: int) -> Iterator[int]:
    """Run the server with its *arguments* and give its port; each client gets a fresh one."""
    command = [sys.executable, "-m", "benchmarks.polling_server", *map(str, arguments)]
    server = subprocess.Popen(command, cwd=HOME, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield int(server.stdout.readline())
    finally:
        server.kill()
        server.wait()
