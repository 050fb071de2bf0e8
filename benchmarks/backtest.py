"""How long the comparison of two watchlists takes over 100,000 entries, and how much memory it needs.

    python -m benchmarks backtest

The entries are those of ``../shared/corpus/background.jsonl`` and variations of them, 26 seconds apart. The lists are
the shipped packs with two rules; the edited list has another actor, another term and another distance. For comparison,
``monitor match`` reads the same file.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from benchmarks.matching_data import SHARED, missing
from benchmarks.result import Result

ENTRIES = int(os.environ.get("BACKTEST_ENTRIES", "100000"))
GOAL_S = 45.0
GOAL_MB = 400.0
APART = timedelta(seconds=26)
START = datetime(2026, 9, 1, tzinfo=UTC)
CORPUS = "corpus/background.jsonl"
CONFIG = """\
include = ["pack:dprk", "pack:dprk-general", "pack:drainers", "pack:mixers-and-markets", "pack:ransomware",
           "pack:state-groups"]
[keywords]
theft = ["stole*", "theft", "hack*", "drain*", "exploit*"]
[rules.theft]
actors   = ["*"]
keywords = ["theft"]
within   = "25 words"
send_to  = ["slack"]
[rules.any]
actors   = ["*"]
severity = "low"
send_to  = ["log"]
[destinations.slack]
url = "json://127.0.0.1:9"
[destinations.log]
url = "json://127.0.0.1:9"
"""
EDITS = (('"exploit*"]', '"exploit*", "heist"]'), ('"25 words"', '"10 words"'))
ACTOR = '[actors]\nfbi = ["=FBI"]\n'


def measure() -> Result:
    """Return the wall time of the comparison; its memory and the time of ``match`` are in the details."""
    if reason := missing(CORPUS):
        raise SystemExit(f"backtest: {reason}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        entries = folder / "entries.ndjson"
        _write_entries(entries)
        base, edited = folder / "base.toml", folder / "edited.toml"
        base.write_text(CONFIG, encoding="utf-8")
        text = CONFIG
        for old, new in EDITS:
            text = text.replace(old, new)
        edited.write_text(text.replace("[keywords]", f"{ACTOR}[keywords]"), encoding="utf-8")
        compare = ["-c", str(edited), "backtest", "--against", str(base), "--entries", str(entries), "--json"]
        seconds, peak_mb, output = _run(*compare)
        match_s, match_mb, _ = _run("-c", str(base), "match", str(entries))
    report = json.loads(output)
    return Result(
        name="backtest",
        figure=round(seconds, 1),
        unit=f"s for {ENTRIES:,} entries and two lists",
        goal=GOAL_S,
        details={
            "peak_mb": round(peak_mb),
            "goal_mb": GOAL_MB,
            "match_alone_s": round(match_s, 1),
            "match_alone_mb": round(match_mb),
            "hits": report["hits"],
            "destinations": report["destinations"],
        },
    )


def _write_entries(path: Path) -> None:
    rows = [json.loads(line) for line in (SHARED / CORPUS).read_text(encoding="utf-8").splitlines()]
    dice = random.Random(1)
    with path.open("w", encoding="utf-8") as file:
        for number in range(ENTRIES):
            row = dict(rows[number % len(rows)])
            words = row["title"].split()
            if number >= len(rows) and len(words) > 3:
                others = dice.choice(rows)["title"].split() or ["news"]
                words[dice.randrange(len(words))] = dice.choice(others)
            row |= {"id": number, "title": " ".join(words), "date": (START + number * APART).isoformat()}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _run(*command: str) -> tuple[float, float, str]:
    """Return seconds, the peak of the memory of all its processes in MB, and the output."""
    began = monotonic()
    process = subprocess.Popen([sys.executable, "-m", "monitor", *command], stdout=subprocess.PIPE, text=True)
    peak, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.5):
            peak[0] = max(peak[0], _memory_mb(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = process.communicate()
    ended.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(process.returncode)
    return monotonic() - began, peak[0], output


def _memory_mb(pid: int) -> float:
    """Return the proportional set size of a process and its children, in MB."""
    total = 0.0
    for process in (pid, *_children(pid)):
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return total


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
