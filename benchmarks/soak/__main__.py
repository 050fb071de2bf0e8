"""Runs the soak, and writes its report."""

from __future__ import annotations

import argparse
import pickle
import signal
import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.soak.report import write_report
from benchmarks.soak.rig import Rig, Settings
from benchmarks.soak.verdict import judge

RESULTS = Path(__file__).parents[1] / "results" / "soak"
MEMORY = Path("/dev/shm")


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    options.add_argument("--days", type=float, default=30, help="simulated days (default 30)")
    options.add_argument("--feeds", type=int, default=300)
    options.add_argument("--per-day", type=float, default=6, help="entries of a feed in a day (default 6)")
    options.add_argument("--seed", type=int, default=1)
    no_fault = "begin no further fault after so many real minutes, and bring the run to its end"
    options.add_argument("--stop-after", type=float, default=float("inf"), metavar="MINUTES", help=no_fault)
    options.add_argument("--one-process", action="store_true", help="no fault that ends the process")
    options.add_argument("--folder", type=Path, help="keep configuration, database and log there")
    options.add_argument("--results", type=Path, default=RESULTS, help="where to write the report")
    asked = options.parse_args()
    settings = Settings(
        *(asked.days, asked.feeds, asked.per_day, asked.seed),
        stop_after_s=asked.stop_after * 60,
        one_process=asked.one_process,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))  # so that the daemon is ended too
    # a commit waits for the disk, which would be most of the time
    with tempfile.TemporaryDirectory(prefix="monitor-soak-", dir=MEMORY if MEMORY.is_dir() else None) as name:
        folder = asked.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        ran = Rig(folder, settings, say=partial(print, file=sys.stderr, flush=True)).run()
    assert ran.observed is not None
    if asked.folder:
        (asked.folder / "ran.pickle").write_bytes(pickle.dumps(ran))
    verdict = judge(ran.newsroom.items, ran.observed)
    print(write_report(asked.results, ran, verdict))
    sys.exit(1 if verdict.problems or ran.problems else 0)


if __name__ == "__main__":
    main()
