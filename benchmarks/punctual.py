"""How late polls are, and what they cost, when a daemon keeps 5,000 feeds at five minutes: about a quarter of an hour.

The feeds are those of ``polling``. The first interval, in which all are new and each document is read whole, is left
out; the second is measured. The daemon runs on schedule as a program of its own.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from time import sleep
from typing import Any
from urllib.request import urlopen

from benchmarks.polling import HOME, served
from benchmarks.polling_clients import CHANGING, addresses, configuration
from benchmarks.processes import cpu_of, measured, tree
from benchmarks.result import Result

FEEDS = 5000
EVERY_S = 300.0
GOAL_S = 1.0  # for 99 of 100 polls
SETTLING_S = EVERY_S * 1.15  # a phase of a tenth is added once
MEASURED_S = EVERY_S


def measure() -> Result:
    """Return how late 99 of 100 polls begin, in seconds; share of a processor and memory in the details."""
    with tempfile.TemporaryDirectory(prefix="monitor-benchmark-") as name, served() as port:
        urlopen(f"http://127.0.0.1:{port}/changing/{CHANGING}").read()
        path = Path(name) / "config.toml"
        path.write_text(configuration(addresses(port, FEEDS)), encoding="utf-8")
        command = [sys.executable, "-m", "benchmarks.punctual_daemon", str(path)]
        with subprocess.Popen(command, cwd=HOME, stdout=subprocess.PIPE, text=True) as daemon:
            sleep(SETTLING_S)
            before_s = _cpu_s(daemon.pid)
            daemon.send_signal(signal.SIGUSR1)  # begin to count
            sleep(MEASURED_S)
            cpu_s = _cpu_s(daemon.pid) - before_s
            processes = [measured(pid) for pid in tree(daemon.pid)]
            daemon.send_signal(signal.SIGTERM)
            said, _ = daemon.communicate(timeout=30)
    return _result(json.loads(said.splitlines()[-1]), cpu_s, processes)


def _cpu_s(root: int) -> float:
    return sum(cpu_of(pid) for pid in tree(root))


def _result(late_s: list[float], cpu_s: float, processes: list[dict[str, Any]]) -> Result:
    late_s.sort()
    return Result(
        name="punctual",
        figure=round(late_s[len(late_s) * 99 // 100], 3),
        unit="s late (99 of 100 polls)",
        goal=GOAL_S,
        details={
            "polls": len(late_s),
            "late_s_median": round(late_s[len(late_s) // 2], 3),
            "late_s_most": round(late_s[-1], 3),
            "of a processor (goal: 0.1)": round(cpu_s / MEASURED_S, 4),
            "memory_mb (goal: 150)": round(sum(process["pss_mb"] for process in processes), 1),
            "processes": processes,
        },
    )
