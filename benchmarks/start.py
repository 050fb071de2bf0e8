"""How long ``monitor --help`` takes, as a multiple of what Python itself needs to start."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.result import Result

ROUNDS = 20
GOAL = 3.0


def measure() -> Result:
    """Return the ratio of the medians; the two commands take turns, so that a busy moment meets both."""
    program = shutil.which("monitor", path=str(Path(sys.executable).parent))
    if program is None:
        raise SystemExit("start: monitor is not installed beside this Python; pip install --editable .")
    commands = {"python": [sys.executable, "-c", "pass"], "monitor": [program, "--help"]}
    taken_s: dict[str, list[float]] = {name: [] for name in commands}
    for command in commands.values():  # the first run fills the caches
        _seconds(command)
    for _ in range(ROUNDS):
        for name, command in commands.items():
            taken_s[name].append(_seconds(command))
    medians_s = {name: median(seconds) for name, seconds in taken_s.items()}
    return Result(
        name="start",
        figure=round(medians_s["monitor"] / medians_s["python"], 2),
        unit="times Python's own start",
        goal=GOAL,
        details={"rounds": ROUNDS, "median_ms": {name: round(s * 1000, 1) for name, s in medians_s.items()}},
    )


def _seconds(command: list[str]) -> float:
    began = perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return perf_counter() - began
