"""CPU time of ``monitor check`` with 10,000 and 100,000 spellings, and of loading them for other commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.matching_data import actors, missing
from benchmarks.result import Result

ROUNDS = 3
GOALS_S = {10_000: 0.6, 100_000: 5.5}
HEAD = """\
[feeds]
wire = "https://wire.example/rss"
[http]
contact = "soc@wire.example"
[keywords]
theft = ["stole*", "hack*"]
[rules.theft]
actors = ["*"]
keywords = ["theft"]
send_to = ["terminal"]
[destinations.terminal]
url = "console://"
"""
LISTS = ("aliases", "weak", "context", "exclude")


def measure() -> Result:
    """Return the CPU time of ``check`` with 100,000 spellings; the other times are in the details."""
    if reason := missing("actors/dprk_actors.json", "sanctions/sdn-2024-05-03.csv"):
        raise SystemExit(f"checking: {reason}")
    seconds: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in GOALS_S:
            file = Path(folder, f"{size}.toml")
            file.write_text(configuration(size), encoding="utf-8")
            seconds[f"{size:,} spellings"] = {
                "check": _median_cpu_s("check", str(file)),
                "test": _median_cpu_s("test", str(file)),
            }
    largest = max(GOALS_S)
    return Result(
        name="checking",
        figure=seconds[f"{largest:,} spellings"]["check"],
        unit=f"s of CPU for check with {largest:,} spellings",
        goal=GOALS_S[largest],
        details={"rounds": ROUNDS, "cpu_s": seconds, "goals_s": {f"{n:,}": goal for n, goal in GOALS_S.items()}},
    )


def configuration(size: int) -> str:
    """Return a configuration with *size* spellings of actors."""
    parts = [HEAD]
    for actor in actors(size):
        keys = LISTS if actor.weak else LISTS[:1]
        lines = (f"{key} = {json.dumps(list(getattr(actor, key)), ensure_ascii=False)}" for key in keys)
        parts.append("\n".join((f"[actors.{actor.id}]", *lines, "")))
    return "".join(parts)


def _median_cpu_s(*command: str) -> float:
    return round(median(_cpu_s(command) for _ in range(ROUNDS)), 2)


def _cpu_s(command: tuple[str, ...]) -> float:
    before = os.times()
    arguments = [sys.executable, "-m", "monitor", *command]
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = os.times()
    return (after.children_user + after.children_system) - (before.children_user + before.children_system)
