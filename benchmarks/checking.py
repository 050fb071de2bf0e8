"""CPU time of ``monitor check`` and ``test`` with large watchlists, and of the commands that must not read them."""

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
from monitor.config import load
from monitor.store import open_writer
from monitor.store.active_files import ActiveFiles, save_active_files

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from support.store_samples import put_hit

ROUNDS = 3
GOALS_S = {10_000: 0.6, 100_000: 5.5}
HEAD = """\
[feeds]
wire = "https://wire.example/rss"
[storage]
path = "monitor.db"
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
STORED_GOAL = 10.0  # times ``python -c pass``, for commands that need no watchlist, whatever its size
STORED_ROUNDS = 7
STORED = {"status": (), "hits": (), "triage": ("1", "noise")}
LISTS = ("aliases", "weak", "context", "exclude")


def measure() -> Result:
    """Print a row for each command and size, and return the CPU time of ``check`` with 100,000 spellings."""
    if reason := missing("actors/dprk_actors.json", "sanctions/sdn-2024-05-03.csv"):
        raise SystemExit(f"checking: {reason}")
    python_s = _median_cpu_s([sys.executable, "-c", "pass"], STORED_ROUNDS)
    _print_row("python -c pass", python_s, None)
    seconds = {"python -c pass": python_s}
    for size, goal_s in GOALS_S.items():
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "config.toml")
            file.write_text(configuration(size), encoding="utf-8")
            for command in ("check", "test"):
                row = f"{command}, {size:,} spellings"
                seconds[row] = _median_cpu_s(_monitor(command, str(file)), ROUNDS)
                _print_row(row, seconds[row], goal_s if command == "check" else None)
            _store_a_hit(file)
            for command, arguments in STORED.items():
                row = f"{command}, {size:,} spellings"
                seconds[row] = _median_cpu_s(_monitor(command, *arguments, "-c", str(file)), STORED_ROUNDS)
                _print_row(row, seconds[row], STORED_GOAL * python_s)
    largest = max(GOALS_S)
    return Result(
        name="checking",
        figure=seconds[f"check, {largest:,} spellings"],
        unit=f"s of CPU for check with {largest:,} spellings",
        goal=GOALS_S[largest],
        details={
            "rounds": ROUNDS,
            "cpu_s": seconds,
            "check_goals_s": {f"{size:,}": goal for size, goal in GOALS_S.items()},
            "status_hits_triage_goal_s": round(STORED_GOAL * python_s, 3),
        },
    )


def _print_row(name: str, cpu_s: float, goal_s: float | None) -> None:
    goal = "" if goal_s is None else f"   goal {goal_s:.2f}: {'met' if cpu_s <= goal_s else 'MISSED'}"
    print(f"  {name:<28} {cpu_s:7.3f} s{goal}", flush=True)


def _store_a_hit(file: Path) -> None:
    """Have one hit stored, and the configuration at *file* in force, as a daemon leaves them behind."""
    config = load(file, environ=os.environ).config
    if config is None:
        raise SystemExit(f"checking: {file} has errors")
    files = ActiveFiles(config.path, config.files.texts, config.files.matches)
    database = config.storage.path
    with open_writer(database) as db:
        put_hit(db)
    save_active_files(database, files)


def configuration(size: int) -> str:
    """Return a configuration with *size* spellings of actors."""
    parts = [HEAD]
    for actor in actors(size):
        keys = LISTS if actor.weak else LISTS[:1]
        lines = (f"{key} = {json.dumps(list(getattr(actor, key)), ensure_ascii=False)}" for key in keys)
        parts.append("\n".join((f"[actors.{actor.id}]", *lines, "")))
    return "".join(parts)


def _monitor(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "monitor", *arguments]


def _median_cpu_s(command: list[str], rounds: int) -> float:
    return round(median(_cpu_s(command) for _ in range(rounds)), 3)


def _cpu_s(command: list[str]) -> float:
    before = os.times()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = os.times()
    return (after.children_user + after.children_system) - (before.children_user + before.children_system)
