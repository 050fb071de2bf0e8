"""How many small faults, put into the code on purpose, do the tests notice?

mutmut changes one operator, constant or argument at a time ("mutant") and runs the tests that call the changed
function. A mutant is killed if a test fails, and detected as well if the tests no longer end. One that survives shows
behaviour that no test pins down, or code that nobody needs. Everything happens in a copy, in ``build/mutation``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import chdir
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

from benchmarks.goals import Goal, goals_result
from benchmarks.result import RESULTS, write

ROOT = Path(__file__).parents[1]
WORK = ROOT / "build" / "mutation"
COPIED = ("monitor", "tests", "pyproject.toml")
SURVIVORS = WORK / "survivors.diff"
GOAL_PERCENT = 85
# [tool.mutmut] in pyproject.toml names the same files, and their tests
PARTS = {
    "policy": ("monitor.alerts.policy.*",),
    "due_times": ("monitor.feeds.schedule.*",),
    "rules": ("monitor.watchlist.*",),
    "stories": ("monitor.stories.*",),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of the code, and what the tests said to it."""

    name: str  # as mutmut knows it
    source: str  # path of the changed file
    status: str  # killed, survived, timeout, no tests, ...

    @property
    def detected(self) -> bool:
        """Return whether the tests noticed the change."""
        return self.status in ("killed", "timeout")


@dataclass(frozen=True, slots=True)
class Score:
    """The mutants of one part of the code, counted by outcome."""

    killed: int
    timed_out: int
    survived: int  # those that no test calls are among them
    date: str
    commit: str

    @property
    def percent(self) -> float:
        """Return how many of 100 mutants were detected."""
        detected = self.killed + self.timed_out
        return round(100 * detected / max(1, detected + self.survived), 1)


def main() -> None:
    """Run the mutants that are asked for, print and keep the figures, and exit 1 below the goal."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.mutation", description=__doc__)
    options.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"a part ({', '.join(PARTS)}), or a module such as monitor.stories.tokens; default: all parts",
    )
    options.add_argument("--survivors", action="store_true", help="run only what survived the last run of NAME")
    options.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1), help="default: at most 2")
    asked = options.parse_args()
    patterns = [pattern for name in asked.names or PARTS for pattern in PARTS.get(name, (f"{name}.*",))]
    copy_tree(fresh=not asked.names and not asked.survivors)
    selected = [m.name for m in _matching(patterns) if not m.detected] if asked.survivors else patterns
    _run_mutmut(selected if asked.names or asked.survivors else (), asked.processes)
    mutants = list(_matching(patterns))
    write_survivors(mutants)
    complete = {part: score(found) for part in PARTS if (found := _of_part(part)) and _all_checked(found)}
    for part, its_score in complete.items():
        print(
            f"{part}: {its_score.percent:g} % detected; {its_score.killed} killed, {its_score.timed_out} timed out, "
            f"{its_score.survived} survived"
        )
    missed = sum(not m.detected for m in mutants)
    print(f"{missed} of the {len(mutants)} selected mutants survived: {SURVIVORS.relative_to(ROOT)}")
    sys.exit(1 if keep(complete) else 0)


def copy_tree(*, fresh: bool) -> None:
    """Copy what mutmut needs to ``build/mutation``, and keep earlier outcomes unless *fresh*."""
    stale = [WORK] if fresh else [WORK / name for name in ("monitor", "tests", "mutants/tests")]
    for folder in stale:
        shutil.rmtree(folder, ignore_errors=True)
    WORK.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, WORK / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, WORK / name)


def _run_mutmut(names: Sequence[str], processes: int) -> None:
    program = str(Path(sys.executable).with_name("mutmut"))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [program, "run", "--max-children", str(processes), *names]
    subprocess.run(command, cwd=WORK, env=environment, check=True)


def read_mutants() -> Iterator[Mutant]:
    """Yield all mutants, with the outcomes that mutmut stored."""
    from mutmut.stats import status_by_exit_code

    mutants = WORK / "mutants"
    for path in sorted(mutants.glob("monitor/**/*.py.meta")):
        source = str(path.relative_to(mutants)).removesuffix(".meta")
        for name, exit_code in json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"].items():
            yield Mutant(name, source, status_by_exit_code[exit_code])


def _matching(patterns: Iterable[str]) -> Iterator[Mutant]:
    return (m for m in read_mutants() if any(fnmatch(m.name, pattern) for pattern in patterns))


def _of_part(part: str) -> list[Mutant]:
    return list(_matching(PARTS[part]))


def _all_checked(mutants: Iterable[Mutant]) -> bool:
    return not {"not checked", "check was interrupted by user"} & {m.status for m in mutants}


def score(mutants: Sequence[Mutant]) -> Score:
    """Return the outcomes of *mutants*, counted."""
    count = Counter(m.status for m in mutants)
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return Score(
        killed=count["killed"],
        timed_out=count["timeout"],
        survived=sum(not m.detected for m in mutants),
        date=datetime.now(UTC).date().isoformat(),
        commit=commit.stdout.strip(),
    )


def write_survivors(mutants: Iterable[Mutant]) -> None:
    """Write the change that each surviving mutant makes to ``build/mutation/survivors.diff``."""
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    with chdir(WORK):
        texts = [
            f"# {m.name}: {m.status}\n{get_diff_for_mutant(m.name, path=Path(m.source))}"
            for m in mutants
            if not m.detected
        ]
    SURVIVORS.write_text("\n".join(texts), encoding="utf-8")


def keep(scores: dict[str, Score]) -> int:
    """Store *scores*, beside the last ones of parts that did not run, and return how many parts miss the goal."""
    stored = RESULTS / "mutation.json"
    earlier = json.loads(stored.read_text(encoding="utf-8"))["details"]["parts"] if stored.exists() else {}
    every = {part: Score(**numbers) for part, numbers in earlier.items()} | scores
    goals = [
        Goal(f"{part}: % of mutants detected", every[part].percent, at_least=GOAL_PERCENT)
        for part in PARTS
        if part in every
    ]
    write(goals_result("mutation", goals, {"parts": {part: asdict(its_score) for part, its_score in every.items()}}))
    return sum(its_score.percent < GOAL_PERCENT for its_score in scores.values())


if __name__ == "__main__":
    main()
